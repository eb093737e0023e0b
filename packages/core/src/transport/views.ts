import type { Views } from '../allocate.ts'
import type { MatrixView } from '../kernels/matrix-view.ts'

/** The arrays of a {@link GibbsPlan}; those of the rows have n numbers, those of the columns m. */
export interface GibbsViews {
  /** The cost, n x m. */
  C: MatrixView
  /** The plan, n x m. */
  P: MatrixView
  /** The masses, all positive. */
  a: Float64Array
  b: Float64Array
  /** The marginals P 1 and P' 1. */
  r: Float64Array
  c: Float64Array
  /** The potentials: F = f + epsilon log a, G = g + epsilon log b. */
  F: Float64Array
  G: Float64Array
  /** The scalings. */
  u: Float64Array
  v: Float64Array
  /** P'u. */
  z: Float64Array
  scratch: Float64Array
}

/** Lays out the arrays of a {@link GibbsPlan}. */
export function gibbsViews(n: number, m: number, views: Views): GibbsViews {
  return {
    C: views.matrix(n, m),
    P: views.matrix(n, m),
    a: views.f64(n),
    b: views.f64(m),
    r: views.f64(n),
    c: views.f64(m),
    F: views.f64(n),
    G: views.f64(m),
    u: views.f64(n),
    v: views.f64(m),
    z: views.f64(m),
    scratch: views.f64(2 * m),
  }
}
