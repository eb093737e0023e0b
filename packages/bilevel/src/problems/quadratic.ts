import {
  allocate,
  dot,
  type MatrixLike,
  matrix,
  matrixKernels,
  number,
  options as optionsOf,
  refuse,
  show,
  solveScratch,
  type VectorLike,
  vector,
} from '@opt/core'
import { type BilevelProblem, finite } from '../problem.ts'

/** A sample of a noisy quadratic problem: what is added to A, b and t. */
export interface QuadraticSample {
  /** Added to A: symmetric, row-major, y's length squared. */
  E: Float64Array
  /** Added to b. */
  e: Float64Array
  /** Added to t. */
  u: Float64Array
}

/** The parts of {@link quadraticBilevel}, for n upper and m lower variables. */
export interface QuadraticParts {
  /** m x m, symmetric positive definite. */
  A: MatrixLike
  /** m x n. */
  B: MatrixLike
  /** Length m. */
  b: VectorLike
  /** Length m. */
  t: VectorLike
  /** Weight of ||x||^2 / 2 in the upper level. Default 0. */
  rho?: number | undefined
}

/** A bilevel problem with everything in closed form. */
export interface QuadraticBilevel extends BilevelProblem<QuadraticSample> {
  /** Lengths of x and y. */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** Returns y(x) = A^-1 (B x + b). */
  solution(x: VectorLike): Float64Array
  /** Returns Phi(x) and its gradient. */
  hyperobjective(x: VectorLike): { value: number; gradient: Float64Array }
  /**
   * Returns the x that minimises Phi, the solution of (rho I + J'J) x = J'(t - A^-1 b) with J = A^-1 B.
   *
   * @throws RangeError when it is not unique.
   */
  optimum(): { x: Float64Array; y: Float64Array; value: number }
}

/**
 * Makes the problem g(x, y) = y'A y / 2 - y'(B x + b), F(x, y) = ||y - t||^2 / 2 + rho ||x||^2 / 2, whose lower
 * solution, hypergradient and optimum are known. A batch adds noise to A, b and t, for tests of stochastic methods.
 *
 * @throws TypeError or RangeError when an argument is wrong or A is not symmetric positive definite.
 */
