import type { LinearOperator } from '@opt/core'
import { lanczos, ritzValues, tridiagonalEigen } from '@opt/curvature'

/** The largest Ritz value so far. */
export interface Ritz {
  /** At most the largest eigenvalue. */
  value: number
  /** Residual norm: an eigenvalue lies within this distance. */
  residual: number
}

/** An eigenpair; the vector has length 1. */
export interface Eigenpair extends Ritz {
  vector: Float64Array
}

/** Most vectors that are kept, and most numbers in them. */
const VECTORS = 100
const MEMORY = 16_000_000

/**
 * Finds the largest eigenvalue of a symmetric operator by Lanczos' method, and yields after each product. It
 * ends when it is told so, or when `settled` says so, or when the space is invariant.
 */
export function* topEigenpair(
  operator: LinearOperator,
  start: Float64Array,
  settled: (ritz: Ritz) => boolean,
): Generator<Ritz, Eigenpair, boolean> {
  const steps = Math.min(VECTORS, Math.max(8, Math.floor(MEMORY / start.length)))
  for (;;) {
    const alpha: number[] = []
    const beta: number[] = []
    let ritz: Ritz = { value: Number.NaN, residual: Infinity }
    let end = false
    const grow = (report: { alpha: number; beta: number }) => {
      alpha.push(report.alpha)
      beta.push(report.beta)
      const { values, residuals } = ritzValues({ alpha, beta })
      const last = values.length - 1
      ritz = { value: values[last], residual: residuals[last] }
      end ||= ritz.residual === 0 || settled(ritz)
      return end
    }
    const run = lanczos.steps(operator, { start, steps, history: false, stopWhen: grow })
    let next = run.next()
    for (let told = false; !next.done; next = run.next()) {
      if (told || !(yield ritz)) continue
      told = true
      end = true
    }
    const vector = combination(next.value.basis, topVector(alpha, beta))
    if (end) return { ...ritz, vector }
    start = vector
  }
}

/** The unit eigenvector of the largest eigenvalue of a tridiagonal matrix. */
function topVector(alpha: number[], beta: number[]): Float64Array {
  const k = alpha.length
  const { vectors } = tridiagonalEigen(alpha, beta.slice(0, k - 1))
  return Float64Array.from(alpha, (_, j) => vectors!.get(j, k - 1))
}

function combination(basis: Float64Array[], coefficients: Float64Array): Float64Array {
  const out = new Float64Array(basis[0].length)
  coefficients.forEach((s, j) => {
    const row = basis[j]
    for (let i = 0; i < out.length; i++) out[i] += s * row[i]
  })
  return out
}
