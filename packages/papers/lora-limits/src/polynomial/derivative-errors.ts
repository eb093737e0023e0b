import { exp } from '@opt/core'

/** How many cells a grid of the certificate has. */
export const CELLS = 2048

/** Errors e_k(b) = sup_{|x| <= b} |p^(k)(x) e^-x - 1| for b = 0, w, 2w, ..., B with w = B / 2048. */
export interface DerivativeErrors {
  /** The largest value at the grid's points up to b, by k. */
  readonly grid: readonly Float64Array[]
  /** An upper bound of e_k(b), by k. */
  readonly bounds: readonly Float64Array[]
}

/** Returns the value of a polynomial at x. */
export function evaluate(coefficients: ArrayLike<number>, x: number): number {
  let sum = 0
  for (let m = coefficients.length - 1; m >= 0; m--) sum = sum * x + coefficients[m]
  return sum
}

/** Returns the coefficients of the derivative. */
export const derivative = (coefficients: Float64Array): Float64Array => coefficients.slice(1).map((c, m) => c * (m + 1))

/**
 * Bounds |p^(k) e^-x - 1| between the points of a grid: its derivative is at most e_k + e_{k+1}, hence
 * e_k <= (m_k + w e_{k+1}) / (1 - w) with the cumulative maximum m_k, from e_{g+1} = 1 down.
 */
export function derivativeErrors(coefficients: Float64Array, range: number): DerivativeErrors {
  const w = range / CELLS
  const grid: Float64Array[] = []
  for (let p = coefficients; p.length > 0; p = derivative(p)) {
    const most = new Float64Array(CELLS + 1)
    for (let i = 0; i <= CELLS; i++) {
      const x = i * w
      const here = Math.max(Math.abs(evaluate(p, x) * exp(-x) - 1), Math.abs(evaluate(p, -x) * exp(x) - 1))
      most[i] = i === 0 ? here : Math.max(most[i - 1], here)
    }
    grid.push(most)
  }
  const bounds: Float64Array[] = []
  let above = new Float64Array(CELLS + 1).fill(1)
  for (const most of grid.toReversed()) {
    const next = above
    above = most.map((m, i) => (w < 1 ? (m + w * next[i]) / (1 - w) : Infinity))
    bounds.unshift(above)
  }
  return { grid, bounds }
}
