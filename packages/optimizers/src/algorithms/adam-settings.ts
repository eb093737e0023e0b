import { fraction, nonnegative, positive, type Settings } from '../settings.ts'
import type { AdamLike } from './bound-adam.ts'

/** The settings of Adam's hyper-parameters, with its defaults (Kingma and Ba 2015), for optimizers of its kind. */
export const adamSettings: Settings<Omit<AdamLike, 'l2'>> = {
  learningRate: nonnegative(1e-3),
  beta1: fraction(0.9),
  beta2: fraction(0.999),
  epsilon: positive(1e-8),
  weightDecay: nonnegative(0),
}
