import { type BilevelProblem, quadraticBilevel } from '@opt/bilevel'
import {
  cosh,
  type MatrixLike,
  matrix,
  number,
  options as optionsOf,
  Random,
  refuse,
  show,
  sinh,
  type VectorLike,
  vector,
  vectorCopy,
} from '@opt/core'
import type { Batches } from '../options.ts'

/** What is added to gradients in x and y; to a Hessian product only in y. */
export interface Noise {
  x: Float64Array
  y: Float64Array
}

/** The parts of {@link coshToy}, for n upper and m lower variables. */
export interface CoshToyParts {
  /** m x m, symmetric positive definite. */
  A: MatrixLike
  /** m x n. */
  B: MatrixLike
  /** Length m. */
  b: VectorLike
  /** Length n. */
  a: VectorLike
  /** Length m. */
  t: VectorLike
}

/** A bilevel problem with steep walls, and everything in closed form. */
export interface CoshToy extends BilevelProblem<Noise> {
  /** Lengths of x and y. */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** Returns y*(x) = A^-1 (B x + b). */
  solution(x: VectorLike): Float64Array
  /** Returns Phi(x), its gradient, y*(x) and the adjoint z*(x). */
  hyperobjective(x: VectorLike): { value: number; gradient: Float64Array; y: Float64Array; z: Float64Array }
  /** Makes batches that add normal noise to every gradient and Hessian product of {@link boRep}. */
  noise(rng: Random, deviation: number): Batches
}

/**
 * Makes the problem F(x, y) = sum cosh(x - a) + sum sqrt(1 + (y - t)^2), g(x, y) = y'A y / 2 - y'(B x + b). Its
 * curvature grows like its gradient, exponentially: no step size of gradient descent suits all x.
 *
 * @throws TypeError or RangeError when an argument is wrong or A is not symmetric positive definite.
 */
export function coshToy(given: CoshToyParts): CoshToy {
  const name = 'coshToy: '
  const parts = optionsOf(given, `${name}parts`)
  const A = matrix(parts.A, `${name}A`)
  const m = A.shape[0]
  const B = matrix(parts.B, `${name}B`, { rows: m })
  const n = B.shape[1]
  const a = vectorCopy(parts.a, `${name}a`, { length: n })
  const t = vectorCopy(parts.t, `${name}t`, { length: m })
  const { lower, solution } = quadraticBilevel({ A, B, b: vector(parts.b, `${name}b`, { length: m }), t })
  const identity = Array.from({ length: m }, (_, i) => Float64Array.from({ length: m }, (_, j) => (i === j ? 1 : 0)))
  const zero = new Float64Array(m)
  const inverse = quadraticBilevel({ A, B: identity, b: zero, t: zero }).solution

  const upper: CoshToy['upper'] = {
    value(x, y, noise) {
      let sum = 0
      for (let j = 0; j < n; j++) sum += cosh(x[j] - a[j]) + (noise ? noise.x[j] * x[j] : 0)
      for (let i = 0; i < m; i++) sum += hypotenuse(y[i] - t[i]) + (noise ? noise.y[i] * y[i] : 0)
      return sum
    },
    gradient(x, y, gx, gy, noise) {
      for (let j = 0; j < n; j++) gx[j] = sinh(x[j] - a[j]) + (noise ? noise.x[j] : 0)
      for (let i = 0; i < m; i++) gy[i] = (y[i] - t[i]) / hypotenuse(y[i] - t[i]) + (noise ? noise.y[i] : 0)
    },
  }
  const noisy: CoshToy['lower'] = {
    value(x, y, noise) {
      let sum = lower.value(x, y)
      if (noise) for (let i = 0; i < m; i++) sum += noise.y[i] * y[i]
      return sum
    },
    gradient(x, y, gx, gy, noise) {
      lower.gradient(x, y, gx, gy)
      if (noise) for (let i = 0; i < m; i++) gy[i] += noise.y[i]
    },
    hvp(x, y, v, outX, outY, noise) {
      lower.hvp!(x, y, v, outX, outY)
      if (noise) for (let i = 0; i < m; i++) outY[i] += noise.y[i]
    },
  }
  return {
    dimensions: { x: n, y: m },
    upper,
    lower: noisy,
    solution: (x) => solution(vector(x, `${name}solution: x`, { length: n })),
    hyperobjective(given) {
      const x = vectorCopy(given, `${name}hyperobjective: x`, { length: n })
      const y = solution(x)
      const [gradient, mixed, gy] = [new Float64Array(n), new Float64Array(n), new Float64Array(m)]
      upper.gradient(x, y, gradient, gy)
      const z = inverse(gy)
      lower.hvp!(x, y, z, mixed, gy)
      for (let j = 0; j < n; j++) gradient[j] -= mixed[j]
      return { value: upper.value(x, y), gradient, y, z }
    },
    noise(rng, deviation) {
      if (!(rng instanceof Random)) refuse(`${name}noise: rng`, 'a Random of @opt/core', show(rng), 'type')
      number(deviation, `${name}noise: deviation`, { nonnegative: true })
      const sampler = () => {
        const noise = { x: new Float64Array(n), y: new Float64Array(m) }
        return () => {
          for (let j = 0; j < n; j++) noise.x[j] = rng.normal(0, deviation)
          for (let i = 0; i < m; i++) noise.y[i] = rng.normal(0, deviation)
          return noise
        }
      }
      return { lower: sampler(), hvp: sampler(), upper: sampler() }
    },
  }
}

/** sqrt(1 + d^2), also where the square overflows. */
function hypotenuse(d: number): number {
  const size = Math.abs(d)
  return size > 1e8 ? size : Math.sqrt(1 + d * d)
}