export function quadraticBilevel(given: QuadraticParts): QuadraticBilevel {
  const name = 'quadraticBilevel: '
  const parts = optionsOf(given, `${name}parts`, ['A', 'B', 'b', 't', 'rho'])
  const A = matrix(parts.A, `${name}A`)
  const m = A.shape[0]
  if (A.shape[1] !== m) refuse(`${name}A`, 'square', `${m} x ${A.shape[1]}`)
  const B = matrix(parts.B, `${name}B`, { rows: m })
  const n = B.shape[1]
  const b = vector(parts.b, `${name}b`, { length: m }).slice()
  const t = vector(parts.t, `${name}t`, { length: m }).slice()
  const rho = number(parts.rho ?? 0, `${name}rho`, { nonnegative: true })
  const [a, c] = [A.data.slice(), B.data.slice()]
  checkSymmetric(a, m, `${name}A`)
  const solveA = factor(a, m)
  if (!solveA) refuse(`${name}A`, 'positive definite', 'another matrix')

  /** Writes out = M v or += for row-major M. */
  const times = (M: Float64Array, v: Float64Array, out: Float64Array) => {
    const columns = v.length
    for (let i = 0; i < out.length; i++) {
      let sum = 0
      for (let j = 0; j < columns; j++) sum += M[i * columns + j] * v[j]
      out[i] = sum
    }
  }
  /** Writes out = -B'v. */
  const minusBTransposed = (v: Float64Array, out: Float64Array) => {
    out.fill(0)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j] -= c[i * n + j] * v[i]
  }
  const [Bx, Ay] = [new Float64Array(m), new Float64Array(m)]
  const residual = (y: Float64Array, i: number, sample: QuadraticSample | undefined) =>
    y[i] - t[i] - (sample?.u[i] ?? 0)
  const product = (v: Float64Array, out: Float64Array, sample: QuadraticSample | undefined) => {
    times(a, v, out)
    if (sample) for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) out[i] += sample.E[i * m + j] * v[j]
  }

  const problem: BilevelProblem<QuadraticSample> = {
    upper: {
      value(x, y, sample) {
        let sum = rho * dot(x, x)
        for (let i = 0; i < m; i++) sum += residual(y, i, sample) * residual(y, i, sample)
        return sum / 2
      },
      gradient(x, y, gx, gy, sample) {
        for (let j = 0; j < n; j++) gx[j] = rho * x[j]
        for (let i = 0; i < m; i++) gy[i] = residual(y, i, sample)
      },
    },
    lower: {
      value(x, y, sample) {
        product(y, Ay, sample)
        times(c, x, Bx)
        let sum = 0
        for (let i = 0; i < m; i++) sum += y[i] * (Ay[i] / 2 - Bx[i] - b[i] - (sample?.e[i] ?? 0))
        return sum
      },
      gradient(x, y, gx, gy, sample) {
        minusBTransposed(y, gx)
        product(y, gy, sample)
        times(c, x, Bx)
        for (let i = 0; i < m; i++) gy[i] -= Bx[i] + b[i] + (sample?.e[i] ?? 0)
      },
      hvp(_x, _y, v, outX, outY, sample) {
        minusBTransposed(v, outX)
        product(v, outY, sample)
      },
      hessian(_x, _y, H, sample) {
        for (let i = 0; i < m * m; i++) H[i] = a[i] + (sample?.E[i] ?? 0)
      },
    },
  }

  const solution = (x: Float64Array) => {
    const y = new Float64Array(m)
    times(c, x, y)
    for (let i = 0; i < m; i++) y[i] += b[i]
    const found = solveA(y)
    finite(found, `${name}y(x)`)
    return found
  }
  const hyperobjective = (x: Float64Array) => {
    const y = solution(x)
    const [gx, gy] = [new Float64Array(n), new Float64Array(m)]
    problem.upper.gradient(x, y, gx, gy)
    const minusJz = new Float64Array(n)
    minusBTransposed(solveA(gy), minusJz)
    const value = problem.upper.value(x, y)
    const gradient = gx.map((entry, j) => entry - minusJz[j])
    finite(Float64Array.of(value), `${name}Phi(x)`)
    finite(gradient, `${name}the gradient of Phi`)
    return { value, gradient }
  }
  const at = (x: VectorLike, label: string) => vector(x, `${name}${label}`, { length: n })
  return {
    ...problem,
    dimensions: { x: n, y: m },
    solution: (x) => solution(at(x, 'solution: x')),
    hyperobjective: (x) => hyperobjective(at(x, 'hyperobjective: x')),
    optimum() {
      const J = Array.from({ length: n }, (_, j) => solveA(Float64Array.from({ length: m }, (_, i) => c[i * n + j])))
      const target = solveA(b).map((value, i) => t[i] - value)
      const normal = Float64Array.from({ length: n * n }, (_, k) => {
        const [i, j] = [Math.floor(k / n), k % n]
        return dot(J[i], J[j]) + (i === j ? rho : 0)
      })
      const solve = factor(normal, n)
      if (!solve) refuse(`${name}rho`, 'positive for a unique optimum', show(rho))
      const x = solve(Float64Array.from(J, (column) => dot(column, target)))
      finite(x, `${name}the optimum`)
      return { x, y: solution(x), value: hyperobjective(x).value }
    },
  }
}

function checkSymmetric(A: Float64Array, n: number, label: string): void {
  let size = 0
  for (let i = 0; i < A.length; i++) size = Math.max(size, Math.abs(A[i]))
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++)
      if (!(Math.abs(A[i * n + j] - A[j * n + i]) <= 1e-10 * size))
        refuse(label, 'symmetric', `${A[i * n + j]} at [${i}][${j}] and ${A[j * n + i]} at [${j}][${i}]`)
}

/** Returns the solver of A x = b by Cholesky's factorisation; null where A is not positive definite to rounding. */
function factor(A: Float64Array, n: number): ((b: Float64Array) => Float64Array) | null {
  const { L, x, work, kernels } = allocate([matrixKernels], (views) => ({
    L: views.matrix(n, n),
    x: views.f64(n),
    work: views.f64(solveScratch(n, n)),
  }))
  for (let i = 0; i < n; i++) L.data.set(A.subarray(i * n, (i + 1) * n), i * L.stride)
  if (kernels.potrf(L, work) > 0) return null
  return (b) => {
    x.set(b)
    kernels.trsv(L, x)
    kernels.trsvT(L, x)
    return x.slice()
  }
}
