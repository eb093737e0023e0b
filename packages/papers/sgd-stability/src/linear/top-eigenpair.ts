import type { LinearOperator } from '@opt/core'
import { lanczos, tridiagonalEigen } from '@opt/curvature'

/** The largest Ritz value so far. */
export interface Ritz {
  /** At most the largest eigenvalue. */
  value: number
  /**
   * Estimate of its distance from an eigenvalue: the residual norm r, or r^2 / gap where the next Ritz value and its
   * residual leave a gap that is larger (Kato 1949, Temple 1928).
   */
  error: number
}

/** An eigenpair; the vector has length 1. */
export interface Eigenpair extends Ritz {
  vector: Float64Array
}

/** Memory for Lanczos vectors, in numbers. */
const MEMORY = 32_000_000

/**
 * Finds the largest eigenvalue of a symmetric operator by Lanczos' method, and yields after each product. It
 * ends when it is told so, or when `settled` says so, or when the space is invariant.
 */
export function* topEigenpair(
  operator: LinearOperator,
  start: Float64Array,
  settled: (ritz: Ritz) => boolean,
): Generator<Ritz, Eigenpair, boolean> {
  const steps = Math.min(40, Math.max(8, Math.floor(MEMORY / start.length)))
  for (;;) {
    const alpha: number[] = []
    const beta: number[] = []
    let coefficients = new Float64Array(0)
    let ritz: Ritz = { value: Number.NaN, error: Infinity }
    let end = false
    const grow = (report: { alpha: number; beta: number }) => {
      alpha.push(report.alpha)
      const last = alpha.length - 1
      const { values, vectors } = tridiagonalEigen(alpha, beta)
      beta.push(report.beta)
      coefficients = Float64Array.from(alpha, (_, j) => vectors!.get(j, last))
      const residual = (k: number) => report.beta * Math.abs(vectors!.get(last, k))
      const gap = last === 0 ? 0 : values[last] - values[last - 1] - residual(last - 1)
      const r = residual(last)
      ritz = { value: values[last], error: gap > r ? (r * r) / gap : r }
      end ||= r === 0 || settled(ritz)
      return end
    }
    const run = lanczos.steps(operator, { start, steps, history: false, stopWhen: grow })
    let next = run.next()
    for (let told = false; !next.done; next = run.next()) {
      if (told || !(yield ritz)) continue
      told = true
      end = true
    }
    const vector = combination(next.value.basis, coefficients)
    if (end) return { ...ritz, vector }
    start = vector
  }
}

function combination(basis: Float64Array[], coefficients: Float64Array): Float64Array {
  const out = new Float64Array(basis[0].length)
  coefficients.forEach((s, j) => {
    const row = basis[j]
    for (let i = 0; i < out.length; i++) out[i] += s * row[i]
  })
  return out
}
