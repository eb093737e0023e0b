import type { Floats } from '@opt/core'
import { clearGradient, squareOf } from '../supernet/gradient.ts'
import type { Group, Route } from '../supernet/layout.ts'
import type { Batch, PassOptions } from '../supernet/passes.ts'
import type { Supernet } from '../supernet/supernet.ts'

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
    this.velocity = supernet.memory.velocity.fill(0)
    this.#supernet = supernet
    this.#settings = settings
  }

  /** One step on a batch, on the sum of the gradients of some paths. */
  step(batch: Batch, routes: readonly Route[], learningRate: number, options: PassOptions = {}): StepReport {
    const { memory, passes } = this.#supernet
    const groups = routes.length === 1 ? routes[0].groups : [...new Set(routes.flatMap((route) => route.groups))]
    clearGradient(memory.gradient, groups)
    const { loss } = passes.accumulate(batch, routes, options)
    const norm = Math.sqrt(squareOf(memory.gradient, groups))
    const factor = Math.min(1, this.#settings.clip / (norm + 1e-6))
    if (Number.isFinite(loss) && Number.isFinite(norm)) this.#update(groups, factor, learningRate)
    return { loss, norm, factor }
  }

  #update(groups: readonly Group[], factor: number, learningRate: number): void {
    const { momentum, weightDecay } = this.#settings
    const { slots: views, kernels } = this.#supernet.memory
    for (const { slots } of groups)
      for (const slot of slots) {
        const { weights, gradient, velocity } = views.get(slot)!
        const n = slot.rows * slot.columns
        kernels.descend(n, learningRate, momentum, factor, weightDecay, gradient.data, velocity.data, weights.data)
      }
  }
}
