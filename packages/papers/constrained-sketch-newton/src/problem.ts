import { callback, type MatrixLike, number, refuse, show, type VectorLike, vectorCopy } from '@opt/core'
import { readMatrix, readVector } from './read.ts'

/**
 * min f(x) subject to c(x) = 0: plain functions of x, an array of n numbers that is new in each call. They return
 * arrays, typed arrays, ndarrays or ml-matrices; a matrix may be an array of rows.
 *
 * A problem without constraints leaves out both of their functions.
 */
export interface ConstrainedProblem {
  /** The objective. */
  f(x: Float64Array): number
  /** Its n partial derivatives. */
  gradient(x: Float64Array): VectorLike
  /** The m values c(x), m <= n. */
  constraints?: ((x: Float64Array) => VectorLike) | undefined
  /** Their derivatives, m x n: row i is the gradient of c_i. */
  jacobian?: ((x: Float64Array) => MatrixLike) | undefined
  /**
   * The n x n Hessian in x of f(x) + multipliers'c(x). Default: central differences of the gradient, which cost 2n
   * evaluations of `gradient` and `jacobian` and lose about half of the digits.
   */
  hessianLagrangian?: ((x: Float64Array, multipliers: Float64Array) => MatrixLike) | undefined
}

/** Step of the central differences of the default Hessian, times max(1, |x_j|): the cube root of the unit roundoff. */
const STEP = 6e-6

/** A problem of known sizes, whose functions are called with copies and whose answers are checked. */
export class Problem {
  readonly n: number
  readonly m: number
  readonly #given: ConstrainedProblem
  /** Points and Hessians evaluated so far. */
  evaluations = 0
  hessians = 0

  /** @throws TypeError or RangeError when a function is missing, or there are more constraints than variables. */
  constructor(given: ConstrainedProblem, x0: Float64Array) {
    if (typeof given !== 'object' || given === null) refuse('problem', 'an object of functions', show(given), 'type')
    for (const name of ['f', 'gradient'] as const) callback(given[name], `problem.${name}`)
    for (const name of ['constraints', 'jacobian', 'hessianLagrangian'] as const)
      if (given[name] !== undefined) callback(given[name], `problem.${name}`)
    if ((given.constraints === undefined) !== (given.jacobian === undefined))
      refuse('problem.jacobian', 'given exactly if there are constraints', show(given.jacobian), 'type')
    this.#given = given
    this.n = x0.length
    this.m = given.constraints === undefined ? 0 : vectorOf(given.constraints(x0.slice()), 'problem.constraints')
    if (this.m > this.n) refuse('problem.constraints', `at most as many as the ${this.n} variables`, String(this.m))
  }

  /** Writes f, c, the gradient and the Jacobian at point.x, and the gradient of the Lagrangian. */
  evaluate(point: Point): void {
    const { x, g, c, G } = point
    const given = this.#given
    this.evaluations++
    const f: unknown = given.f(x.slice())
    if (typeof f !== 'number') refuse('problem.f', 'a function that returns a number', show(f), 'type')
    point.f = f
    readVector(given.gradient(x.slice()), g, 'problem.gradient')
    if (given.constraints !== undefined) readVector(given.constraints(x.slice()), c, 'problem.constraints')
    if (given.jacobian !== undefined) readMatrix(given.jacobian(x.slice()), this.m, this.n, G, 'problem.jacobian')
    point.combine()
  }

