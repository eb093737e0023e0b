import {
  callback,
  type LinearOperator,
  number,
  type Random,
  randomFrom,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { powerOfTwo } from './eigen/implicit-ql.ts'

/** Writes out = A v, or returns it: both forms of Hessian-vector products in use. v is left alone. */
// biome-ignore lint/suspicious/noConfusingVoidType: functions without an answer are products
export type Product = (v: Float64Array, out: Float64Array) => ArrayLike<number> | undefined | void

/**
 * Makes an operator of a symmetric n x n matrix from its products with vectors.
 *
 * ```ts
 * const hessian = symmetric(network.parameters.length, (v) => network.hvp(inputs, targets, v))
 * ```
 *
 * @param n rows and columns.
 * @throws TypeError or RangeError when n is no positive integer or the product no function; the operator
 * throws when a product that was returned has another length than n.
 */
export function symmetric(n: number, product: Product): LinearOperator {
  number(n, 'symmetric: n', { integer: true, min: 1, max: 2147483647 })
  callback(product, 'symmetric: product')
  return {
    rows: n,
    columns: n,
    apply(x, out) {
      // A product that neither writes nor returns must not pass for what the array held before.
      out.fill(NaN)
      const returned = product(x, out)
      if (returned === undefined || returned === out) return
      if (returned?.length !== n) refuse('symmetric: product', `of length ${n}`, show(returned))
      out.set(returned)
    },
  }
}

/** Products with a checked operator, divided by a power of two near the size of the first one, so that squares neither overflow nor vanish. */
export class Products {
  readonly n: number
  /** How many there were. */
  count = 0
  #scale = 0
  readonly #operator: LinearOperator

  /** @throws TypeError or RangeError when the operator is none, or not square. */
  constructor(operator: LinearOperator) {
    if (typeof operator !== 'object' || typeof operator?.apply !== 'function')
      refuse('operator', 'a linear operator, such as symmetric(n, product)', show(operator), 'type')
    this.n = number(operator.rows, 'operator.rows', { integer: true, min: 1, max: 2147483647 })
    if (operator.columns !== this.n) refuse('operator', 'square', `${this.n} x ${show(operator.columns)}`)
    this.#operator = operator
  }

  /** What scaled results are multiplied by. */
  get scale(): number {
    return this.#scale || 1
  }

  /**
   * Writes out = A v / scale.
   *
   * @throws RangeError when an entry is not finite.
   */
  apply(v: Float64Array, out: Float64Array): void {
    this.#operator.apply(v, out)
    this.count++
    if (this.#scale === 0) {
      let peak = 0
      for (let i = 0; i < out.length; i++) peak = Math.max(peak, Math.abs(out[i]))
      if (peak > 0 && peak < Infinity) this.#scale = powerOfTwo(peak)
    }
    // Exact, as the scale is a power of two, unless its inverse overflows.
    const inverse = 1 / this.scale
    if (inverse === Infinity) for (let i = 0; i < out.length; i++) out[i] = finite(out[i], i) / this.scale
    else for (let i = 0; i < out.length; i++) out[i] = finite(out[i], i) * inverse
  }
}

function finite(x: number, i: number): number {
  if (x - x !== 0) refuse(`operator.apply: out[${i}]`, 'a finite number', show(x))
  return x
}

/** Options of everything that draws random vectors. */
export interface SeedOption {
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

export const generatorOf = (seed: number | Random = 0): Random => randomFrom(seed, 'seed')

/** A random vector of the unit sphere, or a given start that is made a unit vector. */
export function startVector(n: number, start: VectorLike | undefined, seed: SeedOption['seed']): Float64Array {
  const x = start === undefined ? normals(n, generatorOf(seed)) : vector(start, 'start', { length: n }).slice()
  let peak = 0
  for (let i = 0; i < n; i++) peak = Math.max(peak, Math.abs(x[i]))
  if (peak === 0) refuse('start', 'other than zero', 'zeros')
  let sum = 0
  for (let i = 0; i < n; i++) {
    x[i] /= peak
    sum += x[i] * x[i]
  }
  const size = Math.sqrt(sum)
  for (let i = 0; i < n; i++) x[i] /= size
  return x
}

export const normals = (n: number, rng: Random): Float64Array => Float64Array.from({ length: n }, () => rng.normal())

/** Independent entries 1 and -1. */
export function signs(rng: Random, out: Float64Array): void {
  for (let from = 0; from < out.length; from += 30) {
    let bits = rng.integer(0, 1073741824)
    const end = Math.min(from + 30, out.length)
    for (let i = from; i < end; i++) {
      out[i] = bits & 1 ? 1 : -1
      bits >>= 1
    }
  }
}
