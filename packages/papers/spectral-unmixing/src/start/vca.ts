import {
  calling,
  dot,
  log,
  log10,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  options as optionsOf,
  type Random,
  randomFrom,
} from '@opt/core'
import ndarray from 'ndarray'
import { coordinates } from '../linear/coordinates.ts'
import { leadingVectors, meanSpectrum, secondMoment } from '../linear/moments.ts'
import { Basis, logVolume } from '../linear/orthogonal.ts'
import { divided, unitOf } from '../linear/unit.ts'

/** Options of {@link vca}. */
export interface VcaOptions {
  /** A seed, or a generator that is drawn from. Default 0. */
  random?: number | Random | undefined
  /** How often the search is repeated with other draws; the end-members of largest volume are kept. Default 100. */
  restarts?: number | undefined
  /** K x K numbers to use instead of random ones, uniform in [0, 1); there are no restarts then. */
  draws?: MatrixLike | undefined
}

/** Answer of {@link vca}. */
export interface Vca {
  /** The pixels that were chosen. */
  indices: Int32Array
  /** bands x K: these pixels, projected to the signal subspace. May have negative entries. */
  endmembers: Matrix
  /** The estimated signal-to-noise ratio in dB, and the one from which on the projection is projective. */
  snr: number
  threshold: number
  branch: 'affine' | 'projective'
}

/**
 * Finds end-members among the pixels by vertex component analysis: each is the pixel farthest along a random direction
 * orthogonal to those found before.
 *
 * @param Y bands x pixels.
 * @param endmembers K, at most min(bands, pixels).
 * @throws TypeError or RangeError that names the wrong argument or option.
 * Source: Nascimento and Bioucas-Dias, IEEE TGRS 43, 2005.
 */
export function vca(Y: MatrixLike, endmembers: number, options?: VcaOptions): Vca {
  return calling('vca', () => {
    const given = matrix(Y, 'Y')
    const K = countOf(endmembers, given)
    const settings = optionsOf(options, 'options', ['random', 'restarts', 'draws'])
    const unit = unitOf(given.data)
    const found = search(ndarray(divided(given.data, unit), given.shape), K, settings)
    for (let i = 0; i < found.endmembers.data.length; i++) found.endmembers.data[i] *= unit
    return found
  })
}

/** Checks a number of end-members. */
export const countOf = (K: unknown, { shape: [bands, pixels] }: Matrix): number =>
  number(K, 'endmembers', { integer: true, min: 1, max: Math.min(bands, pixels) })

/** {@link vca} of data about 1. */
export function search(Y: Matrix, K: number, { random = 0, restarts = 100, draws }: VcaOptions): Vca {
  const fixed = draws === undefined ? undefined : matrix(draws, 'draws', { rows: K, columns: K }).data
  number(restarts, 'restarts', { integer: true, min: 1, max: 1e6 })
  const rng = randomFrom(random, 'random')
  const { x, y, back, ...facts } = project(Y, K)
  let best: { indices: Int32Array; columns: Float64Array[] } | undefined
  let most = -Infinity
  for (let t = 0; t < (fixed ? 1 : restarts); t++) {
    const indices = extremePixels(y, K, fixed ?? Float64Array.from({ length: K * K }, () => rng.uniform()))
    const columns = Array.from(indices, (n) => back(x.map((row) => row[n])))
    const volume = logVolume(columns, log)
    if (best !== undefined && !(volume > most)) continue
    best = { indices, columns }
    most = volume
  }
  const { indices, columns } = best!
  const bands = Y.shape[0]
  const data = Float64Array.from({ length: bands * K }, (_, i) => columns[i % K][Math.floor(i / K)])
  return { indices, endmembers: ndarray(data, [bands, K]), ...facts }
}

/** Coordinates x of the pixels in the signal subspace, the K rows y that are searched, and the way back to spectra. */
interface Projection {
  x: Float64Array[]
  y: Float64Array[]
  back(x: ArrayLike<number>): Float64Array
  snr: number
  threshold: number
  branch: 'affine' | 'projective'
}

function project(Y: Matrix, K: number): Projection {
  const [bands, pixels] = Y.shape
  const mean = meanSpectrum(Y)
  const centred = leadingVectors(secondMoment(Y, mean), K)
  const power = dot(Y.data, Y.data) / pixels
  const signal = centred.values.reduce((sum, v) => sum + v, 0) + dot(mean, mean)
  // Rounding may leave a noise of 0 or less.
  const noise = power - signal
  const ratio = (signal - (K / bands) * power) / noise
  const snr = noise > 0 ? 10 * log10(Math.max(ratio, 0)) : Infinity
  const threshold = 15 + 10 * log10(K)
  const affine = snr < threshold && K > 1
  const { rows, shift } = affine
    ? { rows: centred.rows.slice(0, K - 1), shift: mean }
    : { rows: leadingVectors(secondMoment(Y, new Float64Array(bands)), K).rows, shift: undefined }
  const x = coordinates(Y, rows)
  if (shift !== undefined)
    x.forEach((row, i) => {
      const offset = dot(rows[i], shift)
      for (let n = 0; n < pixels; n++) row[n] -= offset
    })
  const back = (at: ArrayLike<number>): Float64Array => {
    const spectrum = shift?.slice() ?? new Float64Array(bands)
    rows.forEach((row, i) => {
      for (let l = 0; l < bands; l++) spectrum[l] += at[i] * row[l]
    })
    return spectrum
  }
  const y = affine ? [...x, lifted(x, pixels)] : projected(x, pixels)
  return { x, y, back, snr, threshold, branch: affine ? 'affine' : 'projective' }
}

/** The row that lifts the pixels of an affine subspace: their largest norm. */
function lifted(x: Float64Array[], pixels: number): Float64Array {
  let largest = 0
  for (let n = 0; n < pixels; n++) largest = Math.max(largest, squaredNorm(x, n))
  return new Float64Array(pixels).fill(Math.sqrt(largest))
}

/** The pixels projected to the hyperplane through their mean; one that is orthogonal to the mean becomes 0. */
function projected(x: Float64Array[], pixels: number): Float64Array[] {
  const centre = x.map((row) => row.reduce((sum, v) => sum + v, 0) / pixels)
  const y = x.map((row) => row.slice())
  for (let n = 0; n < pixels; n++) {
    let length = 0
    for (let i = 0; i < x.length; i++) length += centre[i] * x[i][n]
    for (const row of y) row[n] = length === 0 ? 0 : row[n] / length
  }
  return y
}

const squaredNorm = (rows: Float64Array[], n: number) => rows.reduce((sum, row) => sum + row[n] * row[n], 0)

/** The K pixels: each farthest along the part of w_i that is orthogonal to those before, at first to the last axis. */
function extremePixels(y: Float64Array[], K: number, draws: Float64Array): Int32Array {
  const indices = new Int32Array(K)
  let basis = new Basis()
  basis.add(Float64Array.from({ length: K }, (_, i) => (i === K - 1 && K > 1 ? 1 : 0)))
  const along = new Float64Array(y[0].length)
  for (let i = 0; i < K; i++) {
    const f = draws.slice(i * K, (i + 1) * K)
    basis.reduce(f)
    along.fill(0)
    for (let j = 0; j < K; j++) for (let n = 0; n < along.length; n++) along[n] += f[j] * y[j][n]
    let farthest = 0
    for (let n = 1; n < along.length; n++) if (Math.abs(along[n]) > Math.abs(along[farthest])) farthest = n
    indices[i] = farthest
    if (i === 0) basis = new Basis()
    basis.add(y.map((row) => row[farthest]))
  }
  return indices
}
