import { exp, log, type MatrixLike, matrix, number, options, refuse } from '@opt/core'
import { rowSpace } from './row-space.ts'

/**
 * Returns the number of full-dimensional cells of n hyperplanes through the origin in general
 * position: 2 sum_{k < rank} C(n - 1, k).
 *
 * @param n distinct nonzero directions among the rows of X.
 */
export function patternCount(n: number, rank: number): number {
  number(n, 'patternCount: n', { integer: true, min: 1 })
  number(rank, 'patternCount: rank', { integer: true, min: 1 })
  let binomial = 1
  let sum = 0
  for (let k = 0; k < rank && k < n; k++) {
    sum += binomial
    binomial = (binomial * (n - 1 - k)) / (k + 1)
  }
  return 2 * sum
}

/** Returns the bound 2 r (e (n - 1) / r)^r on the number of patterns of n rows of rank r <= n. */
export function patternUpperBound(n: number, rank: number): number {
  number(n, 'patternUpperBound: n', { integer: true, min: 1 })
  number(rank, 'patternUpperBound: rank', { integer: true, min: 1 })
  return n === 1 ? 2 : 2 * rank * exp(rank * (1 + log((n - 1) / rank)))
}

/**
 * Returns how many random patterns make it unlikely (probability at most xi, at confidence at least
 * 1 - psi) that one more lowers the optimum, a real number (the paper's sample bound, as we know it):
 *
 *     min((n + 1) / (psi xi) - 1, (2 / xi) (n + 1 - ln psi))
 *
 * It says nothing about how much lower.
 *
 * @param given n rows of X, and xi and psi in (0, 1].
 * @throws TypeError or RangeError that names the invalid argument.
 */
export function samplesNeeded(given: { n: number; xi: number; psi: number }): number {
  const { n, xi, psi } = options(given, 'samplesNeeded: options', ['n', 'xi', 'psi'])
  number(n, 'samplesNeeded: n', { integer: true, min: 1 })
  for (const [label, value] of Object.entries({ xi, psi }))
    if (!(number(value, `samplesNeeded: ${label}`) > 0 && value <= 1))
      refuse(`samplesNeeded: ${label}`, 'in (0, 1]', String(value))
  const needed = Math.min((n + 1) / (psi * xi) - 1, (2 / xi) * (n + 1 - log(psi)))
  if (!Number.isFinite(needed)) refuse('samplesNeeded: xi', 'large enough for a finite number', String(xi))
  return needed
}

/** Returns the number of distinct directions (up to sign) among the nonzero rows of X, and its rank. */
export function patternStatistics(X: MatrixLike): { directions: number; rank: number } {
  const data = matrix(X, 'patternStatistics: X')
  const { directions, rank } = rowSpace(data.data, data.shape[0], data.shape[1])
  return { directions: directions.length, rank }
}
