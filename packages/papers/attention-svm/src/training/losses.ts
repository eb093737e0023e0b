import { exp, log1p } from '@opt/core'

/** A loss of a score f and a label Y. */
export interface Loss {
  value(f: number, Y: number): number
  /** d value / d f */
  derivative(f: number, Y: number): number
}

/** Names of the losses: log(1 + exp(-Yf)), exp(-Yf), -Yf, (f - Y)^2 / 2. */
export type LossName = 'logistic' | 'exponential' | 'linear' | 'squared'

export const LOSSES: Record<LossName, Loss> = {
  logistic: {
    value: (f, Y) => Math.max(0, -Y * f) + log1p(exp(-Math.abs(Y * f))),
    derivative: (f, Y) => -Y / (1 + exp(Y * f)),
  },
  exponential: { value: (f, Y) => exp(-Y * f), derivative: (f, Y) => -Y * exp(-Y * f) },
  linear: { value: (f, Y) => -Y * f, derivative: (_, Y) => -Y },
  squared: { value: (f, Y) => ((f - Y) * (f - Y)) / 2, derivative: (f, Y) => f - Y },
}
