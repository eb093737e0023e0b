import type { Buffers } from '../passes/buffers.ts'
import type { Pass } from '../passes/pass.ts'
import type { Real } from '../real.ts'

/** One example's outputs, targets and derivatives: views of a batch. */
interface Row {
  z: Real
  y: Real
  delta: Real
}

/** The losses of a batch: the network's loss of each row, times its own weight if the examples have weights. */
export class BatchLoss {
  readonly #net: Buffers
  /** The weights of the rows of the batch. */
  readonly weights: Float64Array
  /** Whether the rows have weights. */
  weighted = false
  readonly #rows: Row[] = []

  constructor(net: Buffers) {
    this.#net = net
    this.weights = new Float64Array(net.batch)
  }

  /** Writes scale times the derivatives of the losses in the outputs to the last delta. Returns the sum of losses. */
  gradient({ n, last }: Pass, scale: number): number {
    const { loss, targets, outputCount } = this.#net
    if (!this.weighted) return loss.gradient(n, outputCount, last.s, targets, scale, last.delta)
    let sum = 0
    for (let i = 0; i < n; i++) sum += this.ofRow(i, scale)
    return sum
  }

  /** {@link gradient} for row i alone. An example of weight 0 takes no part, even if its loss is infinite. */
  ofRow(i: number, scale: number): number {
    const { loss, outputCount } = this.#net
    const weight = this.weighted ? this.weights[i] : 1
    const row = this.#row(i)
    if (weight === 0) {
      row.delta.fill(0)
      return 0
    }
    return weight * loss.gradient(1, outputCount, row.z, row.y, scale * weight, row.delta)
  }

  /** out = scale H R{z}, where H is the Hessian of the losses in the outputs. */
  hessianVector({ n, last }: Pass, scale: number, out: Real): void {
    const { loss, targets, outputCount } = this.#net
    loss.hessianVector(n, outputCount, last.s, targets, scale, last.sTangent, out)
    if (!this.weighted) return
    for (let i = 0, at = 0; i < n; i++) {
      const weight = this.weights[i]
      for (let k = 0; k < outputCount; k++, at++) out[at] = weight === 0 ? 0 : weight * out[at]
    }
  }

  #row(i: number): Row {
    const { targets, outputCount: k, layers } = this.#net
    const { s, delta } = layers[layers.length - 1]
    const view = (x: Real) => x.subarray(i * k, (i + 1) * k)
    return (this.#rows[i] ??= { z: view(s), y: view(targets), delta: view(delta) })
  }
}
