import { type VectorLike, vector, vectorCopy } from './arrays.ts'
import { number, refuse, show } from './errors.ts'
import type { LinearOperator } from './operators.ts'
import { type Solver, solver } from './solver.ts'
import { dot } from './vectors.ts'

/** Options of {@link conjugateGradient}. */
export interface ConjugateGradientOptions {
  /** Starting point. Default 0. */
  initial?: VectorLike | undefined
  /**
   * Writes out = M^-1 r for a symmetric positive definite M near A; a vector is the inverse of a diagonal M
   * (Jacobi), all entries positive.
   */
  preconditioner?: VectorLike | ((r: Float64Array, out: Float64Array) => void) | undefined
  /** Four vectors of A's size as working memory, so that repeated solves allocate the answer only. */
  scratch?: [Float64Array, Float64Array, Float64Array, Float64Array] | undefined
}

/** Answer of {@link conjugateGradient}. */
export interface ConjugateGradientSolution {
  x: Float64Array
  /**
   * Residual b - A x, computed from x, in the M^-1 norm (2-norm without a preconditioner), relative to b's;
   * Infinity where M is no norm.
   */
  residual: number
}

function largest(x: Float64Array): number {
  let most = 0
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]))
  return most
}

/**
 * Solves A x = b for a symmetric positive (semi)definite operator by preconditioned conjugate gradients
 * (Hestenes and Stiefel 1952). `error` is the relative residual in the M^-1 norm.
 *
 * The recurrence's residual drifts from b - A x, so the latter is computed before anything is called
 * converged. Ends as 'stalled' when it no longer decreases (A is singular and b outside its range, or the
 * tolerance is below rounding), and when it meets a direction of nonpositive curvature.
 *
 * @param b right-hand side, length n.
 * @throws RangeError when A is not square, b does not fit, or the preconditioner is not positive definite.
 */
export const conjugateGradient: Solver<
  [operator: LinearOperator, b: VectorLike, options: ConjugateGradientOptions],
  { error: number },
  ConjugateGradientSolution
> = solver(
  'conjugateGradient',
  function* (
    operator: LinearOperator,
    b: VectorLike,
    { initial, preconditioner, scratch, tolerance }: ConjugateGradientOptions & { tolerance?: number },
  ) {
    if (typeof operator?.apply !== 'function') refuse('operator', 'a linear operator', show(operator), 'type')
    const n = number(operator.rows, 'operator.rows', { integer: true, min: 1 })
    if (operator.columns !== n) refuse('operator', 'square', `${n} x ${show(operator.columns)}`)
    const rhs = vector(b, 'b', { length: n })
    const x = initial !== undefined ? vectorCopy(initial, 'initial', { length: n }) : new Float64Array(n)
    const [r, z, p, q] = scratch ?? ([0, 1, 2, 3].map(() => new Float64Array(n)) as NonNullable<typeof scratch>)
    const precondition = preconditionerOf(preconditioner, n)

    const size = largest(rhs)
    if (size === 0) {
      yield { error: 0 }
      return { x: new Float64Array(n), residual: 0 }
    }
    // Squares of such numbers would overflow or vanish.
    const scale = size > 1e-100 && size < 1e100 ? 1 : size
    for (let i = 0; i < n; i++) r[i] = rhs[i] / scale
    precondition(r, z)
    const square = dot(r, z)
    if (!(square > 0)) refuse('preconditioner', 'positive definite', `b' M^-1 b = ${square}`)
    const norm = Math.sqrt(square)

    /** Returns the error of x itself; leaves (b - A x) / scale in q and M^-1 times that in z. */
    const measure = () => {
      operator.apply(x, q)
      for (let i = 0; i < n; i++) q[i] = (rhs[i] - q[i]) / scale
      precondition(q, z)
      return Math.sqrt(Math.max(0, dot(q, z))) / norm
    }
    let measured = 1
    if (initial !== undefined) {
      measured = measure()
      r.set(q)
    }
    p.set(z)
    let rz = dot(r, z)

    for (;;) {
      operator.apply(p, q)
      const curvature = dot(p, q)
      if (!(curvature > 0)) {
        const residual = measure()
        if (largest(r) > 0)
          return { x, residual, message: 'the operator is not positive definite along the search direction' }
        yield { error: residual }
        return { x, residual }
      }
      const alpha = rz / curvature
      for (let i = 0; i < n; i++) {
        x[i] += alpha * scale * p[i]
        r[i] -= alpha * q[i]
      }
      precondition(r, z)
      const next = dot(r, z)
      // Below 1e-150 the square itself vanishes.
      if (next <= 0 && largest(r) > 1e-150)
        return { x, residual: Infinity, message: 'the preconditioner is not positive definite' }
      const beta = next / rz
      for (let i = 0; i < n; i++) p[i] = z[i] + beta * p[i]
      rz = next

      let error = Math.sqrt(rz) / norm
      if (error <= tolerance!) {
        const before = measured
        error = measured = measure()
        if (error > tolerance! && error > before / 2) {
          yield { error }
          return { x, residual: error, message: 'b - A x no longer decreases, though its recurrence does' }
        }
      }
      if (yield { error }) return { x, residual: error === measured ? error : measure() }
    }
  },
  { tolerance: 1e-10, options: ['initial', 'preconditioner', 'scratch'] },
)

function preconditionerOf(
  given: ConjugateGradientOptions['preconditioner'],
  n: number,
): (r: Float64Array, out: Float64Array) => void {
  if (given === undefined) return (r, out) => out.set(r)
  if (typeof given === 'function') return given
  const inverse = vector(given, 'preconditioner', { length: n, sign: 'positive' })
  return (r, out) => {
    for (let i = 0; i < n; i++) out[i] = inverse[i] * r[i]
  }
}
