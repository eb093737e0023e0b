import { calling, type Matrix, number, options as optionsOf, type VectorLike } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { reducedMatrix } from './linear/reduced-matrix.ts'
import { type ConstrainedProblem, type Point, pointAt, squares } from './problem.ts'

/** When and how the Hessian is shifted. */
export interface ShiftOptions {
  /** xi_B: the shift is xi_B + |H|_F. Default 0.1. */
  xiB?: number | undefined
  /** The Hessian is shifted where the least eigenvalue of Z'H Z is below this. Default 1e-6. */
  shiftThreshold?: number | undefined
}

/** The Newton-KKT system K z = -R at a point, and its constants. */
export interface KktSystem {
  /** [[B, G'], [G, 0]], N x N with N = n + m; B = H + shift I. */
  K: Matrix
  /** R = (grad_x L, c), N entries. */
  residual: Float64Array
  /** t: 0, or xi_B + |H|_F. */
  shift: number
  /** The least eigenvalue of Z'H Z, Z a basis of the null space of G; null for m = n. */
  reducedMin: number | null
  /** xi_G: the least eigenvalue of G G'; 1 without constraints. */
  xiG: number
  /** Psi, of the bound |K^-1| <= Psi; Infinity where xi_G is 0. */
  psi: number
  /** Upsilon = max(|G|_F, |H|_F, 1) */
  upsilon: number
}

/**
 * Computes the Newton-KKT system of a problem at a point, with the shift of the Hessian and the constants of
 * AdaSketch-Newton: Psi = 20 max(|B|_F^2, 1) / (min(xi_G, 1) min(xi_B, 1)).
 *
 * Psi bounds |K^-1| where the least eigenvalue of Z'B Z is at least xi_B, which `shiftThreshold: xiB` ensures.
 *
 * @throws TypeError or RangeError when an argument is wrong, or a value of the problem is not finite.
 */
export function kktSystem(
  given: ConstrainedProblem,
  x: VectorLike,
  multipliers: VectorLike,
  options?: ShiftOptions,
): KktSystem {
  return calling('kktSystem', () => {
    const { xiB = 0.1, shiftThreshold = 1e-6 } = optionsOf(options, 'options', ['xiB', 'shiftThreshold'])
    number(xiB, 'xiB', { positive: true })
    number(shiftThreshold, 'shiftThreshold')
    const { problem, point } = pointAt(given, x, multipliers)
    const { n, m } = problem
    const H = new Float64Array(n * n)
    problem.hessian(point, H)
    H.forEach((entry, i) => number(entry, `entry ${i} of problem.hessianLagrangian`))
    const system = new NewtonSystem(n, m)
    system.load(point, H, xiB, shiftThreshold)
    const { K, R, shift, reducedMin, xiG, psi, upsilon } = system
    return { K: ndarray(K, [n + m, n + m]), residual: R, shift, reducedMin, xiG, psi, upsilon }
  })
}

/** The system at a point, in memory that is used again. */
export class NewtonSystem {
  readonly K: Float64Array
  readonly R: Float64Array
  shift = 0
  reducedMin: number | null = null
  xiG = 1
  psi = 0
  upsilon = 1
  readonly #n: number
  readonly #m: number
  /** |K|_F */
  norm = 0
  /** |B|_F^2 */
  #squaredB = 0

  constructor(n: number, m: number) {
    this.#n = n
    this.#m = m
    this.K = new Float64Array((n + m) * (n + m))
    this.R = new Float64Array(n + m)
  }

  /** Computes everything; H must be finite. */
  load(point: Point, H: Float64Array, xiB: number, shiftThreshold: number): void {
    const { G } = point
    const [n, m] = [this.#n, this.#m]
    const sizeH = Math.sqrt(squares(H))
    this.upsilon = Math.max(Math.sqrt(squares(G)), sizeH, 1)
    this.reducedMin = m === n ? null : leastEigenvalue(reducedMatrix(G, H.slice(), m, n), n - m)
    this.xiG = m === 0 ? 1 : leastEigenvalue(gram(G, m, n), m)
    this.assemble(point, H, this.reducedMin === null || this.reducedMin >= shiftThreshold ? 0 : xiB + sizeH)
    this.psi = (20 * Math.max(this.#squaredB, 1)) / (Math.min(Math.max(this.xiG, 0), 1) * Math.min(xiB, 1))
  }

  /** Writes R, and K with a given shift. */
  assemble({ gL, c, G }: Point, H: Float64Array, shift: number): void {
    const { K, R } = this
    const [n, m] = [this.#n, this.#m]
    const N = n + m
    this.shift = shift
    R.set(gL)
    R.set(c, n)
    this.#squaredB = 0
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const entry = H[i * n + j] + (i === j ? shift : 0)
        K[i * N + j] = entry
        this.#squaredB += entry * entry
      }
      for (let j = 0; j < m; j++) K[i * N + n + j] = K[(n + j) * N + i] = G[j * n + i]
    }
    this.norm = Math.sqrt(this.#squaredB + 2 * squares(G))
  }
}

function gram(G: Float64Array, m: number, n: number): Float64Array {
  const A = new Float64Array(m * m)
  for (let i = 0; i < m; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += G[i * n + k] * G[j * n + k]
      A[i * m + j] = A[j * m + i] = sum
    }
  return A
}

/** NaN where the matrix has entries beyond the largest double. */
function leastEigenvalue(A: Float64Array, size: number): number {
  return A.every(Number.isFinite) ? symmetricEigen(ndarray(A, [size, size]), { vectors: false }).values[0] : NaN
}