  /**
   * Writes the symmetric Hessian of the Lagrangian at a point.
   *
   * @throws RangeError when it is not symmetric to 1e-6 of its largest entry.
   */
  hessian({ x, multipliers }: Point, H: Float64Array): void {
    const { n } = this
    this.hessians++
    const given = this.#given.hessianLagrangian
    if (given === undefined) this.#differences(x, multipliers, H)
    else readMatrix(given(x.slice(), multipliers.slice()), n, n, H, 'problem.hessianLagrangian')
    let largest = 0
    for (let i = 0; i < n * n; i++) largest = Math.max(largest, Math.abs(H[i]))
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const [below, above] = [H[i * n + j], H[j * n + i]]
        if (given !== undefined && Math.abs(below / 2 - above / 2) > 5e-7 * largest)
          refuse(`problem.hessianLagrangian[${i}][${j}]`, `equal to [${j}][${i}] = ${above}`, String(below))
        H[i * n + j] = H[j * n + i] = below / 2 + above / 2
      }
  }

  /** Central differences of the gradient of the Lagrangian. */
  #differences(x: Float64Array, multipliers: Float64Array, H: Float64Array): void {
    const { n, m } = this
    const [ahead, behind] = [new Point(n, m), new Point(n, m)]
    for (let j = 0; j < n; j++) {
      const h = STEP * Math.max(1, Math.abs(x[j]))
      for (const [point, sign] of [
        [ahead, 1],
        [behind, -1],
      ] as const) {
        point.x.set(x)
        point.multipliers.set(multipliers)
        point.x[j] += sign * h
        readVector(this.#given.gradient(point.x.slice()), point.g, 'problem.gradient')
        if (this.#given.jacobian !== undefined)
          readMatrix(this.#given.jacobian(point.x.slice()), m, n, point.G, 'problem.jacobian')
        point.combine()
      }
      const width = ahead.x[j] - behind.x[j]
      for (let i = 0; i < n; i++) H[j * n + i] = (ahead.gL[i] - behind.gL[i]) / width
    }
  }
}

const vectorOf = (value: VectorLike, label: string) => vectorCopy(value, label).length

/** A point (x, multipliers) with the values of a problem's functions there. */
export class Point {
  readonly x: Float64Array
  readonly multipliers: Float64Array
  f: number = NaN
  /** grad f */
  readonly g: Float64Array
  /** c(x) */
  readonly c: Float64Array
  /** The Jacobian, m x n, row-major. */
  readonly G: Float64Array
  /** grad_x L = g + G'multipliers */
  readonly gL: Float64Array

  constructor(n: number, m: number) {
    this.x = new Float64Array(n)
    this.multipliers = new Float64Array(m)
    this.g = new Float64Array(n)
    this.c = new Float64Array(m)
    this.G = new Float64Array(m * n)
    this.gL = new Float64Array(n)
  }

  /** Computes gL. */
  combine(): void {
    const { gL, G, multipliers } = this
    const n = gL.length
    gL.set(this.g)
    for (let i = 0; i < multipliers.length; i++) for (let j = 0; j < n; j++) gL[j] += multipliers[i] * G[i * n + j]
  }

  /** |R|, the norm of (grad_x L, c). */
  get kkt(): number {
    return Math.sqrt(squares(this.gL) + squares(this.c))
  }

  /** Copies of what every answer shows of the point. */
  summary(): { x: Float64Array; multipliers: Float64Array; f: number; kkt: number } {
    return { x: this.x.slice(), multipliers: this.multipliers.slice(), f: this.f, kkt: this.kkt }
  }

  /** Whether all values are finite. */
  get finite(): boolean {
    return Number.isFinite(this.f) && [this.gL, this.g, this.c, this.G].every((values) => values.every(Number.isFinite))
  }
}

/** |v|^2 */
export function squares(v: Float64Array): number {
  let sum = 0
  for (let i = 0; i < v.length; i++) sum += v[i] * v[i]
  return sum
}

/**
 * Evaluates a problem at a point of the caller.
 *
 * @throws TypeError or RangeError when x, the multipliers or a value of the problem there is wrong or not finite.
 */
export function pointAt(
  given: ConstrainedProblem,
  x: VectorLike,
  multipliers: VectorLike | undefined,
): { problem: Problem; point: Point } {
  const { problem, point } = firstPoint(given, vectorCopy(x, 'x'))
  if (multipliers !== undefined && problem.m > 0)
    point.multipliers.set(vectorCopy(multipliers, 'multipliers', { length: problem.m }))
  point.combine()
  return { problem, point }
}

/**
 * Evaluates a problem at x with multipliers 0.
 *
 * @throws TypeError or RangeError when a value of the problem is wrong or not finite.
 */
export function firstPoint(given: ConstrainedProblem, x: Float64Array): { problem: Problem; point: Point } {
  const problem = new Problem(given, x)
  const point = new Point(problem.n, problem.m)
  point.x.set(x)
  problem.evaluate(point)
  const { f, g, c, G } = point
  number(f, 'problem.f at the start')
  for (const [label, values] of Object.entries({ gradient: g, constraints: c, jacobian: G }))
    values.forEach((value, i) => number(value, `entry ${i} of problem.${label} at the start`))
  return { problem, point }
}
