import { exp, log, oneOf, sigmoid, softplus } from '@opt/core'
import type { Real } from '../real.ts'

const { max } = Math

/** The targets y that a loss accepts. */
export interface TargetRule {
  /** A class label becomes a row with 1 at the label and this value elsewhere. */
  readonly off: 0 | -1
  /** Whether y may be an entry. */
  allows(y: number): boolean
  /** The allowed entries in words, for error messages. */
  readonly allowed: string
  /** Whether the entries of a row must sum to 1. */
  readonly distribution: boolean
}

/**
 * A loss by its value, gradient and Hessian-vector product in the outputs. Outputs z and targets y are n rows of k
 * numbers, row-major.
 */
export interface Loss {
  readonly name: string
  readonly targets: TargetRule
  /** Writes e = scale * gradient for each row. Returns the sum of the rows' losses. */
  gradient(n: number, k: number, z: Real, y: Real, scale: number, e: Real): number
  /** Writes h = scale * Hessian * v for each row; h may be v. */
  hessianVector(n: number, k: number, z: Real, y: Real, scale: number, v: Real, h: Real): void
}

export type LossName = 'cross-entropy' | 'squared' | 'logistic' | 'hinge'

/** |z - y|^2 / 2. */
const squared: Loss = {
  name: 'squared',
  targets: { off: 0, allows: Number.isFinite, allowed: 'a finite number', distribution: false },
  gradient(n, k, z, y, scale, e) {
    let sum = 0
    for (let i = 0; i < n * k; i++) {
      const difference = z[i] - y[i]
      sum += difference * difference
      e[i] = scale * difference
    }
    return 0.5 * sum
  },
  hessianVector(n, k, _z, _y, scale, v, h) {
    for (let i = 0; i < n * k; i++) h[i] = scale * v[i]
  },
}

/** sum_j log(1 + exp z_j) - y_j z_j: each output is an independent yes (1) or no (0), or a probability. */
const logistic: Loss = {
  name: 'logistic',
  targets: { off: 0, allows: (y) => y >= 0 && y <= 1, allowed: 'between 0 and 1', distribution: false },
  gradient(n, k, z, y, scale, e) {
    let sum = 0
    for (let i = 0; i < n * k; i++) {
      // softplus(z) - y z, without the cancellation at large z.
      const t = z[i]
      sum += t > 0 ? softplus(-t) + (1 - y[i]) * t : softplus(t) - y[i] * t
      e[i] = scale * (sigmoid(t) - y[i])
    }
    return sum
  },
  hessianVector(n, k, z, _y, scale, v, h) {
    for (let i = 0; i < n * k; i++) {
      const p = sigmoid(z[i])
      h[i] = scale * p * (1 - p) * v[i]
    }
  },
}

/** -sum_j y_j log softmax(z)_j. */
const crossEntropy: Loss = {
  name: 'cross-entropy',
  targets: { off: 0, allows: (y) => y >= 0 && y <= 1, allowed: 'between 0 and 1', distribution: true },
  gradient(n, k, z, y, scale, e) {
    let sum = 0
    for (let i = 0, row = 0; i < n; i++, row += k) {
      let top = z[row]
      for (let j = 1; j < k; j++) top = max(top, z[row + j])
      let total = 0
      let inner = 0
      let mass = 0
      for (let j = row; j < row + k; j++) {
        const shifted = z[j] - top
        const p = exp(shifted)
        e[j] = p
        total += p
        inner += y[j] * shifted
        mass += y[j]
      }
      sum += mass * log(total) - inner
      const share = mass / total
      for (let j = row; j < row + k; j++) e[j] = scale * (e[j] * share - y[j])
    }
    return sum
  },
  hessianVector(n, k, z, _y, scale, v, h) {
    for (let row = 0; row < n * k; row += k) {
      let top = z[row]
      for (let j = 1; j < k; j++) top = max(top, z[row + j])
      let total = 0
      let inner = 0
      for (let j = row; j < row + k; j++) {
        const p = exp(z[j] - top)
        total += p
        inner += p * v[j]
      }
      const mean = inner / total
      for (let j = row; j < row + k; j++) h[j] = ((scale * exp(z[j] - top)) / total) * (v[j] - mean)
    }
  },
}

/** sum_j max(0, 1 - y_j z_j), y_j = 1 or -1; the slope at the kink is 0. */
const hinge: Loss = {
  name: 'hinge',
  targets: { off: -1, allows: (y) => y === 1 || y === -1, allowed: '1 or -1', distribution: false },
  gradient(n, k, z, y, scale, e) {
    let sum = 0
    for (let i = 0; i < n * k; i++) {
      const slack = 1 - y[i] * z[i]
      sum += max(slack, 0)
      e[i] = slack > 0 ? -scale * y[i] : 0
    }
    return sum
  },
  hessianVector(n, k, _z, _y, _scale, _v, h) {
    h.fill(0, 0, n * k)
  },
}

const losses: Record<LossName, Loss> = { 'cross-entropy': crossEntropy, squared, logistic, hinge }

/** Returns the loss of that name, or the given one. */
export function lossOf(loss: LossName | Loss): Loss {
  const given = loss as Partial<Loss> | null
  if (typeof given?.gradient === 'function' && typeof given.targets?.allows === 'function') return given as Loss
  return losses[oneOf(loss as LossName, 'mlp: loss', Object.keys(losses) as LossName[])]
}
