import { type Floats, transpose } from '@opt/core'
import type { Slot } from './layout.ts'
import * as loops from './loops.ts'
import { type Memory, matrixView } from './memory.ts'

/** Where the squared gradient norms of examples go: to squares[first ...]. */
export interface ExampleSquares {
  squares: Float64Array
  first: number
}

/** Affine maps x W + b of n rows, forwards and back. */
export class AffineMaps {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** out = x W + b. */
  apply(n: number, x: Floats, [W, b]: readonly Slot[], out: Floats): void {
    loops.fillRows(n, b.columns, this.#memory.parameters, b.offset, out)
    this.multiply(n, x, W, out)
  }

  /** out += x W. */
  multiply(n: number, x: Floats, W: Slot, out: Floats): void {
    const { kernels, slots, work } = this.#memory
    kernels.gemm(1, matrixView(x, n, W.rows), slots.get(W)!.weights, matrixView(out, n, W.columns), work)
  }

  /** out += delta W'. */
  multiplyBack(n: number, delta: Floats, W: Slot, out: Floats): void {
    const { kernels, slots, work } = this.#memory
    kernels.gemm(1, matrixView(delta, n, W.columns), slots.get(W)!.transposed, matrixView(out, n, W.rows), work)
  }

  /** dW += x' delta and db += sum_i delta_i; given `each`, the squared norms of the examples' gradients instead. */
  gradient(n: number, x: Floats, delta: Floats, [W, b]: readonly Slot[], each: ExampleSquares | undefined): void {
    const { kernels, slots, work } = this.#memory
    if (each) loops.addSquares(n, x, W.rows, delta, W.columns, each.squares, each.first)
    else {
      const dW = slots.get(W)!.gradient
      kernels.gemm(1, transpose(matrixView(x, n, W.rows)), matrixView(delta, n, W.columns), dW, work)
      kernels.addColumns(n, b.columns, delta, slots.get(b)!.gradient.data)
    }
  }
}
