import { type KernelSet, kernelSet } from '@opt/core'
import { Optimizer } from '../optimizer.ts'
import type { ParameterSet } from '../parameters.ts'
import { wasm } from '../rmsprop-wasm.ts'
import type { Rules } from '../rules.ts'
import { flag, fraction, type Hyper, nonnegative, type OptimizerOptions, positive } from '../settings.ts'
import { type FusedUpdate, fusedUpdate } from '../slots/fused-update.ts'
import type { Slot } from '../slots/slot.ts'

/** Hyper-parameters of {@link RMSProp}. */
export interface RMSPropHyper extends Hyper {
  /** Default 0.01. */
  learningRate: number
  /** Decay rate of the averages, in [0, 1). Default 0.99. */
  alpha: number
  /** Added to the root. Default 1e-8. */
  epsilon: number
  /** Factor of the old velocity, in [0, 1). Default 0. */
  momentum: number
  /** Divide by the standard deviation of the gradient instead of its root mean square. Default false. */
  centered: boolean
  /** Coupled penalty: l2 x is added to the gradient. Default 0. */
  l2: number
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
}

type RMSPropNumbers = 'learningRate' | 'decayFactor' | 'l2' | 'alpha' | 'epsilon' | 'momentum'

const CENTER = `
  let first = p.alpha * mean[i] + p.rest * d;
  mean[i] = first;
  second = max(second - first * first, 0.0);`
const CARRY = `
  direction = p.momentum * velocity[i] + direction;
  velocity[i] = direction;`

/** Makes one of four forms, each with the arrays that it needs. */
function rmspropOf({ centered = false, carries = false }): FusedUpdate<RMSPropNumbers> {
  const writes = ['parameter', 'meanSquare']
  if (centered) writes.push('mean')
  if (carries) writes.push('velocity')
  return fusedUpdate({
    name: `rmsprop${centered ? 'Centered' : ''}${carries ? 'Momentum' : ''}`,
    writes,
    reads: ['gradient'],
    numbers: ['learningRate', 'decayFactor', 'l2', 'alpha', 'epsilon', 'momentum'],
    coefficients: (numbers) => ({ ...numbers, rest: 1 - numbers.alpha }),
    plain(n, { parameter: x, meanSquare: s, mean: a, velocity: b, gradient: g }, coefficients, round) {
      const { learningRate, decayFactor, l2, alpha, rest, epsilon, momentum } = coefficients
      for (let i = 0; i < n; i++) {
        const d = round(round(l2 * x[i]) + g[i])
        let second = round(round(alpha * s[i]) + round(rest * round(d * d)))
        s[i] = second
        if (centered) {
          const mean = round(round(alpha * a[i]) + round(rest * d))
          a[i] = mean
          second = round(second - round(mean * mean))
          if (second < 0) second = 0
        }
        let direction = round(d / round(round(Math.sqrt(second)) + epsilon))
        if (carries) b[i] = direction = round(round(momentum * b[i]) + direction)
        x[i] = round(decayFactor * x[i]) - round(learningRate * direction)
      }
    },
    wgsl: `
  let d = p.l2 * parameter[i] + gradient[i];
  var second = p.alpha * meanSquare[i] + p.rest * (d * d);
  meanSquare[i] = second;
  ${centered ? CENTER : ''}
  var direction = d / (sqrt(second) + p.epsilon);
  ${carries ? CARRY : ''}
  parameter[i] = p.decayFactor * parameter[i] - p.learningRate * direction;`,
  })
}

export const rmsprop: FusedUpdate<RMSPropNumbers> = /* @__PURE__ */ rmspropOf({})
export const rmspropCentered: FusedUpdate<RMSPropNumbers> = /* @__PURE__ */ rmspropOf({ centered: true })
export const rmspropMomentum: FusedUpdate<RMSPropNumbers> = /* @__PURE__ */ rmspropOf({ carries: true })
export const rmspropCenteredMomentum: FusedUpdate<RMSPropNumbers> = /* @__PURE__ */ rmspropOf({
  centered: true,
  carries: true,
})

/** The fused updates of {@link RMSProp}. */
export const rmspropKernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, {
  rmsprop,
  rmspropCentered,
  rmspropMomentum,
  rmspropCenteredMomentum,
})

const rules: Rules<RMSPropHyper> = {
  name: 'RMSProp',
  settings: {
    learningRate: nonnegative(0.01),
    alpha: fraction(0.99),
    epsilon: positive(1e-8),
    momentum: fraction(0),
    centered: flag(false),
    l2: nonnegative(0),
    weightDecay: nonnegative(0),
  },
  arrays({ centered, momentum }) {
    const names = ['meanSquare']
    if (centered) names.push('mean')
    if (momentum > 0) names.push('velocity')
    return names
  },
  squares: ['meanSquare'],
  bound({ learningRate, alpha, epsilon, momentum, centered, l2, weightDecay }, bounds) {
    const d = l2 * bounds.parameter + bounds.gradient
    // s >= (1 - alpha) d^2, unless the square underflows.
    const ratio = centered ? Infinity : 2 / Math.sqrt(1 - alpha) + 1e-17 / epsilon
    const direction = Math.min(d / epsilon, ratio)
    const velocity = momentum > 0 ? momentum * bounds.state + direction : direction
    bounds.state = Math.max(bounds.state, d, velocity)
    bounds.parameter =
      bounds.parameter * Math.max(1, Math.abs(1 - learningRate * weightDecay)) + learningRate * velocity
    const coefficients = Math.max(1 / epsilon, learningRate, learningRate * weightDecay, l2)
    bounds.largest = Math.max(d * d, coefficients)
  },
  kernels: rmspropKernels,
  onDevice: {},
}

/**
 * RMSProp (Tieleman and Hinton 2012; centred form: Graves 2013), without bias correction and with
 * epsilon outside the root, as in PyTorch:
 *
 *     s = alpha s + (1 - alpha) g^2,   a = alpha a + (1 - alpha) g,   q = centered ? s - a^2 : s
 *     b = momentum b + g / (sqrt(q) + epsilon)
 *     x = (1 - learningRate weightDecay) x - learningRate b
 */
export class RMSProp<P extends ParameterSet = ParameterSet> extends Optimizer<RMSPropHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<RMSPropHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update(
    slot: Slot,
    { learningRate, alpha, epsilon, momentum, centered, l2, weightDecay }: RMSPropHyper,
  ): void {
    const decayFactor = 1 - learningRate * weightDecay
    const [bare, carrying] = centered ? [rmspropCentered, rmspropCenteredMomentum] : [rmsprop, rmspropMomentum]
    slot.apply(momentum > 0 ? carrying : bare, { learningRate, decayFactor, l2, alpha, epsilon, momentum })
  }
}
