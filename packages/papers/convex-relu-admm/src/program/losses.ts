import { exp, log, softplus } from '@opt/core'

/**
 * Losses of predictions f against targets y, summed over the rows: `squared` (f - y)^2 / 2; `hinge`
 * (1 - y f)_+; `bce` log(1 + exp(-2 y f)), the logistic loss with the paper's factor 2. For hinge
 * and bce, y is -1 or 1.
 */
export type LossName = 'squared' | 'hinge' | 'bce'

export const LOSSES: readonly LossName[] = ['squared', 'hinge', 'bce']

/** A loss, entry by entry, with what ADMM, gradient methods and the certificate need. */
export interface Loss {
  readonly name: LossName
  value(f: number, y: number): number
  /** The derivative in f; for the hinge a subgradient. */
  derivative(f: number, y: number): number
  /** argmin_r t value(r, y) + (r - a)^2 / 2. */
  prox(a: number, y: number, t: number): number
  /** The nearest g in the domain of the conjugate. */
  clip(g: number, y: number): number
  /** -sup_f (g f - value(f, y)), the contribution of g to the dual bound. */
  bound(g: number, y: number): number
  /** The highest value over [f - q, f + q]. */
  worst(f: number, y: number, q: number): number
}

const squared: Loss = {
  name: 'squared',
  value: (f, y) => 0.5 * (f - y) * (f - y),
  derivative: (f, y) => f - y,
  prox: (a, y, t) => (a + t * y) / (1 + t),
  clip: (g) => g,
  bound: (g, y) => -(0.5 * g * g + y * g),
  worst: (f, y, q) => 0.5 * (Math.abs(f - y) + q) * (Math.abs(f - y) + q),
}

function hingeProx(m: number, t: number): number {
  if (m >= 1) return m
  return Math.min(m + t, 1)
}

const hinge: Loss = {
  name: 'hinge',
  value: (f, y) => Math.max(0, 1 - y * f),
  derivative: (f, y) => (y * f < 1 ? -y : 0),
  prox: (a, y, t) => y * hingeProx(y * a, t),
  clip: (g, y) => -y * Math.min(1, Math.max(0, -y * g)),
  bound: (g, y) => -y * g,
  worst: (f, y, q) => Math.max(0, 1 - y * f + q),
}

const slope = (x: number): number => 2 / (1 + exp(2 * x))

/** Returns the root of x - m - t slope(x). Newton from 0 approaches it from one side, for every t and m. */
function logisticProx(m: number, t: number): number {
  let x = 0
  for (let k = 0; k < 100; k++) {
    const p = slope(x)
    const step = (x - m - t * p) / (1 + t * p * (2 - p))
    x -= step
    if (Math.abs(step) <= 1e-15 * (1 + Math.abs(x))) break
  }
  return x
}

const xlogx = (x: number): number => (x > 0 ? x * log(x) : 0)

const bce: Loss = {
  name: 'bce',
  value: (f, y) => softplus(-2 * y * f),
  derivative: (f, y) => -y * slope(y * f),
  prox: (a, y, t) => y * logisticProx(y * a, t),
  clip: (g, y) => -y * Math.min(2, Math.max(0, -y * g)),
  bound: (g, y) => -(xlogx(-0.5 * y * g) + xlogx(1 + 0.5 * y * g)),
  worst: (f, y, q) => softplus(2 * q - 2 * y * f),
}

export const losses: Record<LossName, Loss> = { squared, hinge, bce }

/** Returns the loss summed over rows. */
export function totalLoss(loss: Loss, f: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < f.length; k++) sum += loss.value(f[k], y[k])
  return sum
}
