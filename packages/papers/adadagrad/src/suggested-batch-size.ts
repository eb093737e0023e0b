import { number, oneOf, options as optionsOf, refuse, vector } from '@opt/core'
import { type BatchStatistics, checkStatistics } from './statistics.ts'

/** The tests of a batch gradient. */
export type TestName = 'norm' | 'innerProduct' | 'orthogonality' | 'augmented' | 'coordinate'
export const TESTS: readonly TestName[] = ['norm', 'innerProduct', 'orthogonality', 'augmented', 'coordinate']

/** Options of {@link suggestedBatchSize}. */
export interface TestOptions {
  /** Default 'norm'. */
  test?: TestName | undefined
  /** The tolerance of 'norm' and 'coordinate', > 0; the theory wants it below 1. Default 0.1. */
  eta?: number | undefined
  /** The tolerance of 'innerProduct', > 0. Default 0.1. */
  theta?: number | undefined
  /** The tolerance of 'orthogonality', > 0. Default 0.1. */
  nu?: number | undefined
  /**
   * The number N of examples from which batches are drawn without replacement: the mean of a batch has then (1 - b / N)
   * times the variance, and the size stays below N. At least the number of examples of the batch. Default: the paper's tests, without this correction.
   */
  population?: number | undefined
  /**
   * 'coordinate' asks for the size that this share of the coordinates needs, in (0, 1]; those without variance do not
   * count. Default 1, all of them, as in the paper.
   */
  quantile?: number | undefined
}

/** The names of {@link TestOptions}. */
export const TEST_OPTIONS = ['test', 'eta', 'theta', 'nu', 'population', 'quantile'] as const

/** {@link TestOptions} with defaults. */
export interface ResolvedTest {
  test: TestName
  eta: number
  theta: number
  nu: number
  population: number
  quantile: number
}

export function resolveTest(options: TestOptions, name: string): ResolvedTest {
  const { test = 'norm', eta = 0.1, theta = 0.1, nu = 0.1, population, quantile = 1 } = options
  oneOf(test, `${name}: test`, TESTS)
  for (const [label, value] of Object.entries({ eta, theta, nu }))
    number(value, `${name}: ${label}`, { positive: true })
  if (population !== undefined) number(population, `${name}: population`, { integer: true, min: 1 })
  number(quantile, `${name}: quantile`, { positive: true, max: 1 })
  return { test, eta, theta, nu, population: population ?? Infinity, quantile }
}

/**
 * Returns the batch size s, not rounded, from which on a test of the batch's gradient passes. A batch of b >= s examples
 * is large enough. With V, Vp and Vo the total variance of the per-example gradients, that of their inner products with
 * g, and that of their parts orthogonal to g:
 *
 *     norm            V / (eta^2 |g|^2)                    Byrd, Chin, Nocedal and Wu 2012
 *     innerProduct    Vp / (theta^2 |g|^4)                 Bollapragada, Byrd and Nocedal 2018
 *     orthogonality   Vo / (nu^2 |g|^2)
 *     augmented       the larger of the last two
 *     coordinate      max over j of V_j / (eta^2 g_j^2)    AdAdaGrad
 *
 * Infinity if g = 0 and the gradients differ; b if a batch cannot tell, of one example or all gradients zero.
 *
 * @throws TypeError or RangeError for statistics that the test needs and are not there, and options out of range.
 */
export function suggestedBatchSize(statistics: BatchStatistics, options?: TestOptions): number {
  const name = 'suggestedBatchSize'
  const test = resolveTest(optionsOf(options, `${name}: options`, TEST_OPTIONS), name)
  return sizeFor(checkStatistics(statistics, `${name}: statistics`), test, name)
}

export function sizeFor(statistics: BatchStatistics, settings: ResolvedTest, name: string): number {
  const { population } = settings
  if (statistics.count > population)
    refuse(`${name}: population`, `at least the ${statistics.count} examples of the batch`, `${population}`)
  if (statistics.count === 1) return 1
  const s = testedSize(statistics, settings, `${name}: statistics`)
  if (Number.isNaN(s)) return statistics.count
  // (V / b)(1 - b / N) <= eta^2 |g|^2 from b = s / (1 + s / N) on.
  return population === Infinity ? s : s === Infinity ? population : s / (1 + s / population)
}

/** Returns NaN for 0 / 0. */
function testedSize(statistics: BatchStatistics, settings: ResolvedTest, label: string): number {
  const { squaredNorm, varianceSum } = statistics
  const { test, eta, theta, nu, quantile } = settings
  if (test === 'norm') return varianceSum / squaredNorm / (eta * eta)
  if (test === 'coordinate') return coordinateSize(statistics, quantile, label) / (eta * eta)
  const along = statistics.innerProductVariance
  if (along === undefined) refuse(`${label}.innerProductVariance`, `given, for the test '${test}'`, 'undefined', 'type')
  if (squaredNorm === 0) return varianceSum / squaredNorm
  const innerProduct = along / squaredNorm / squaredNorm / (theta * theta)
  if (test === 'innerProduct') return innerProduct
  const across = statistics.orthogonalVariance ?? Math.max(0, varianceSum - along / squaredNorm)
  const orthogonality = across / squaredNorm / (nu * nu)
  return test === 'orthogonality' ? orthogonality : Math.max(innerProduct, orthogonality)
}

/** Returns the quantile of V_j / g_j^2 over the coordinates with V_j > 0, interpolated linearly; NaN without any. */
function coordinateSize({ variances, mean }: BatchStatistics, quantile: number, label: string): number {
  if (variances === undefined || mean === undefined)
    refuse(`${label}.variances`, "given, and `mean`, for the test 'coordinate'", 'undefined', 'type')
  const spread = vector(variances, `${label}.variances`, { sign: 'nonnegative' })
  const g = vector(mean, `${label}.mean`, { length: spread.length })
  const ratios = new Float64Array(spread.length)
  let n = 0
  // Divided twice: the square of a tiny g_j would underflow.
  for (let j = 0; j < g.length; j++) if (spread[j] > 0) ratios[n++] = Math.abs(spread[j] / g[j] / g[j])
  if (n === 0) return NaN
  const sorted = ratios.subarray(0, n)
  if (quantile < 1) sorted.sort()
  else return sorted.reduce((largest, ratio) => Math.max(largest, ratio), 0)
  const place = quantile * (n - 1)
  const below = Math.floor(place)
  const rest = place - below
  return rest === 0 ? sorted[below] : sorted[below] + rest * (sorted[below + 1] - sorted[below])
}
