import { type LinearOperator, nrm2 } from '@opt/core'
import { extremeEigen, symmetricEigen } from '@opt/curvature'
import type { HeadRows } from '../head/head-rows.ts'
import { hessianDifference, MOST_DENSE } from './dense-hessian.ts'
import { frobeniusDistance } from './frobenius.ts'

/** What is known of H_T - H_S. */
export interface DifferenceSpectrum {
  lambdaMax: number
  lambdaMin: number
  /** At least the largest eigenvalue, up to rounding: itself, or the Frobenius norm where Lanczos's method only nears it. */
  upper: number
  frobenius: number
  /** All eigenvalues, ascending, and the eigenvectors in columns, for heads of at most 600 parameters. */
  dense: { values: Float64Array; vectors: Float64Array } | null
}

/** Computes the spectrum of H_T - H_S: all of it for a small head, its ends by Lanczos's method for a large one. */
export function differenceSpectrum(source: HeadRows, target: HeadRows): DifferenceSpectrum {
  const size = source.theta.length
  if (size <= MOST_DENSE) {
    const H = hessianDifference(source, target)
    const { values, vectors } = symmetricEigen(
      Array.from({ length: size }, (_, i) => H.subarray(i * size, (i + 1) * size)),
    )
    const dense = { values, vectors: vectors!.data }
    const lambdaMax = values[size - 1]
    return { lambdaMax, lambdaMin: values[0], upper: lambdaMax, frobenius: nrm2(values), dense }
  }
  const operator: LinearOperator = {
    rows: size,
    columns: size,
    apply(x, out) {
      out.set(target.product(target.along(x)))
      const other = source.product(source.along(x))
      for (let i = 0; i < size; i++) out[i] -= other[i]
    },
  }
  const { values } = extremeEigen(operator, { count: 2, which: 'both', tolerance: 1e-9 })
  const [lambdaMin, lambdaMax] = values
  const frobenius = frobeniusDistance(source, target)
  return { lambdaMin, lambdaMax, upper: Math.max(frobenius, lambdaMax), frobenius, dense: null }
}
