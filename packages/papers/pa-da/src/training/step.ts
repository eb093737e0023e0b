import type { Floats } from '@opt/core'
import type { Group, Route } from '../supernet/layout.ts'
import { type Supernet, squareOf } from '../supernet/supernet.ts'

/** Settings of {@link MomentumSteps}. */
export interface StepSettings {
  momentum: number
  weightDecay: number
  /** Largest norm of a gradient. */
  clip: number
}

/** A step as the samplers need it. */
export interface StepReport {
  /** Mean loss over examples and paths. */
  loss: number
  /** Norm of the gradient before it is clipped. */
  norm: number
  /** The factor of clipping. */
  factor: number
}

/**
 * SGD with momentum and a clipped gradient: v = m v + (c g + wd w), w -= lr v, c = min(1, clip / (|g| + 1e-6)); only
 * parameters that take part in the path move, decay or lose momentum.
 */
export class MomentumSteps {
  readonly velocity: Floats
  readonly #supernet: Supernet
  readonly #settings: StepSettings

  constructor(supernet: Supernet, settings: StepSettings) {
    this.velocity = supernet.network.velocity.fill(0)
    this.#supernet = supernet
    this.#settings = settings
  }

  /** One step on some examples, on the sum of the gradients of some paths. */
  // biome-ignore format: examples, paths, results
  step(
    x: Floats, y: Int32Array, indices: Int32Array, routes: readonly Route[], learningRate: number,
    weights?: Float64Array, indicators?: Float64Array,
  ): StepReport {
    const supernet = this.#supernet
    const groups = routes.length === 1 ? routes[0].groups : [...new Set(routes.flatMap((route) => route.groups))]
    supernet.clear(groups)
    const { loss } = supernet.accumulate(x, y, indices, indices.length, routes, weights, indicators)
    const norm = Math.sqrt(squareOf(supernet.network.gradient, groups))
    const factor = Math.min(1, this.#settings.clip / (norm + 1e-6))
    if (Number.isFinite(loss) && Number.isFinite(norm)) this.#update(groups, factor, learningRate)
    return { loss, norm, factor }
  }

  #update(groups: readonly Group[], factor: number, learningRate: number): void {
    const { momentum, weightDecay } = this.#settings
    for (const { slots } of groups)
      for (const slot of slots) this.#supernet.network.descend(slot, learningRate, momentum, factor, weightDecay)
  }
}
