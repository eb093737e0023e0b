import type { Floats } from '@opt/core'
import type { Path } from '../space.ts'
import type { Examples } from '../supernet/examples.ts'
import { chunks, largest } from '../supernet/passes.ts'
import type { Supernet } from '../supernet/supernet.ts'

/** Measures accuracies of many paths on the same examples; their h0, which all paths share, is computed once. */
export class AccuracyMeter {
  readonly #supernet: Supernet
  readonly #y: Int32Array
  readonly #stem: Floats

  constructor(supernet: Supernet, { x, y, count }: Examples) {
    const { passes, channels, dtype, layout } = supernet
    this.#supernet = supernet
    this.#y = y
    this.#stem = dtype === 'float64' ? new Float64Array(count * channels) : new Float32Array(count * channels)
    if (layout.stem.slots.length === 0) return
    for (const [first, n] of chunks(count)) {
      passes.stem({ x }, first, n)
      this.#stem.set(passes.network.stem.subarray(0, n * channels), first * channels)
    }
  }

  /** The share of the examples whose largest logit is their label's. */
  accuracy(path: Path | undefined): number {
    const { passes, memory, channels, classes } = this.#supernet
    const route = this.#supernet.route(path)
    let right = 0
    for (const [first, n] of chunks(this.#y.length)) {
      passes.network.stem.set(this.#stem.subarray(first * channels, (first + n) * channels))
      passes.network.forward(n, route)
      for (let i = 0; i < n; i++) if (largest(memory.logits, i * classes, classes) === this.#y[first + i]) right++
    }
    return right / this.#y.length
  }
}
