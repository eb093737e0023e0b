import {
  allocate,
  calling,
  type Matrix,
  type MatrixLike,
  matrix,
  matrixKernels,
  options as optionsOf,
  solveScratch,
} from '@opt/core'
import ndarray from 'ndarray'
import { solveFcls } from '../fcls/fcls.ts'
import { secondMoment } from '../linear/moments.ts'
import { divided, unitOf } from '../linear/unit.ts'
import { countOf, search, type VcaOptions } from './vca.ts'

/** End-members below this, in units of the data's size, are raised to it: a multiplicative step never moves a zero. */
const FLOOR = 1e-6

/** A start of unmixing. */
export interface Start {
  /** bands x K, positive. */
  endmembers: Matrix
  /** K x pixels, nonnegative, columns of sum 1. */
  abundances: Matrix
}

/**
 * Estimates the noise of each band: the standard deviation of what the other bands do not predict of it, by the inverse
 * of their second moments with a ridge of 1e-6 times the mean power.
 *
 * @param Y bands x pixels.
 * @returns one positive number a band, in the units of Y.
 * @throws TypeError or RangeError when Y is not a finite matrix, or holds only zeros.
 */
export function bandNoise(Y: MatrixLike): Float64Array {
  return calling('bandNoise', () => {
    const { unit, scaled } = read(Y)
    return noiseOf(scaled).map((v) => v * unit)
  })
}

/**
 * Starts unmixing where broken bands do no harm: {@link vca} and {@link fcls} on bands divided by their noise.
 *
 * @param Y bands x pixels.
 * @param endmembers K, at most min(bands, pixels).
 * @returns end-members in the units of Y, at least 1e-6 of its size, the abundances, and the noise of each band.
 * @throws TypeError or RangeError that names the wrong argument or option.
 */
export function whitenedStart(
  Y: MatrixLike,
  endmembers: number,
  options?: VcaOptions,
): Start & { noise: Float64Array } {
  return calling('whitenedStart', () => {
    const { unit, scaled } = read(Y)
    const K = countOf(endmembers, scaled)
    const settings = optionsOf(options, 'options', ['random', 'restarts', 'draws'])
    const { noise, ...start } = whiten(scaled, K, settings)
    for (let i = 0; i < start.endmembers.data.length; i++) start.endmembers.data[i] *= unit
    return { ...start, noise: noise.map((v) => v * unit) }
  })
}

function read(Y: MatrixLike): { unit: number; scaled: Matrix } {
  const given = matrix(Y, 'Y')
  const unit = unitOf(given.data)
  return { unit, scaled: ndarray(divided(given.data, unit), given.shape) }
}

/** {@link whitenedStart} of data about 1. */
export function whiten(Y: Matrix, K: number, options: VcaOptions): Start & { noise: Float64Array } {
  const noise = noiseOf(Y)
  const white = scaleRows(Y, (l) => 1 / noise[l])
  const endmembers = raised(scaleRows(search(white, K, options).endmembers, (l) => noise[l]))
  const abundances = solveFcls(
    white,
    scaleRows(endmembers, (l) => 1 / noise[l]),
  )
  return { endmembers, abundances, noise }
}

/** {@link vca} and {@link fcls}, without whitening, of data about 1. */
export function plainStart(Y: Matrix, K: number, options: VcaOptions): Start {
  const endmembers = raised(search(Y, K, options).endmembers)
  return { endmembers, abundances: solveFcls(Y, endmembers) }
}

function scaleRows({ data, shape }: Matrix, factor: (row: number) => number): Matrix {
  const columns = shape[1]
  return ndarray(
    data.map((v, i) => v * factor(Math.floor(i / columns))),
    shape.slice(),
  )
}

const raised = ({ data, shape }: Matrix): Matrix =>
  ndarray(
    data.map((v) => Math.max(v, FLOOR)),
    shape,
  )

/** 1 / sqrt((C^-1)_ll): with C = L L', the inverse has the squared norms of the columns of L^-1 on its diagonal. */
function noiseOf(Y: Matrix): Float64Array {
  const bands = Y.shape[0]
  const C = secondMoment(Y, new Float64Array(bands))
  let trace = 0
  for (let l = 0; l < bands; l++) trace += C.data[l * bands + l]
  // Of zeros alone nothing can be said: any noise does.
  const ridge = trace > 0 ? (1e-6 * trace) / bands : 1
  const { kernels, L, inverse, work } = allocate([matrixKernels], (views) => ({
    L: views.matrix(bands, bands),
    inverse: views.matrix(bands, bands),
    work: views.f64(solveScratch(bands, bands)),
  }))
  for (let i = 0; i < bands; i++) {
    for (let j = 0; j <= i; j++) L.data[i * L.stride + j] = C.data[i * bands + j]
    L.data[i * L.stride + i] += ridge
    inverse.data[i * inverse.stride + i] = 1
  }
  kernels.potrf(L, work)
  kernels.trsm(L, inverse, work)
  const squares = new Float64Array(bands)
  for (let i = 0; i < bands; i++)
    for (let l = 0; l <= i; l++)
      squares[l] += inverse.data[i * inverse.stride + l] * inverse.data[i * inverse.stride + l]
  return squares.map((s) => 1 / Math.sqrt(s))
}
