import { number, options as optionsOf, refuse, type VectorLike, vector } from '@opt/core'

/** Options of {@link msvr}. */
export interface MsvrOptions {
  /** alpha, in (0, 1]: the weight of what is new. Default 0.5. */
  alpha?: number | undefined
  /** gamma, at least 0: the weight of the difference between the two points. Default 1 - alpha, for I = m. */
  gamma?: number | undefined
}

/** Running estimates of a family of vectors h_i, of which a step sees only some, with noise; see {@link msvr}. */
export interface MsvrEstimator {
  /** The estimates s_0, s_1, ...: views, which {@link update} changes. */
  readonly values: readonly Float64Array[]
  /** Sets estimate i, for instance to a first sample. */
  set(i: number, value: VectorLike): void
  /**
   * Makes s_i = (1 - alpha) s_i + (alpha + gamma) now - gamma previous, and returns it (a view).
   *
   * @param now h_i at the present point on a sample.
   * @param previous h_i at the point one step ago, on the same sample.
   */
  update(i: number, now: VectorLike, previous: VectorLike): Float64Array
}

/**
 * Returns the gamma of the theory, (m - I) / (I (1 - alpha)) + 1 - alpha, with which an estimate that is seen in one of
 * m / I steps follows what it missed; 0 for alpha = 1.
 *
 * @param m number of blocks.
 * @param I number of blocks in a step, 1 to m; I = m gives 1 - alpha, the STORM estimator.
 * @param alpha in (0, 1].
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function msvrGamma(m: number, I: number, alpha: number): number {
  number(m, 'msvrGamma: m', { integer: true, min: 1 })
  number(I, 'msvrGamma: I', { integer: true, min: 1, max: m })
  checkFraction(alpha, 'msvrGamma: alpha')
  return alpha === 1 ? 0 : (m - I) / (I * (1 - alpha)) + (1 - alpha)
}

/**
 * Makes the multi-block-single-probe variance-reduced estimator (Jiang et al. 2022; Hu et al. 2023, equation 5): for each
 * of m vectors h_i a running estimate that is moved only when block i is sampled. For methods of your own.
 *
 * @param m number of blocks.
 * @param dimension length of each h_i.
 * @returns all estimates start at 0.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function msvr(m: number, dimension: number, options?: MsvrOptions): MsvrEstimator {
  number(m, 'msvr: m', { integer: true, min: 1 })
  number(dimension, 'msvr: dimension', { integer: true, min: 1, max: Math.floor(2147483647 / m) })
  const given = optionsOf(options, 'msvr: options', ['alpha', 'gamma'])
  const alpha = checkFraction(given.alpha ?? 0.5, 'msvr: alpha')
  const gamma = number(given.gamma ?? 1 - alpha, 'msvr: gamma', { nonnegative: true })
  const values = rowsOf(new Float64Array(m * dimension), m)
  const of = (i: number, label: string) => values[number(i, `${label}: i`, { integer: true, min: 0, max: m - 1 })]
  const fitting = (x: VectorLike, label: string) => vector(x, label, { length: dimension })
  return {
    values,
    set(i, value) {
      of(i, 'set').set(fitting(value, 'set: value'))
    },
    update(i, now, previous) {
      const s = of(i, 'update')
      track(s, fitting(now, 'update: now'), fitting(previous, 'update: previous'), alpha, gamma, s)
      return s
    },
  }
}

/** Writes out = (1 - alpha) s + (alpha + gamma) now - gamma previous. */
export function track(
  s: Float64Array,
  now: Float64Array,
  previous: Float64Array,
  alpha: number,
  gamma: number,
  out: Float64Array,
): void {
  for (let j = 0; j < s.length; j++) out[j] = (1 - alpha) * s[j] + (alpha + gamma) * now[j] - gamma * previous[j]
}

/** Views of the rows of a flat matrix. */
export function rowsOf(flat: Float64Array, rows: number): Float64Array[] {
  const length = flat.length / rows
  return Array.from({ length: rows }, (_, i) => flat.subarray(i * length, (i + 1) * length))
}

/** Returns a number in (0, 1]. */
export function checkFraction(value: number, label: string): number {
  number(value, label, { positive: true })
  if (value > 1) refuse(label, 'in (0, 1]', String(value))
  return value
}
