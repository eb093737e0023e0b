import {
  calling,
  exp,
  log,
  type Matrix,
  number,
  oneOf,
  options as optionsOf,
  pow,
  type Random,
  randomFrom,
} from '@opt/core'
import ndarray from 'ndarray'

/** Options of {@link scene}. */
export interface SceneOptions {
  /** 'blocks': one material a block, blurred; 'mixed': the lower half are random mixtures instead. Default 'blocks'. */
  kind?: 'blocks' | 'mixed' | undefined
  /** Pixels a side of a block, and blocks a side of the image: it has size^2 x size^2 pixels. Default 8. */
  size?: number | undefined
  /** Materials. Default 4. */
  endmembers?: number | undefined
  /** Default 100. */
  bands?: number | undefined
  /** Signal-to-noise ratio of all bands in dB. Default 25. */
  snr?: number | undefined
  /** How many random bands are broken. Default 0. */
  badBands?: number | undefined
  /** The standard deviation of the noise that breaks them; the spectra are below 1. Default 1. */
  badScale?: number | undefined
  /** A seed, or a generator that is drawn from. Default 0. */
  random?: number | Random | undefined
}

/** A synthetic image whose materials are known. */
export interface Scene {
  /** bands x pixels, nonnegative; pixel (i, j) is number i columns + j. */
  Y: Matrix
  /** The true spectra, bands x K, and abundances, K x pixels. */
  M: Matrix
  A: Matrix
  /** The broken bands, ascending. */
  badBands: Int32Array
  rows: number
  columns: number
}

/**
 * Draws a scene: smooth random spectra, blocks of one material each, blurred by a box of size + 1 pixels, noise, and broken
 * bands, clipped at zero.
 *
 * @throws TypeError or RangeError that names the wrong option.
 */
export function scene(options?: SceneOptions): Scene {
  return calling('scene', () => {
    const given = optionsOf(options, 'options', [
      'kind',
      'size',
      'endmembers',
      'bands',
      'snr',
      'badBands',
      'badScale',
      'random',
    ])
    const count = (value: number, label: string, min: number, max: number) =>
      number(value, label, { integer: true, min, max })
    const kind = given.kind ?? 'blocks'
    oneOf(kind, 'kind', ['blocks', 'mixed'])
    const size = count(given.size ?? 8, 'size', 1, 64)
    const K = count(given.endmembers ?? 4, 'endmembers', 1, 1000)
    const bands = count(given.bands ?? 100, 'bands', 2, 100_000)
    const snr = number(given.snr ?? 25, 'snr', { min: -300, max: 300 })
    const bad = count(given.badBands ?? 0, 'badBands', 0, bands)
    const badScale = number(given.badScale ?? 1, 'badScale', { nonnegative: true, max: 1e100 })
    const rng = randomFrom(given.random ?? 0, 'random')

    const spectra = Array.from({ length: K }, () => spectrum(bands, rng))
    const side = size * size
    const pixels = side * side
    const maps = abundanceMaps(size, K, rng)
    if (kind === 'mixed') mixLowerHalf(maps, side, rng)
    const Y = new Float64Array(bands * pixels)
    for (let l = 0; l < bands; l++)
      for (let k = 0; k < K; k++) for (let n = 0; n < pixels; n++) Y[l * pixels + n] += spectra[k][l] * maps[k][n]
    const power = Y.reduce((sum, v) => sum + v * v, 0) / Y.length
    const deviation = Math.sqrt(power / pow(10, snr / 10))
    for (let i = 0; i < Y.length; i++) Y[i] += rng.normal(0, deviation)
    const badBands = rng.choice(bands, bad).sort()
    for (const l of badBands) for (let n = 0; n < pixels; n++) Y[l * pixels + n] += rng.normal(0, badScale)
    for (let i = 0; i < Y.length; i++) Y[i] = Math.max(Y[i], 0)
    const A = new Float64Array(K * pixels)
    maps.forEach((map, k) => {
      A.set(map, k * pixels)
    })
    const M = Float64Array.from({ length: bands * K }, (_, i) => spectra[i % K][Math.floor(i / K)])
    return {
      Y: ndarray(Y, [bands, pixels]),
      M: ndarray(M, [bands, K]),
      A: ndarray(A, [K, pixels]),
      badBands,
      rows: side,
      columns: side,
    }
  })
}

/** A line and five bumps, scaled to a range between 0.03 and 0.95. */
function spectrum(bands: number, rng: Random): Float64Array {
  const [offset, slope] = [rng.uniform(0.1, 0.4), rng.uniform(-0.3, 0.5)]
  const bumps = Array.from({ length: 5 }, () => ({
    height: rng.uniform(-0.35, 0.5),
    centre: rng.uniform(),
    width: rng.uniform(0.05, 0.25),
  }))
  const values = Float64Array.from({ length: bands }, (_, l) => {
    const x = l / (bands - 1)
    return bumps.reduce(
      (sum, { height, centre, width }) => {
        const t = (x - centre) / width
        return sum + height * exp(-t * t)
      },
      offset + slope * x,
    )
  })
  const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity])
  const [base, range] = [rng.uniform(0.03, 0.15), rng.uniform(0.4, 0.8)]
  return values.map((v) => base + (range * (v - low)) / (high - low))
}

/** Blocks of one random material each, blurred; the image goes on beyond its edges as its last pixels. */
function abundanceMaps(size: number, K: number, rng: Random): Float64Array[] {
  const side = size * size
  const material = Array.from({ length: side }, () => rng.integer(0, K))
  const radius = Math.floor((size + 1) / 2)
  return Array.from({ length: K }, (_, k) => {
    const sharp = Float64Array.from({ length: side * side }, (_, n) => {
      const [i, j] = [Math.floor(n / side), n % side]
      return material[Math.floor(i / size) * size + Math.floor(j / size)] === k ? 1 : 0
    })
    return blurred(blurred(sharp, side, radius, 1, side), side, radius, side, 1)
  })
}

/** The mean over 2 radius + 1 pixels along one direction: `step` apart within lines that are `line` apart. */
function blurred(map: Float64Array, side: number, radius: number, step: number, line: number): Float64Array {
  const out = new Float64Array(map.length)
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++) {
      let sum = 0
      for (let r = -radius; r <= radius; r++) sum += map[i * line + Math.min(side - 1, Math.max(0, j + r)) * step]
      out[i * line + j * step] = sum / (2 * radius + 1)
    }
  return out
}

/** Uniform mixtures, Dirichlet(1): normalised exponential numbers. */
function mixLowerHalf(maps: Float64Array[], side: number, rng: Random): void {
  for (let n = Math.floor(side / 2) * side; n < side * side; n++) {
    const parts = maps.map(() => -log(1 - rng.uniform()))
    const sum = parts.reduce((total, v) => total + v, 0)
    maps.forEach((map, k) => {
      map[n] = sum > 0 ? parts[k] / sum : 1 / maps.length
    })
  }
}
