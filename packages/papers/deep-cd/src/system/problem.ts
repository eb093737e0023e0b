import { nrm2, refuse, type Status, show, type VectorLike, vectorCopy } from '@opt/core'
import { maskOf } from './mask.ts'
import { type SystemMatrix, systemOf } from './system.ts'

/** The options that all solvers here share. */
export interface ProblemOptions {
  /** Where to start. Default 0. */
  initial?: VectorLike | undefined
  /**
   * One number for each unknown: 0 fixes it at 0, and its equation and its part of b are left out. Default: the rows of
   * A that are empty, where b has to be 0.
   */
  mask?: ArrayLike<number | boolean> | undefined
}

/** A x = b on the unknowns that take part, with b of largest entry 1; x and its residual. */
export class Problem {
  readonly n: number
  readonly x: Float64Array
  /** b - A x. */
  readonly r: Float64Array
  /** |r| / |b|. */
  error: number
  /** What b was divided by. */
  readonly scale: number
  readonly #b: Float64Array
  readonly #size: number
  readonly #active: Uint8Array | undefined
  readonly #multiply: (x: Float64Array, out: Float64Array) => void

  constructor(A: SystemMatrix, b: VectorLike, { initial, mask }: ProblemOptions) {
    const system = systemOf(A)
    const n = (this.n = system.n)
    this.#multiply = system.multiply
    this.#b = vectorCopy(b, 'b', { length: n })
    const active = mask === undefined ? system.filled : maskOf(mask, n)
    this.#active = active?.includes(0) ? active : undefined
    if (mask === undefined && system.filled)
      for (let i = 0; i < n; i++)
        if (system.filled[i] === 0 && this.#b[i] !== 0)
          refuse(`b[${i}]`, `0, since row ${i} of A is empty; or pass a mask`, show(this.#b[i]))
    this.restrict(this.#b)
    const largest = largestOf(this.#b)
    this.scale = largest || 1
    for (let i = 0; i < n; i++) this.#b[i] /= this.scale
    this.#size = nrm2(this.#b)
    this.x = initial === undefined ? new Float64Array(n) : vectorCopy(initial, 'initial', { length: n })
    for (let i = 0; i < n; i++) this.x[i] /= this.scale
    this.restrict(this.x)
    if (largest === 0) this.x.fill(0)
    this.r = Float64Array.from(this.#b)
    this.error = largest === 0 ? 0 : 1
    if (initial !== undefined && largest > 0) this.measure()
  }

  /** Sets the entries that take no part to 0. */
  restrict(v: Float64Array): void {
    const active = this.#active
    if (active) for (let i = 0; i < v.length; i++) if (active[i] === 0) v[i] = 0
  }

  multiply(v: Float64Array, out: Float64Array): void {
    this.#multiply(v, out)
    this.restrict(out)
  }

  /** Computes r = b - A x from x itself, and its error: NaN when it is not finite. */
  measure(): number {
    const { r } = this
    this.multiply(this.x, r)
    for (let i = 0; i < r.length; i++) r[i] = this.#b[i] - r[i]
    return this.sized()
  }

  /** The error of the present r. */
  sized(): number {
    const size = this.#size === 0 ? 0 : nrm2(this.r) / this.#size
    this.error = size < Infinity ? size : NaN
    return this.error
  }

  /** x in the units of b, and its residual; a status where doubles cannot hold x. */
  answer(message?: string): { x: Float64Array; residual: number; message?: string; status?: Status } {
    const residual = this.measure()
    const x = this.x.map((v) => v * this.scale)
    const [before, after] = [largestOf(this.x), largestOf(x)]
    if (after === Infinity || (before > 0 && after < 1e-290))
      return { x, residual, status: after < 1 ? 'stalled' : 'diverged', message: 'x is beyond the range of doubles' }
    return { x, residual, ...(message !== undefined && { message }) }
  }
}

function largestOf(x: Float64Array): number {
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  return largest
}

/** Why a solve cannot go on: a direction with q'A q <= 0, or products that are not finite. */
export function notPositiveDefinite(curvature: number): string {
  return Number.isNaN(curvature)
    ? 'a product with A is not finite'
    : `A is not positive definite: p'A p = ${Number(curvature.toPrecision(3))} for a search direction p`
}
