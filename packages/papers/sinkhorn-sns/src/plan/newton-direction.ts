import { type CSR, conjugateGradient, type LinearOperator, type Views } from '@opt/core'
import type { PlanKernels } from '../kernels.ts'
import type { ScaledPlan } from './scaled-plan.ts'

/** Up to this share of the entries a sparse matrix costs less than the whole plan. */
export const SPARSE_SHARE = 0.2

/** The arrays of a {@link NewtonDirection}: a fifth of P's entries, and a few vectors. */
export interface DirectionViews {
  kept: CSR
  dx: Float64Array
  dy: Float64Array
  large: Float64Array
  /** A point of CG, whose own vectors the kernels do not see. */
  point: Float64Array
  /** The diagonal of P P' weighted, or of P'P. */
  squares: Float64Array
  scratch: [Float64Array, Float64Array, Float64Array, Float64Array]
}

/** Lays out the arrays of a {@link NewtonDirection}. */
export function directionViews(rows: number, columns: number, views: Views): DirectionViews {
  const entries = Math.ceil(SPARSE_SHARE * rows * columns)
  const small = () => views.f64(Math.min(rows, columns))
  return {
    kept: {
      rows,
      columns,
      indptr: views.i32(rows + 1),
      indices: views.i32(entries),
      values: views.f64(entries),
    },
    dx: views.f64(rows),
    dy: views.f64(columns),
    large: views.f64(Math.max(rows, columns)),
    point: small(),
    squares: small(),
    scratch: [small(), small(), small(), small()],
  }
}

/**
 * Computes the Newton direction of the potential with only some of P's entries kept:
 *
 *     1/epsilon [diag(r)  A; A'  diag(c)] (dx, dy) = (a - r, b - c)
 *
 * by conjugate gradients on the Schur complement of the smaller side. A is P without its small entries, but the
 * diagonal keeps the full sums r and c: so the matrix stays positive semidefinite and every direction ascends.
 */
export class NewtonDirection {
  readonly dx: Float64Array
  readonly dy: Float64Array
  readonly kept: CSR
  readonly #plan: ScaledPlan
  readonly #views: DirectionViews
  readonly #kernels: PlanKernels

  constructor(plan: ScaledPlan, views: DirectionViews, kernels: PlanKernels) {
    this.#plan = plan
    this.#views = views
    this.#kernels = kernels
    this.dx = views.dx
    this.dy = views.dy
    this.kept = views.kept
  }

  /** Keeps the entries of P of at least `threshold`. */
  keep(threshold: number): void {
    const { P } = this.#plan.views
    const { indptr, indices, values } = this.kept
    this.#kernels.keep(P.rows, P.columns, P.data, P.stride, threshold, indptr, indices, values)
  }

  /** Computes dx and dy from the kept entries, or from all of P. Returns the number of CG iterations. */
  compute(from: 'kept' | 'all', tolerance: number): number {
    const { rows, columns, epsilon, kernels } = this.#plan
    const { P, a, b, r, c } = this.#plan.views
    const { large, point, squares } = this.#views
    const { indptr, indices, values } = this.kept
    const sparse = from === 'kept'
    // y = A x and y = A'x.
    const forth = (x: Float64Array, y: Float64Array) => {
      if (sparse) kernels.spmv(rows, indptr, indices, values, x, y)
      else kernels.gemv(P, x, y)
    }
    const back = (x: Float64Array, y: Float64Array) => {
      y.fill(0)
      if (sparse) this.#kernels.spmvT(rows, indptr, indices, values, x, y)
      else kernels.gemvT(P, x, y)
    }
    // The equations are the same on either side: s is the smaller one, l the larger.
    const wide = rows <= columns
    const [ds, dl] = wide ? [this.dx, this.dy] : [this.dy, this.dx]
    const [ms, ml, ss, sl] = wide ? [a, b, r, c] : [b, a, c, r]
    const [toSmall, toLarge] = wide ? [forth, back] : [back, forth]

    for (let k = 0; k < dl.length; k++) large[k] = 1 / sl[k]
    if (sparse) keptSquares(this.kept, wide, large, squares)
    else this.#kernels[wide ? 'squares' : 'squaresT'](rows, columns, P.data, P.stride, large, squares)
    const jacobi = inverseDiagonal(ss, squares)

    for (let k = 0; k < dl.length; k++) large[k] = (ml[k] - sl[k]) / sl[k]
    toSmall(large, ds)
    const rhs = ds.map((y, i) => epsilon * (ms[i] - ss[i] - y))
    if (!sparse) balance(rhs, ss)
    const schur: LinearOperator = {
      rows: ds.length,
      columns: ds.length,
      apply(x, out) {
        point.set(x)
        toLarge(point, large)
        for (let k = 0; k < dl.length; k++) large[k] /= sl[k]
        toSmall(large, out)
        for (let i = 0; i < ds.length; i++) out[i] = ss[i] * x[i] - out[i]
      },
    }
    const { x, iterations } = conjugateGradient(schur, rhs, {
      preconditioner: jacobi,
      tolerance,
      maxIterations: 1000,
      scratch: this.#views.scratch,
      history: false,
    })
    ds.set(x)
    centre(ds)
    toLarge(ds, large)
    for (let k = 0; k < dl.length; k++) dl[k] = (epsilon * (ml[k] - sl[k]) - large[k]) / sl[k]
    return iterations
  }
}

/** out = the sums of the squares of rows, or of columns, with the weights of the other side. */
function keptSquares(
  { rows, indptr, indices, values }: CSR,
  ofRows: boolean,
  weights: Float64Array,
  out: Float64Array,
): void {
  out.fill(0)
  for (let i = 0; i < rows; i++)
    for (let k = indptr[i]; k < indptr[i + 1]; k++) {
      const square = values[k] * values[k]
      if (ofRows) out[i] += square * weights[indices[k]]
      else out[indices[k]] += square * weights[i]
    }
}

/** Inverse of the Schur complement's diagonal, which cancellation may leave at or below 0. */
const inverseDiagonal = (ss: Float64Array, squares: Float64Array): Float64Array =>
  ss.map((s, i) => 1 / Math.max(s - squares[i], 1e-14 * s))

/**
 * Projects a right-hand side onto the range of a singular matrix, where rounding has left it: with all of P, moving
 * every row alike does nothing.
 */
function balance(rhs: Float64Array, weights: Float64Array): void {
  let [sum, size, total] = [0, 0, 0]
  for (let i = 0; i < rhs.length; i++) {
    sum += rhs[i]
    size += Math.abs(rhs[i])
    total += weights[i]
  }
  if (Math.abs(sum) > 1e-9 * size) for (let i = 0; i < rhs.length; i++) rhs[i] -= (sum / total) * weights[i]
}

/** Takes out a common move that is far larger than the others: it changes nothing but the digits left for them. */
function centre(d: Float64Array): void {
  let [low, high] = [Infinity, -Infinity]
  for (const v of d) {
    if (v < low) low = v
    if (v > high) high = v
  }
  const middle = (low + high) / 2
  if (Math.abs(middle) > 100 * (high - low)) for (let i = 0; i < d.length; i++) d[i] -= middle
}
