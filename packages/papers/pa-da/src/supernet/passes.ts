import { exp, type Floats, log } from '@opt/core'
import type { Route } from './layout.ts'
import type { Network } from './network.ts'

/** Examples that pass through a network at a time. */
export const CAPACITY = 256

/** Rows to take: those of some examples, or, with `indices`, examples indices[0], indices[1] ... */
export interface Batch {
  /** Row-major, [examples, inputs]. */
  x: Floats
  y: Int32Array
  indices?: Int32Array | undefined
  /** How many. */
  n: number
}

/** What a pass over a batch weighs and tells. */
export interface PassOptions {
  /** n factors of the losses. */
  weights?: Float64Array | undefined
  /** Gets |p - y|_2 of each example on the last route. */
  indicators?: Float64Array | undefined
  /** Whether to go back as well. Default true. */
  back?: boolean
}

/** Passes of any number of examples through a network, {@link CAPACITY} at a time. */
export class Passes {
  readonly network: Network
  readonly #inputs: number
  readonly #classes: number

  constructor(network: Network, inputs: number, classes: number) {
    this.network = network
    this.#inputs = inputs
    this.#classes = classes
  }

  /** Computes h0 of examples first .. first + n - 1 of a batch. */
  stem({ x, indices }: Pick<Batch, 'x' | 'indices'>, first: number, n: number): void {
    const inputs = this.#inputs
    const to = this.network.memory.x
    if (!indices) to.set(x.subarray(first * inputs, (first + n) * inputs))
    else
      for (let i = 0; i < n; i++) {
        const from = indices[first + i] * inputs
        to.set(x.subarray(from, from + inputs), i * inputs)
      }
    this.network.forwardStem(n)
  }

  /** Returns the logits of n examples, row-major. */
  logits(x: Floats, n: number, route: Route): Float64Array {
    const classes = this.#classes
    const out = new Float64Array(n * classes)
    for (const [first, size] of chunks(n)) {
      this.stem({ x }, first, size)
      this.network.forward(size, route)
      out.set(this.network.memory.logits.subarray(0, size * classes), first * classes)
    }
    return out
  }

  /**
   * Adds the gradient of the mean weighted loss of a batch, for each of some routes; returns the means over examples
   * and routes of the losses and of the weighted losses.
   */
  accumulate(
    batch: Batch,
    routes: readonly Route[],
    { weights, indicators, back = true }: PassOptions = {},
  ): { loss: number; weighted: number } {
    const sums = { loss: 0, weighted: 0 }
    for (const [first, size] of chunks(batch.n)) {
      this.stem(batch, first, size)
      for (const route of routes) {
        this.network.forward(size, route)
        this.#losses(sums, batch, first, size, 1 / batch.n, weights, indicators)
        if (back) this.network.backward(size, route)
      }
    }
    const terms = batch.n * routes.length
    return { loss: sums.loss / terms, weighted: sums.weighted / terms }
  }

  /** Returns the squared gradient norms of the examples' losses. */
  squaredNorms(batch: Batch, route: Route): Float64Array {
    const squares = new Float64Array(batch.n)
    for (const [first, size] of chunks(batch.n)) {
      this.stem(batch, first, size)
      this.network.forward(size, route)
      this.#losses({ loss: 0, weighted: 0 }, batch, first, size, 1)
      this.network.backward(size, route, { squares, first })
    }
    return squares
  }

  /** Sets delta = scale weights_i (p - y); adds the losses, and weights_i times the losses, to `sums`. */
  // biome-ignore format: examples, then what to do
  #losses(
    sums: { loss: number; weighted: number }, { y, indices }: Batch, first: number, n: number,
    scale: number, weights?: Float64Array, indicators?: Float64Array,
  ): void {
    const classes = this.#classes
    const { logits, delta } = this.network.memory
    for (let i = 0; i < n; i++) {
      const at = i * classes
      const label = y[indices ? indices[first + i] : first + i]
      const weight = weights ? weights[first + i] : 1
      let most = logits[at]
      for (let k = at + 1; k < at + classes; k++) if (logits[k] > most) most = logits[k]
      let sum = 0
      for (let k = at; k < at + classes; k++) sum += delta[k] = exp(logits[k] - most)
      let square = 0
      for (let k = 0; k < classes; k++) {
        const d = delta[at + k] / sum - (k === label ? 1 : 0)
        square += d * d
        delta[at + k] = scale * weight * d
      }
      const loss = log(sum) + most - logits[at + label]
      sums.loss += loss
      sums.weighted += weight * loss
      if (indicators) indicators[first + i] = Math.sqrt(square)
    }
  }
}

/** Cuts n examples into [first, size]. */
export function chunks(n: number): [first: number, size: number][] {
  return Array.from({ length: Math.ceil(n / CAPACITY) }, (_, k) => [k * CAPACITY, Math.min(CAPACITY, n - k * CAPACITY)])
}

/** The place of the largest of `count` numbers from `at` on; -1 where one is NaN or infinite. */
export function largest(values: Floats, at: number, count: number): number {
  let best = 0
  for (let k = 1; k < count; k++) if (values[at + k] > values[at + best]) best = k
  for (let k = at; k < at + count; k++) if (!Number.isFinite(values[k])) return -1
  return best
}
