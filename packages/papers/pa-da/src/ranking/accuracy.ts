import type { Floats } from '@opt/core'
import type { Path } from '../space.ts'
import type { Examples } from '../supernet/examples.ts'
import { chunks, largest, type Supernet } from '../supernet/supernet.ts'

/** Measures accuracies of many paths on the same examples; their h0, which all paths share, is computed once. */
export class AccuracyMeter {
  readonly #supernet: Supernet
  readonly #y: Int32Array
  readonly #stem: Floats

  constructor(supernet: Supernet, { x, y, count }: Examples) {
    const { network, channels, dtype, layout } = supernet
    this.#supernet = supernet
    this.#y = y
    this.#stem = dtype === 'float64' ? new Float64Array(count * channels) : new Float32Array(count * channels)
    if (layout.stem.slots.length === 0) return
    for (const [first, n] of chunks(count)) {
      supernet.gather(x, first, n)
      network.forwardStem(n)
      this.#stem.set(network.stem.subarray(0, n * channels), first * channels)
    }
  }

  /** The share of the examples whose largest logit is their label's. */
  accuracy(path: Path | undefined): number {
    const { network, channels, classes } = this.#supernet
    const route = this.#supernet.route(path)
    let right = 0
    for (const [first, n] of chunks(this.#y.length)) {
      network.stem.set(this.#stem.subarray(first * channels, (first + n) * channels))
      network.forward(n, route)
      for (let i = 0; i < n; i++) if (largest(network.logits, i * classes, classes) === this.#y[first + i]) right++
    }
    return right / this.#y.length
  }
}
