import { refuse, show } from '@opt/core'
import { CompositionalWeights } from '../weights/compositional-weights.ts'
import { gairatWeights } from '../weights/gairat.ts'
import { mailOf } from '../weights/mail.ts'
import type { WeighedBatch } from './options.ts'
import type { Settings } from './settings.ts'

/** The weights of the batches of a training run. */
export class BatchWeights {
  readonly #settings: Settings
  readonly tracker: CompositionalWeights | null

  constructor(settings: Settings) {
    this.#settings = settings
    this.tracker = settings.weights === 'kl' ? new CompositionalWeights(settings.compositional) : null
  }

  /** Returns the weights of a batch: uniform ones of sum 1 in the burn-in. The average of KL weights is tracked always. */
  of(batch: WeighedBatch): Float64Array {
    const { weights: rule, lower, gairat, mail, warm } = this.#settings
    const { losses, logits, labels, kappa, step } = batch
    const n = losses.length
    const tracked = this.tracker?.update(losses)
    if (step < warm || rule === 'uniform') return new Float64Array(n).fill(1 / n)
    if (tracked) return tracked
    if (rule === 'gairat') return gairatWeights(kappa, lower.steps, gairat)
    if (rule === 'mail') return mailOf(logits, labels, logits.length / n, mail)
    const given = (rule as (batch: WeighedBatch) => ArrayLike<number>)(batch)
    if (given?.length !== n) refuse('weights', `a function that returns ${n} numbers`, show(given), 'type')
    const own = Float64Array.from(given)
    const wrong = own.findIndex((w) => !(w >= 0 && w < Infinity))
    if (wrong >= 0) refuse('weights', 'a function that returns finite nonnegative numbers', show(own[wrong]))
    return own
  }

  /** r log u where that is tracked, else the mean loss. */
  objective(mean: number): number {
    return this.tracker?.objective ?? mean
  }
}

/** The largest weight, times the number of examples, and (sum w)^2 / sum w^2. */
export function spreadOf(weights: Float64Array): { most: number; effective: number } {
  let [most, sum, squares] = [0, 0, 0]
  for (const w of weights) {
    most = Math.max(most, w)
    sum += w
    squares += w * w
  }
  return { most: most * weights.length, effective: squares > 0 ? (sum / squares) * sum : 0 }
}
