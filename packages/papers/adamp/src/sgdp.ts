import { type KernelSet, kernelSet } from '@opt/core'
import {
  descend,
  type Floats,
  type FusedUpdate,
  flag,
  fraction,
  fusedUpdate,
  type Hyper,
  type Numbers,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  positive,
  type Rules,
  type Slot,
  type SlotOperation,
  sgd,
} from '@opt/optimizers'
import {
  boundRows,
  cosinesBelow,
  findInvariance,
  type ProjectedStep,
  projectedRows,
  projectOnDevice,
  type RowKernels,
  runOnDevice,
} from './projection.ts'
import { wasm } from './sgdp-wasm.ts'

/** Hyper-parameters of {@link SGDP}. */
export interface SGDPHyper extends Hyper {
  /** Default 1e-3; the official code has none. */
  learningRate: number
  /** Factor of the old velocity, in [0, 1). Default 0. */
  momentum: number
  /** The velocity gets 1 - dampening times the gradient, in [0, 1). Default 0. */
  dampening: number
  /** Added to norms. Default 1e-8. */
  epsilon: number
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay / (1 - momentum). Default 0. */
  weightDecay: number
  /** Rows of n entries count as scale-invariant if |cos(gradient, row)| < delta / sqrt(n) in all. Default 0.1. */
  delta: number
  /** Factor of the weight decay for scale-invariant tensors. Default 0.1. */
  weightDecayRatio: number
  /** Step along g + momentum b instead of b. Default false. */
  nesterov: boolean
}

/** Replaces the gradient by momentum's direction, with nesterov = 1 of the next velocity. */
export const momentumDirection: FusedUpdate<'momentum' | 'gain' | 'nesterov'> = /* @__PURE__ */ fusedUpdate({
  name: 'momentumDirection',
  writes: ['velocity', 'gradient'],
  numbers: ['momentum', 'gain', 'nesterov'],
  plain(n, { velocity: b, gradient: g }, { momentum, gain, nesterov }, round) {
    for (let i = 0; i < n; i++) {
      const velocity = round(round(momentum * b[i]) + round(gain * g[i]))
      b[i] = velocity
      g[i] = nesterov ? round(momentum * velocity) + g[i] : velocity
    }
  },
  wgsl: `
  let g = gradient[i];
  let b = p.momentum * velocity[i] + p.gain * g;
  velocity[i] = b;
  gradient[i] = select(b, p.momentum * b + g, p.nesterov != 0.0);`,
})

interface Kernels extends RowKernels {
  /** {@link momentumDirection}, projection and descent in each of so many rows of n. */
  // biome-ignore format: as the export has them
  momentumRows(
    rows: number, n: number, x: Floats, velocity: Floats, gradient: Floats,
    momentum: number, gain: number, nesterov: number, epsilon: number, learningRate: number, decayFactor: number,
  ): void
}

/** The kernels of {@link SGDP}. */
export const sgdpKernels: KernelSet<Kernels> = /* @__PURE__ */ kernelSet(wasm, {
  sgd,
  descend,
  momentumDirection,
  cosinesBelow,
  momentumRows: /* @__PURE__ */ projectedRows<Kernels['momentumRows']>('momentumRows', momentumDirection),
})

type Direction = Numbers<'momentum' | 'gain' | 'nesterov'>

/** A step whose direction is projected. */
const projectedStep: SlotOperation<{ direction: Direction; step: ProjectedStep }, void, Kernels> = {
  memory({ length, parameter, gradient, arrays: { velocity }, kernels }, { direction, step }) {
    const { momentum, gain, nesterov } = direction
    const { rows, epsilon, learningRate, invariantDecayFactor } = step
    const numbers = [momentum, gain, nesterov, epsilon, learningRate, invariantDecayFactor] as const
    kernels.momentumRows(rows, length / rows, parameter, velocity, gradient, ...numbers)
  },
  device(slot, { direction, step }) {
    runOnDevice(slot, momentumDirection, direction)
    projectOnDevice(slot, step)
  },
}

const rules: Rules<SGDPHyper> = {
  name: 'SGDP',
  settings: {
    learningRate: nonnegative(1e-3),
    momentum: fraction(0),
    dampening: fraction(0),
    epsilon: positive(1e-8),
    weightDecay: nonnegative(0),
    delta: nonnegative(0.1),
    weightDecayRatio: nonnegative(0.1),
    nesterov: flag(false),
  },
  arrays: () => ['velocity'],
  bound({ learningRate, momentum, weightDecay, epsilon }, bounds) {
    const velocity = momentum * bounds.state + bounds.gradient
    const direction = velocity + bounds.gradient
    const decay = (learningRate * weightDecay) / (1 - momentum)
    bounds.state = Math.max(bounds.state, velocity)
    bounds.parameter *= Math.max(1, Math.abs(1 - decay))
    bounds.largest = Math.max(direction, learningRate, decay)
    boundRows(bounds, learningRate, direction, epsilon)
  },
  kernels: sgdpKernels,
  onDevice: {},
}

/**
 * SGDP (Heo et al., ICLR 2021, algorithm 1): momentum without the component of the step along a
 * scale-invariant weight.
 *
 *     b = momentum b + (1 - dampening) g,   u = nesterov ? g + momentum b : b
 *     where the gradient is orthogonal to x, row by row:  u -= xhat (xhat . u),  r = weightDecayRatio;
 *     elsewhere r = 1
 *     x = (1 - learningRate weightDecay r / (1 - momentum)) x - learningRate u
 *
 * The velocity itself is not projected; the official code projects it with u if nesterov is false.
 */
export class SGDP<P extends ParameterSet = ParameterSet> extends Optimizer<SGDPHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<SGDPHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update(slot: Slot, hyper: SGDPHyper): void {
    const { learningRate, momentum, dampening, epsilon, weightDecay, delta, weightDecayRatio, nesterov } = hyper
    const gain = 1 - dampening
    const ahead = Number(nesterov)
    const decayFactor = 1 - (learningRate * weightDecay) / (1 - momentum)
    const rows = slot.perform(findInvariance, { delta, epsilon })
    if (rows === 0) {
      slot.apply(sgd, { learningRate, decayFactor, l2: 0, momentum, gain, nesterov: ahead })
      return
    }
    const invariantDecayFactor = 1 - (learningRate * weightDecay * weightDecayRatio) / (1 - momentum)
    const step = { rows, learningRate, decayFactor, invariantDecayFactor, epsilon }
    slot.perform(projectedStep, { direction: { momentum, gain, nesterov: ahead }, step })
  }
}
