import { dot } from '@opt/core'
import { axpy } from './vectors.ts'

/** A search direction with its product and its curvature p'A p. */
interface Stored {
  readonly p: Float64Array
  readonly Ap: Float64Array
  curvature: number
}

/** The last k search directions, oldest first. */
export class ConjugateDirections {
  readonly #stored: Stored[] = []
  readonly #k: number
  readonly #n: number
  #count = 0
  #next = 0

  /** @param k kept at most; Infinity keeps all, and grows. */
  constructor(k: number, n: number) {
    this.#k = k
    this.#n = n
  }

  clear(): void {
    this.#count = 0
    this.#next = 0
  }

  /** The directions kept, oldest first. */
  list(): readonly Readonly<Stored>[] {
    const { length } = this.#stored
    return Array.from({ length: this.#count }, (_, i) => this.#stored[(this.#next - this.#count + i + length) % length])
  }

  /** q -= p (q'A p) / (p'A p) for each stored direction in turn. */
  orthogonalise(q: Float64Array): void {
    for (const { p, Ap, curvature } of this.list()) axpy(-dot(q, Ap) / curvature, p, q)
  }

  store(p: Float64Array, Ap: Float64Array, curvature: number): void {
    if (this.#k === 0) return
    if (this.#stored.length < this.#k && this.#count === this.#stored.length) {
      this.#stored.push({ p: new Float64Array(this.#n), Ap: new Float64Array(this.#n), curvature })
      this.#next = this.#count
    }
    const slot = this.#stored[this.#next]
    slot.p.set(p)
    slot.Ap.set(Ap)
    slot.curvature = curvature
    this.#count = Math.min(this.#count + 1, this.#stored.length)
    this.#next = (this.#next + 1) % this.#stored.length
  }
}
