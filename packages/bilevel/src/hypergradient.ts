import {
  allocate,
  conjugateGradient,
  type MatrixView,
  matrixKernels,
  norm,
  type Report,
  type Solver,
  solver,
  solveScratch,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { delegate } from './lower/delegate.ts'
import { peak } from './lower/newton-cg.ts'
import { type BilevelProblem, checkLevels, finite, type LowerLevel } from './problem.ts'

/** Options of {@link hypergradient}. */
export interface HypergradientOptions {
  /** The batch that the upper level is given; default all. */
  upperBatch?: unknown
  /** The batch that the lower level is given; default all. */
  lowerBatch?: unknown
  /** Start of the adjoint for conjugate gradients, for instance the adjoint at a point nearby; default 0. */
  adjoint?: VectorLike | undefined
}

/** Answer of {@link hypergradient}. */
export interface Hypergradient {
  /** The gradient of Phi(x) = F(x, y(x)), exact if y is the lower solution. */
  gradient: Float64Array
  /** z, the solution of (d2g/dydy) z = gradient of F in y. */
  adjoint: Float64Array
  /** ||gradient of F in y - (d2g/dydy) z||, relative to the former's norm. */
  residual: number
  /** Largest entry of the lower level's gradient in y in absolute value: how far y is from solving it. */
  lowerError: number
  /** Products with the lower level's Hessian. */
  products: number
}

/** Up to this many lower variables the Hessian is factorised. */
const DENSE = 200

/**
 * Computes the gradient of Phi(x) = F(x, y(x)) by implicit differentiation: with z the solution of
 * (d2g/dydy) z = dF/dy, it is dF/dx - (d2g/dxdy) z.
 *
 * Up to 200 lower variables the system is solved by Cholesky's factorisation; above that, and where the Hessian is
 * not positive definite to rounding or the residual not small enough, by conjugate gradients. `error` is the
 * residual of the system relative to its right-hand side, `tolerance` 1e-10 by default.
 *
 * @param x upper variables; not changed.
 * @param y the lower solution at x, as from {@link solveLower}; not changed.
 * @throws TypeError or RangeError when an argument is wrong, the lower level has no `hvp`, or what a function
 *   gives is not finite.
 */
export const hypergradient: Solver<
  [problem: BilevelProblem<never>, x: VectorLike, y: VectorLike, options: HypergradientOptions],
  Report,
  Hypergradient
> = solver(
  'hypergradient',
  function* (given, x0, y0, options) {
    const problem = given as BilevelProblem<unknown>
    checkLevels(problem)
    const { upper, lower } = problem
    const { tolerance, maxIterations, upperBatch, lowerBatch, adjoint } = options as HypergradientOptions & {
      tolerance: number
      maxIterations: number
    }
    const [x, y] = [vectorCopy(x0, 'x'), vectorCopy(y0, 'y')]
    const hessian = new LowerHessian(lower, x, y, lowerBatch)
    const initial = adjoint === undefined ? undefined : vectorCopy(adjoint, 'adjoint', { length: y.length })

    const [gx, gy, lowerGx, lowerGy] = [x, y, x, y].map(({ length }) => new Float64Array(length))
    lower.gradient(x, y, lowerGx, lowerGy, lowerBatch)
    finite(lowerGy, 'lower.gradient: gy')
    upper.gradient(x, y, gx, gy, upperBatch)
    finite(gx, 'upper.gradient: gx')
    finite(gy, 'upper.gradient: gy')

    const answer = (z: Float64Array, residual: number) => {
      hessian.apply(z, new Float64Array(y.length))
      const gradient = gx.map((value, i) => value - hessian.outX[i])
      finite(gradient, 'the gradient')
      return { gradient, adjoint: z, residual, lowerError: peak(lowerGy), products: hessian.products }
    }
    let start = initial
    if (y.length <= DENSE) {
      const z = solveDense(hessian, gy)
      const residual = z ? hessian.residual(z, gy) : Infinity
      const stop = yield { error: residual < Infinity ? residual : 1 }
      if (z && residual < 1) start = z
      if (stop) return answer(start ?? new Float64Array(y.length), start ? hessian.residual(start, gy) : 1)
    }
    const found = yield* delegate((signal) =>
      conjugateGradient.steps(hessian, gy, {
        tolerance,
        maxIterations: maxIterations + 1,
        initial: start,
        signal,
        history: false,
      }),
    )
    const solution = answer(found.x, found.residual)
    return found.status === 'stalled' ? { ...solution, message: STALLED } : solution
  },
  { tolerance: 1e-10, maxIterations: 10_000, options: ['upperBatch', 'lowerBatch', 'adjoint'] },
)

const STALLED =
  'the Hessian of the lower level is singular, not positive definite, or its products are not exact enough'

/** The operator (d2g/dydy) at a point; keeps the other half of its last product. */
class LowerHessian {
  readonly rows: number
  readonly columns: number
  /** (d2g/dxdy) v of the last product. */
  readonly outX: Float64Array
  products = 0
  readonly #lower: LowerLevel<unknown>
  readonly #x: Float64Array
  readonly #y: Float64Array
  readonly #batch: unknown

  constructor(lower: LowerLevel<unknown>, x: Float64Array, y: Float64Array, batch: unknown) {
    if (!lower.hvp) throw new TypeError('hypergradient: lower.hvp is missing; without it, take @opt/lv-hba')
    this.rows = this.columns = y.length
    this.outX = new Float64Array(x.length)
    this.#lower = lower
    this.#x = x
    this.#y = y
    this.#batch = batch
  }

  apply(v: Float64Array, out: Float64Array): void {
    this.products++
    this.#lower.hvp!(this.#x, this.#y, v, this.outX, out, this.#batch)
    finite(out, 'lower.hvp: outY')
  }

  /** Writes the matrix; only its lower triangle counts. */
  matrix({ data, rows, stride }: MatrixView): void {
    if (this.#lower.hessian) {
      const H = new Float64Array(rows * rows)
      this.#lower.hessian(this.#x, this.#y, H, this.#batch)
      finite(H, 'lower.hessian: H')
      for (let i = 0; i < rows; i++) data.set(H.subarray(i * rows, i * rows + i + 1), i * stride)
      return
    }
    const [unit, column] = [new Float64Array(rows), new Float64Array(rows)]
    for (let j = 0; j < rows; j++) {
      unit[j] = 1
      this.apply(unit, column)
      unit[j] = 0
      for (let i = j; i < rows; i++) data[i * stride + j] = column[i]
    }
  }

  /** ||b - H z|| / ||b||, or 0 where b = 0. */
  residual(z: Float64Array, b: Float64Array): number {
    const size = peak(b)
    if (size === 0) return peak(z) === 0 ? 0 : Infinity
    const r = new Float64Array(b.length)
    this.apply(z, r)
    for (let i = 0; i < r.length; i++) r[i] = (b[i] - r[i]) / size
    return norm(r) / norm(b.map((value) => value / size))
  }
}

/** Returns H^-1 b by Cholesky's factorisation; null where H is not positive definite to rounding. */
function solveDense(hessian: LowerHessian, b: Float64Array): Float64Array | null {
  const n = hessian.rows
  const { H, z, work, kernels } = allocate([matrixKernels], (views) => ({
    H: views.matrix(n, n),
    z: views.f64(n),
    work: views.f64(solveScratch(n, n)),
  }))
  hessian.matrix(H)
  if (kernels.potrf(H, work) > 0) return null
  z.set(b)
  kernels.trsv(H, z)
  kernels.trsvT(H, z)
  for (let i = 0; i < n; i++) if (!(Math.abs(z[i]) < Infinity)) return null
  return z.slice()
}
