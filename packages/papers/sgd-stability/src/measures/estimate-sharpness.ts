import {
  calling,
  type LinearOperator,
  type MatrixLike,
  number,
  type Random,
  type Report,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
} from '@opt/core'
import { hutchinson, lanczos, ritzValues } from '@opt/curvature'
import { boundedMatrix, length, peakOf } from '../range.ts'

/** Options of {@link estimateSharpness}. */
export interface EstimateOptions {
  /** Random vectors for trace and Frobenius norm, at least 2, one product each. Default 32. */
  probes?: number | undefined
  /** Products for the extreme eigenvalues at most. Default 40. */
  steps?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** Report of {@link estimateSharpness} after each product. */
export interface EstimateReport extends Report {
  products: number
}

/** Answer of {@link estimateSharpness}. */
export interface EstimatedSharpness {
  /** tr H, with its standard error. */
  trace: number
  traceError: number
  /** ||H||_F, with the standard error of its square divided by twice the norm. */
  frobenius: number
  frobeniusError: number
  /** Largest eigenvalue, and the distance within which an eigenvalue is certain to lie. */
  lambdaMax: number
  lambdaMaxError: number
  /** Smallest eigenvalue, and the distance within which an eigenvalue is certain to lie. */
  lambdaMin: number
  lambdaMinError: number
  /** Products used. */
  products: number
}

/** Residuals at which extreme eigenvalues are good enough, relative to the largest |eigenvalue|. */
const SETTLED = 1e-8

/**
 * Estimates the sharpness of a point from products of its Hessian with vectors: trace and Frobenius norm by
 * the means of z'Hz and ||Hz||^2 over random signs z (Hutchinson 1989), the extreme eigenvalues by Lanczos'
 * method with full reorthogonalisation, which ends early when both are known to 1e-8.
 *
 * @param hessian products v -> Hv: `symmetric(n, product)` of @opt/curvature, or any linear operator.
 * @throws TypeError or RangeError when an option is wrong or a product is not finite.
 */
export const estimateSharpness: Solver<
  [hessian: LinearOperator, options: EstimateOptions],
  EstimateReport,
  EstimatedSharpness
> = solver(
  'estimateSharpness',
  function* (hessian, { probes = 32, steps = 40, seed = 0 }): Generator<EstimateReport, EstimatedSharpness, boolean> {
    if (typeof hessian !== 'object' || typeof hessian?.apply !== 'function')
      refuse('hessian', 'a linear operator, such as symmetric(n, product)', show(hessian), 'type')
    number(probes, 'probes', { integer: true, min: 2 })
    number(steps, 'steps', { integer: true, min: 1 })
    const rng = randomFrom(seed, 'seed')
    let products = 0
    let ended = false

    const lengths: number[] = []
    const watched: LinearOperator = {
      rows: hessian.rows,
      columns: hessian.columns,
      apply(x, out) {
        hessian.apply(x, out)
        lengths.push(length(out))
      },
    }
    let estimate = { trace: 0, standardError: 0 }
    for (const report of hutchinson.steps(watched, { probes, seed: rng, history: false })) {
      estimate = report
      products = lengths.length
      ended = yield { products }
      if (ended) break
    }

    const alpha: number[] = []
    const beta: number[] = []
    let ends = { lambdaMax: 0, lambdaMaxError: 0, lambdaMin: 0, lambdaMinError: 0 }
    for (const report of lanczos.steps(hessian, { steps, seed: rng, history: false })) {
      alpha.push(report.alpha)
      beta.push(report.beta)
      ends = extremes(alpha, beta)
      products++
      if (ended || (yield { products })) break
      const peak = Math.max(Math.abs(ends.lambdaMax), Math.abs(ends.lambdaMin))
      if (Math.max(ends.lambdaMaxError, ends.lambdaMinError) <= SETTLED * peak) break
    }
    // Relative to the longest, whose square may be out of range.
    const scale = peakOf(lengths)
    const [square, squareError] = meanAndError(lengths.map((size) => (scale > 0 ? (size / scale) * (size / scale) : 0)))
    const root = Math.sqrt(square)
    return {
      trace: estimate.trace,
      traceError: estimate.standardError,
      frobenius: scale * root,
      frobeniusError: root > 0 ? (scale * squareError) / (2 * root) : 0,
      ...ends,
      products,
    }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ['probes', 'steps', 'seed'] },
)

function extremes(alpha: number[], beta: number[]) {
  const { values, residuals } = ritzValues({ alpha, beta })
  const last = values.length - 1
  return {
    lambdaMax: values[last],
    lambdaMaxError: residuals[last],
    lambdaMin: values[0],
    lambdaMinError: residuals[0],
  }
}

function meanAndError(values: number[]): [number, number] {
  const n = values.length
  const mean = values.reduce((sum, v) => sum + v, 0) / n
  return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / (n - 1) / n)]
}

/**
 * Returns the variance of z'Hz over random signs z, 2 (||H||_F^2 - sum of H_ii^2): that of one probe of
 * `estimateSharpness` and of Hutchinson's estimator.
 *
 * @param H symmetric.
 * @throws TypeError or RangeError when H is no square, finite matrix.
 */
export function probeVariance(H: MatrixLike): number {
  return calling('probeVariance', () => {
    const { data, rows: n, columns } = boundedMatrix(H, 'H')
    if (n !== columns) refuse('H', 'square', `shape [${n}, ${columns}]`)
    let sum = 0
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum += data[i * n + j] * data[i * n + j]
    return 2 * sum
  })
}
