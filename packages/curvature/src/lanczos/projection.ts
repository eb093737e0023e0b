import type { Random } from '@opt/core'
import { diagonalise, type Workspace, workspace } from '../eigen/householder.ts'
import { ascending } from '../eigen/order.ts'
import type { Products } from '../operator.ts'
import { Basis } from './basis.ts'
import { type Which, wanted } from './which.ts'

/** Approximate eigenpairs from a subspace, the most wanted first, in the scale of the products. */
export interface RitzPairs {
  values: Float64Array
  /** Column i holds the coefficients of vector i in the basis: S[j * values.length + i]. */
  S: Float64Array
  /** Residual norm of each, by the recurrence. */
  residuals: Float64Array
  /** Largest |Ritz value| of the whole subspace. */
  peak: number
}

/** The first pairs of some. */
export function first(count: number, { values, S, residuals, peak }: RitzPairs): RitzPairs {
  const all = values.length
  const k = Math.min(count, all)
  const columns = Float64Array.from({ length: (S.length / all) * k }, (_, at) => S[Math.floor(at / k) * all + (at % k)])
  return { values: values.slice(0, k), S: columns, residuals: residuals.slice(0, k), peak }
}

/** The largest residual norm relative to the largest |Ritz value|. */
export function errorOf({ residuals, peak }: RitzPairs): number {
  const worst = Math.max(...residuals)
  return peak === 0 ? worst : worst / peak
}

/** A subspace of growing dimension and the operator's projection on it. */
export class Projection {
  readonly #basis: Basis
  readonly #products: Products
  readonly #rng: Random
  /** V'AV, row-major, lower triangle. */
  readonly #T: Float64Array
  readonly #space: Workspace
  #residual = 0

  constructor(products: Products, subspace: number, rng: Random) {
    this.#basis = new Basis(subspace, products.n)
    this.#products = products
    this.#rng = rng
    this.#T = new Float64Array(subspace * subspace)
    this.#space = workspace(subspace, true)
  }

  get size(): number {
    return this.#steps
  }

  /** Vectors whose products are known; the basis may hold one more. */
  #steps = 0

  /** @param v a unit vector. */
  start(v: Float64Array): void {
    this.#basis.next.set(v)
    this.#basis.push(1)
  }

  /** Multiplies the newest vector and adds its row to the projection. */
  step(): void {
    const basis = this.#basis
    if (basis.size === this.#steps) {
      if (this.#residual > 0) basis.push(this.#residual)
      else basis.pushRandom(this.#rng)
    }
    const k = this.#steps++
    this.#products.apply(basis.row(k).slice(), basis.next)
    const left = basis.orthogonalise(2)
    this.#T.set(basis.coefficients.subarray(0, k + 1), k * basis.capacity)
    this.#residual = k + 1 === basis.n ? 0 : left
  }

  /** The most wanted Ritz pairs, at most `count`. */
  best(which: Which, count: number): RitzPairs {
    const m = this.#steps
    const { values, P } = this.#ritz()
    const order = wanted(values, which).slice(0, count)
    const S = new Float64Array(m * order.length)
    for (let j = 0; j < m; j++)
      order.forEach((i, c) => {
        S[j * order.length + c] = P[i * m + j]
      })
    const peak = Math.max(Math.abs(values[0]), Math.abs(values[m - 1]))
    const residuals = S.slice((m - 1) * order.length).map((s) => this.#residual * Math.abs(s))
    return { values: Float64Array.from(order, (i) => values[i]), S, residuals, peak }
  }

  /** Goes on from these Ritz vectors, and the vector that the recurrence would add, or 'afresh' with a random one. */
  restart({ values, S }: RitzPairs, how?: 'afresh'): void {
    const basis = this.#basis
    const residual = this.#residual
    const next = how === undefined && residual > 0 ? basis.next.slice() : undefined
    basis.combine(S, values.length)
    this.#steps = values.length
    this.#T.fill(0)
    values.forEach((value, i) => {
      this.#T[i * basis.capacity + i] = value
    })
    if (next) basis.next.set(next)
    this.#residual = next ? residual : 0
  }

  /** The vector of pair i, a unit vector. */
  vector({ values, S }: RitzPairs, i: number): Float64Array {
    const out = new Float64Array(this.#basis.n)
    const k = values.length
    this.#basis.combination(
      Float64Array.from({ length: S.length / k }, (_, j) => S[j * k + i]),
      out,
    )
    return out
  }

  /** All Ritz values, ascending, and the coefficients of their vectors as rows of P. */
  #ritz(): { values: Float64Array; P: Float64Array } {
    const m = this.#steps
    const { capacity } = this.#basis
    const space = m === capacity ? this.#space : workspace(m, true)
    for (let i = 0; i < m; i++)
      for (let j = 0; j <= i; j++)
        space.A.data[i * space.A.stride + j] = space.A.data[j * space.A.stride + i] = this.#T[i * capacity + j]
    const d = new Float64Array(m)
    diagonalise(space, d)
    const order = ascending(d)
    const P = new Float64Array(m * m)
    order.forEach((row, i) => {
      P.set(space.P.data.subarray(row * space.P.stride, row * space.P.stride + m), i * m)
    })
    return { values: Float64Array.from(order, (i) => d[i]), P }
  }
}
