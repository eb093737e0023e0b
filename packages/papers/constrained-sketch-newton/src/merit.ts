import { calling, number, options as optionsOf, type VectorLike } from '@opt/core'
import { type ConstrainedProblem, type Point, pointAt, squares } from './problem.ts'

/** The two penalties of the exact augmented Lagrangian. */
export interface Penalties {
  /** Of |c|^2 / 2. Default 1. */
  eta1?: number | undefined
  /** Of |grad_x L|^2 / 2. Default 0.1. */
  eta2?: number | undefined
}

/** Answer of {@link exactAugmentedLagrangian}. */
export interface MeritValue {
  value: number
  /** n entries */
  gradientX: Float64Array
  /** m entries */
  gradientMultipliers: Float64Array
}

/**
 * Computes the exact augmented Lagrangian, the merit of AdaSketch-Newton,
 *
 * M(x, l) = f + l'c + eta1/2 |c|^2 + eta2/2 |grad_x L|^2
 *
 * and its gradients grad_x M = gL + eta2 H gL + eta1 G'c and grad_l M = c + eta2 G gL, where gL = grad_x L, G is the
 * Jacobian and H the Hessian of the Lagrangian. For eta1 large and eta2 small enough, its minimisers are those of the
 * constrained problem with their multipliers.
 *
 * @param x n numbers.
 * @param multipliers m numbers.
 * @throws TypeError or RangeError when an argument is wrong, or a value of the problem is not finite.
 */
export function exactAugmentedLagrangian(
  given: ConstrainedProblem,
  x: VectorLike,
  multipliers: VectorLike,
  penalties?: Penalties,
): MeritValue {
  return calling('exactAugmentedLagrangian', () => {
    const { eta1 = 1, eta2 = 0.1 } = optionsOf(penalties, 'penalties', ['eta1', 'eta2'])
    number(eta1, 'eta1', { nonnegative: true })
    number(eta2, 'eta2', { nonnegative: true })
    const { problem, point } = pointAt(given, x, multipliers)
    const H = new Float64Array(problem.n * problem.n)
    problem.hessian(point, H)
    const slopes = new MeritGradient(problem.n, problem.m)
    slopes.load(point, H)
    return {
      value: number(meritOf(point, eta1, eta2), 'the value'),
      gradientX: slopes.x(eta1, eta2).slice(),
      gradientMultipliers: slopes.multipliers(eta2).slice(),
    }
  })
}

/** M at a point. */
export function meritOf({ f, c, gL, multipliers }: Point, eta1: number, eta2: number): number {
  let M = f
  for (let i = 0; i < c.length; i++) M += multipliers[i] * c[i]
  return M + (eta1 / 2) * squares(c) + (eta2 / 2) * squares(gL)
}

/** The gradient of M at a point, as a function of the penalties. */
export class MeritGradient {
  readonly #gL: Float64Array
  readonly #c: Float64Array
  /** H gL */
  readonly #HgL: Float64Array
  /** G'c */
  readonly #Gc: Float64Array
  /** G gL */
  readonly #GgL: Float64Array
  readonly #x: Float64Array
  readonly #multipliers: Float64Array

  constructor(n: number, m: number) {
    this.#gL = new Float64Array(n)
    this.#HgL = new Float64Array(n)
    this.#Gc = new Float64Array(n)
    this.#x = new Float64Array(n)
    this.#c = new Float64Array(m)
    this.#GgL = new Float64Array(m)
    this.#multipliers = new Float64Array(m)
  }

  /** Computes the products that do not depend on the penalties. */
  load({ gL, c, G }: Point, H: Float64Array): void {
    const [n, m] = [gL.length, c.length]
    this.#gL.set(gL)
    this.#c.set(c)
    multiply(H, gL, this.#HgL)
    multiply(G, gL, this.#GgL)
    this.#Gc.fill(0)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) this.#Gc[j] += c[i] * G[i * n + j]
  }

  /** grad_x M */
  x(eta1: number, eta2: number): Float64Array {
    for (let j = 0; j < this.#x.length; j++) this.#x[j] = this.#gL[j] + eta2 * this.#HgL[j] + eta1 * this.#Gc[j]
    return this.#x
  }

  /** grad_l M */
  multipliers(eta2: number): Float64Array {
    for (let i = 0; i < this.#c.length; i++) this.#multipliers[i] = this.#c[i] + eta2 * this.#GgL[i]
    return this.#multipliers
  }

  /** grad M'z for z = (dx, dl). */
  along(z: Float64Array, eta1: number, eta2: number): number {
    const [x, multipliers] = [this.x(eta1, eta2), this.multipliers(eta2)]
    let slope = 0
    for (let j = 0; j < x.length; j++) slope += x[j] * z[j]
    for (let i = 0; i < multipliers.length; i++) slope += multipliers[i] * z[x.length + i]
    return slope
  }
}

/** Writes A v for a row-major A. */
function multiply(A: Float64Array, v: Float64Array, out: Float64Array): void {
  const n = v.length
  for (let i = 0, k = 0; i < out.length; i++) {
    let sum = 0
    for (let j = 0; j < n; j++, k++) sum += A[k] * v[j]
    out[i] = sum
  }
}
