import { type VectorLike, vector, vectorCopy } from './arrays.ts'
import { refuse } from './errors.ts'
import type { LinearOperator } from './operators.ts'
import { type Solver, solver } from './solver.ts'

/** Options of {@link conjugateGradient}. */
export interface ConjugateGradientOptions {
  /** Where to start (default 0). */
  initial?: VectorLike
  /** out = M^-1 r for a symmetric positive definite M near A; an array is taken for the inverse of a diagonal M (Jacobi). */
  preconditioner?: Float64Array | ((r: Float64Array, out: Float64Array) => void)
  /** Four vectors of A's size to work in, so that repeated solves allocate nothing but the answer. */
  scratch?: [Float64Array, Float64Array, Float64Array, Float64Array]
}

/** Answer of {@link conjugateGradient}. */
export interface ConjugateGradientSolution {
  x: Float64Array
  /** Residual b - A x in the M^-1 norm (2-norm without a preconditioner), relative to b's. */
  residual: number
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}

/**
 * Solves A x = b for a symmetric positive (semi)definite operator by preconditioned conjugate gradients
 * (Hestenes and Stiefel 1952). `error` is the relative residual in the M^-1 norm.
 *
 * Ends as 'stalled' when it meets a direction of nonpositive curvature: A is then not positive definite there.
 *
 * @param b right-hand side, length n.
 * @throws RangeError when A is not square or b does not fit.
 */
export const conjugateGradient: Solver<
  [operator: LinearOperator, b: VectorLike, options: ConjugateGradientOptions],
  { error: number },
  ConjugateGradientSolution
> = solver(
  'conjugateGradient',
  function* (operator: LinearOperator, b: VectorLike, { initial, preconditioner, scratch }: ConjugateGradientOptions) {
    const n = operator.rows
    if (operator.columns !== n) refuse('operator', 'square', `${n} x ${operator.columns}`)
    const rhs = vector(b, 'b', { length: n })
    const x = initial ? vectorCopy(initial, 'initial', { length: n }) : new Float64Array(n)
    const [r, z, p, q] = scratch ?? ([0, 1, 2, 3].map(() => new Float64Array(n)) as NonNullable<typeof scratch>)
    const precondition = (from: Float64Array, to: Float64Array) => {
      if (!preconditioner) to.set(from)
      else if (typeof preconditioner === 'function') preconditioner(from, to)
      else for (let i = 0; i < n; i++) to[i] = preconditioner[i] * from[i]
    }

    precondition(rhs, z)
    const norm = Math.sqrt(dot(rhs, z))
    if (norm === 0) {
      yield { error: 0 }
      return { x: new Float64Array(n), residual: 0 }
    }
    if (initial) {
      operator.apply(x, q)
      for (let i = 0; i < n; i++) r[i] = rhs[i] - q[i]
      precondition(r, z)
    } else r.set(rhs)
    p.set(z)
    let rz = dot(r, z)
    const residual = () => Math.sqrt(Math.abs(rz)) / norm

    for (;;) {
      operator.apply(p, q)
      const curvature = dot(p, q)
      if (!(curvature > 0)) {
        if (rz === 0) yield { error: 0 }
        return { x, residual: residual(), message: 'the operator is not positive definite along the search direction' }
      }
      const alpha = rz / curvature
      for (let i = 0; i < n; i++) {
        x[i] += alpha * p[i]
        r[i] -= alpha * q[i]
      }
      precondition(r, z)
      const next = dot(r, z)
      const beta = next / rz
      for (let i = 0; i < n; i++) p[i] = z[i] + beta * p[i]
      rz = next
      const error = residual()
      if (yield { error }) return { x, residual: error }
    }
  },
  { tolerance: 1e-10 },
)
