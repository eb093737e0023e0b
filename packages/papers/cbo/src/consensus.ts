import {
  calling,
  exp,
  log,
  type MatrixLike,
  matrix,
  number,
  refuse,
  show,
  type VectorLike,
  withinData,
} from '@opt/core'

/** Answer of {@link consensusPoint}. */
export interface ConsensusPoint {
  /** The mean of the positions under the weights. */
  x: Float64Array
  /** One a particle; they add up to 1. */
  weights: Float64Array
  /** 1 / sum w_i^2: from 1, one particle decides, to the number of particles. */
  effectiveSampleSize: number
  /** min f - log(mean exp(-alpha (f_i - min f))) / alpha, at least min f. */
  freeEnergy: number
}

/**
 * Computes the consensus point: the mean of the particles under the weights exp(-alpha f_i) / sum_j exp(-alpha f_j).
 * A particle with a value of NaN or Infinity has weight 0; those of -Infinity share all of it.
 *
 * @param positions N x d.
 * @param values f at each particle.
 * @param alpha positive; from about 1e15 on the best particle decides, ties share.
 * @throws TypeError or RangeError that names the wrong argument; RangeError when no value is below Infinity.
 */
export function consensusPoint(positions: MatrixLike, values: VectorLike, alpha: number): ConsensusPoint {
  return calling('consensusPoint', () => {
    const { data, shape } = matrix(positions, 'positions')
    const [N, d] = shape as [number, number]
    const f = valuesOf(values, 'values', N)
    number(alpha, 'alpha', { positive: true })
    const weights = new Float64Array(N)
    const best = smallest(f, N)
    if (best === Infinity) refuse('values', 'below Infinity for at least one particle', `${f[0]} for particle 0`)
    const { effectiveSampleSize, freeEnergy } = weigh(f, N, alpha, weights)
    const x = new Float64Array(d)
    average(N, d, undefined, data, weights, x)
    return { x, weights, effectiveSampleSize, freeEnergy }
  })
}

/**
 * Finds the alpha whose weights have a given effective sample size, by bisection: the size falls as alpha grows.
 *
 * @param values f at each of N particles, as for {@link consensusPoint}.
 * @param fraction eta: the size wanted, as a part of the number of particles with a value, in (0, 1]. Default 0.5.
 * @param limit the largest alpha, the answer where even it leaves a larger size. Default 1e5.
 * @throws TypeError or RangeError that names the wrong argument; RangeError when no value is below Infinity.
 */
export function alphaOfSampleSize(values: VectorLike, fraction = 0.5, limit = 1e5): number {
  return calling('alphaOfSampleSize', () => {
    const f = valuesOf(values, 'values')
    number(fraction, 'fraction', { positive: true, max: 1 })
    number(limit, 'limit', { positive: true })
    if (smallest(f, f.length) === Infinity) refuse('values', 'below Infinity for at least one particle', show(f[0]))
    return bisectAlpha(f, f.length, fraction, limit, new Float64Array(f.length))
  })
}

/** Copies values, which may be infinite; NaN becomes Infinity. */
function valuesOf(values: VectorLike, label: string, length?: number): Float64Array {
  const entries = entriesOf(values) ?? refuse(label, 'a vector of numbers', show(values), 'type')
  if (!(entries.length > 0)) refuse(label, 'nonempty', `length ${show(entries.length)}`)
  if (length !== undefined && entries.length !== length)
    refuse(label, `of length ${length}`, `length ${entries.length}`)
  return Float64Array.from({ length: entries.length }, (_, i) => {
    const value: unknown = entries[i]
    if (typeof value !== 'number') refuse(`${label}[${i}]`, 'a number', show(value), 'type')
    return orInfinity(value)
  })
}

/** Reads a vector whose entries may be anything, which the core's `vector` refuses. */
function entriesOf(values: VectorLike): ArrayLike<number> | undefined {
  if (typeof values !== 'object' || values === null) return undefined
  if ('shape' in values) {
    const { shape, data } = values
    if (!(Array.isArray(shape) && shape.length === 1 && typeof data === 'object' && withinData(values)))
      return undefined
    return Array.from({ length: shape[0] }, (_, i) => values.get(i))
  }
  if ('rows' in values) {
    const { rows, columns } = values
    if (rows !== 1 && columns !== 1) return undefined
    return Array.from({ length: rows * columns }, (_, i) => (rows === 1 ? values.get(0, i) : values.get(i, 0)))
  }
  return Number.isSafeInteger(values.length) && values.length < 2_147_483_648 ? values : undefined
}

/** A value that is NaN counts as worse than every other. */
export const orInfinity = (value: number): number => (Number.isNaN(value) ? Infinity : value)

/** Returns the smallest of the first n values, Infinity if none is below. */
export function smallest(values: Float64Array, n: number): number {
  let least = Infinity
  for (let i = 0; i < n; i++) if (values[i] < least) least = values[i]
  return least
}

/**
 * Writes the weights of n values, none of them NaN and at least one below Infinity; returns their effective sample size
 * and the free energy.
 */
export function weigh(
  values: Float64Array,
  n: number,
  alpha: number,
  weights: Float64Array,
): { effectiveSampleSize: number; freeEnergy: number } {
  const least = smallest(values, n)
  let sum = 0
  // Equal values first: their difference is NaN where both are -Infinity.
  for (let i = 0; i < n; i++) sum += weights[i] = values[i] === least ? 1 : exp(-alpha * (values[i] - least))
  let squares = 0
  for (let i = 0; i < n; i++) {
    weights[i] /= sum
    squares += weights[i] * weights[i]
  }
  return { effectiveSampleSize: 1 / squares, freeEnergy: least - log(sum / n) / alpha }
}

/**
 * Writes sum_k w_k x_k over n rows of X, the given ones or the first. It is summed as differences from the row of the
 * largest weight: equal rows give exactly that row. Rows without weight are not looked at.
 */
export function average(
  n: number,
  d: number,
  rows: Int32Array | undefined,
  X: Float64Array,
  weights: Float64Array,
  out: Float64Array,
): void {
  let heaviest = 0
  for (let k = 1; k < n; k++) if (weights[k] > weights[heaviest]) heaviest = k
  const centre = (rows === undefined ? heaviest : rows[heaviest]) * d
  out.fill(0)
  for (let k = 0; k < n; k++) {
    const w = weights[k]
    if (w === 0 || k === heaviest) continue
    const at = (rows === undefined ? k : rows[k]) * d
    for (let j = 0; j < d; j++) out[j] += w * (X[at + j] - X[centre + j])
  }
  for (let j = 0; j < d; j++) out[j] += X[centre + j]
}

/** {@link alphaOfSampleSize} of n values, none of them NaN and at least one below Infinity; weights are scratch. */
export function bisectAlpha(
  values: Float64Array,
  n: number,
  fraction: number,
  limit: number,
  weights: Float64Array,
): number {
  let finite = 0
  for (let i = 0; i < n; i++) if (values[i] < Infinity) finite++
  const size = (alpha: number) => weigh(values, n, alpha, weights).effectiveSampleSize
  const wanted = fraction * finite
  if (size(limit) >= wanted) return limit
  // By the exponent first, as the answer may have any scale; 0 stands for the smallest.
  let high = limit
  let low = limit / 2
  while (low > 1e-300 && size(low) < wanted) {
    high = low
    low /= 2
  }
  for (let k = 0; k < 50; k++) {
    const middle = (low + high) / 2
    if (size(middle) < wanted) high = middle
    else low = middle
  }
  return low
}
