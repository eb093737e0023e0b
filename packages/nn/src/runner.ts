import { refuse, show } from '@opt/core'
import type { Buffers, LayerBuffers } from './buffers.ts'
import { type Examples, gather } from './examples.ts'
import {
  checkReal,
  checkVector,
  flatRows,
  flatTargets,
  type Inputs,
  loadInputs,
  loadTargets,
  type Targets,
} from './intake.ts'
import { forward } from './passes.ts'
import type { Real } from './real.ts'

/** A caller's examples: rows of inputs, and labels or rows of targets. */
export interface Taken {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number> | null
  readonly total: number
}

/** Takes a caller's examples through the buffers, at most `batch` at a time. */
export class Runner {
  readonly net: Buffers
  readonly last: LayerBuffers
  readonly inputs: number
  readonly outputs: number
  /** How many examples the last forward pass had. */
  lastCount = 0
  /** Whether batch normalisation takes the statistics of the batch where it may. */
  training = true

  constructor(net: Buffers) {
    const { sizes } = net.architecture
    this.net = net
    this.last = net.layers[net.layers.length - 1]
    this.inputs = sizes[0]
    this.outputs = sizes[sizes.length - 1]
  }

  get ofBatch(): boolean {
    return this.training && this.net.architecture.batchNorm
  }

  /** A caller's examples, flat; targets where there are some. */
  take(inputs: Inputs, targets: Targets | null): Taken {
    const x = flatRows(inputs, this.inputs, 'inputs')
    const total = x.length / this.inputs
    return { x, y: targets === null ? null : flatTargets(targets, total, this.outputs), total }
  }

  /** Loads the examples piece by piece and visits each piece. */
  each({ x, y, total }: Taken, visit: (start: number, n: number) => void): void {
    for (let start = 0; start < total; start += this.net.batch) {
      const n = Math.min(this.net.batch, total - start)
      loadInputs(this.net, x, start, n)
      if (y) loadTargets(this.net, y, total, start, n)
      visit(start, n)
    }
  }

  /** {@link each}, after a forward pass with running statistics; where there are targets the last delta is that of each example's own loss. */
  eachSingly(taken: Taken, visit: (start: number, n: number) => void): void {
    this.each(taken, (start, n) => {
      this.forward(n, false)
      if (taken.y) this.error(n, 1)
      visit(start, n)
    })
  }

  /** The mean loss; visits each piece after a forward pass, the last delta being that of the mean loss. */
  mean(inputs: Inputs, targets: Targets, visit?: (n: number, total: number) => void): number {
    const taken = this.take(inputs, targets)
    const { total } = taken
    let sum = 0
    this.each(taken, (_, n) => {
      sum += this.piece(n, total)
      visit?.(n, total)
    })
    return sum / total
  }

  /** {@link mean} of examples drawn from a data set. */
  meanAt(examples: Examples, indices: ArrayLike<number>, visit: (n: number, total: number) => void): number {
    const total = indices?.length
    if (typeof total !== 'number') refuse('indices', 'an array', show(indices), 'type')
    if (!(total > 0)) refuse('indices', 'nonempty', `length ${total}`)
    let sum = 0
    for (let start = 0; start < total; start += this.net.batch) {
      const n = Math.min(this.net.batch, total - start)
      gather(this.net, examples, indices, start, n)
      sum += this.piece(n, total)
      visit(n, total)
    }
    return sum / total
  }

  /** An array for a result: the caller's, if it is of the right length. */
  result(out: Real | undefined, length: number): Real {
    if (out === undefined) return this.net.precision === 'float64' ? new Float64Array(length) : new Float32Array(length)
    checkReal(out, length, 'out')
    return out
  }

  /** An array for rows of results. Before the caller's is written piece by piece, all examples are checked. */
  rows(out: Real | undefined, taken: Taken, width: number): Real {
    const result = this.result(out, taken.total * width)
    if (out && taken.total > this.net.batch) this.each(taken, () => {})
    return result
  }

  /** The caller gets a copy, unless it asked for the very array. */
  give(x: Real, out: Real | undefined): Real {
    const result = this.result(out, x.length)
    if (result !== x) result.set(x)
    return result
  }

  /** Takes the direction of a product. */
  along(v: ArrayLike<number>): void {
    const { products, tangent, product } = this.net
    checkVector(v, tangent.length, 'v')
    tangent.set(v)
    // What is finite in double precision may not be in single.
    const bad = products.nonFinite(tangent.length, tangent)
    if (bad >= 0) refuse(`v[${bad}]`, 'a finite number', show(v[bad]))
    product.fill(0)
  }

  forward(n: number, ofBatch: boolean): void {
    forward(this.net, n, ofBatch)
    this.lastCount = n
  }

  /** Writes scale times the derivative of the losses in the outputs to the last delta. Returns the sum of the losses. */
  error(n: number, scale: number): number {
    const { loss, targets } = this.net
    return loss.gradient(n, this.outputs, this.last.s, targets, scale, this.last.delta)
  }

  private piece(n: number, total: number): number {
    const { ofBatch } = this
    if (ofBatch && n < total)
      refuse('inputs', `at most ${this.net.batch} examples (the option batch) with batch normalisation`, `${total}`)
    this.forward(n, ofBatch)
    return this.error(n, 1 / total)
  }
}
