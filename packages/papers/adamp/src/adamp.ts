import { type KernelSet, kernelSet, pow } from '@opt/core'
import {
  adamSettings,
  adamw,
  boundAdam,
  descend,
  type Floats,
  type FusedUpdate,
  flag,
  fusedUpdate,
  type Hyper,
  type Numbers,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  type Rules,
  type Slot,
  type SlotOperation,
} from '@opt/optimizers'
import { wasm } from './adamp-wasm.ts'
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

/** Hyper-parameters of {@link AdamP}. */
export interface AdamPHyper extends Hyper {
  /** Default 1e-3. */
  learningRate: number
  /** Decay rate of the mean gradient, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the mean squared gradient, in [0, 1). Default 0.999. */
  beta2: number
  /** Added to the root and to norms. Default 1e-8. */
  epsilon: number
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
  /** Rows of n entries count as scale-invariant if |cos(gradient, row)| < delta / sqrt(n) in all. Default 0.1. */
  delta: number
  /** Factor of the weight decay for scale-invariant tensors. Default 0.1. */
  weightDecayRatio: number
  /** Look ahead: b1 m + (1 - b1) g in place of m. Default false. */
  nesterov: boolean
}

/** Replaces the gradient by Adam's direction, with nesterov = 1 of the next mean. */
export const adamDirection: FusedUpdate<'correction2' | 'beta1' | 'beta2' | 'epsilon' | 'nesterov'> =
  /* @__PURE__ */ fusedUpdate({
    name: 'adamDirection',
    writes: ['mean', 'meanSquare', 'gradient'],
    numbers: ['correction2', 'beta1', 'beta2', 'epsilon', 'nesterov'],
    coefficients: (numbers) => ({ ...numbers, rest1: 1 - numbers.beta1, rest2: 1 - numbers.beta2 }),
    plain(n, { mean: m, meanSquare: v, gradient: g }, coefficients, round) {
      const { correction2, beta1, rest1, beta2, rest2, epsilon, nesterov } = coefficients
      for (let i = 0; i < n; i++) {
        const fresh = round(rest1 * g[i])
        const first = round(round(beta1 * m[i]) + fresh)
        const second = round(round(beta2 * v[i]) + round(rest2 * round(g[i] * g[i])))
        m[i] = first
        v[i] = second
        const ahead = nesterov ? round(round(beta1 * first) + fresh) : first
        g[i] = ahead / round(round(Math.sqrt(round(second * correction2))) + epsilon)
      }
    },
    wgsl: `
  let g = gradient[i];
  let first = p.beta1 * mean[i] + p.rest1 * g;
  let second = p.beta2 * meanSquare[i] + p.rest2 * (g * g);
  mean[i] = first;
  meanSquare[i] = second;
  let ahead = select(first, p.beta1 * first + p.rest1 * g, p.nesterov != 0.0);
  gradient[i] = ahead / (sqrt(second * p.correction2) + p.epsilon);`,
  })

interface Kernels extends RowKernels {
  /** {@link adamDirection}, projection and descent in each of so many rows of n. */
  // biome-ignore format: as the export has them
  adamRows(
    rows: number, n: number, x: Floats, mean: Floats, meanSquare: Floats, gradient: Floats,
    correction2: number, beta1: number, beta2: number, epsilon: number, nesterov: number, stepSize: number, decayFactor: number,
  ): void
}

/** The kernels of {@link AdamP}. */
export const adampKernels: KernelSet<Kernels> = /* @__PURE__ */ kernelSet(wasm, {
  adamw,
  descend,
  adamDirection,
  cosinesBelow,
  adamRows: /* @__PURE__ */ projectedRows<Kernels['adamRows']>('adamRows', adamDirection),
})

type Direction = Numbers<'correction2' | 'beta1' | 'beta2' | 'epsilon' | 'nesterov'>

/** A step whose direction is projected. */
const projectedStep: SlotOperation<{ direction: Direction; step: ProjectedStep }, void, Kernels> = {
  memory({ length, parameter, gradient, arrays: { mean, meanSquare }, kernels }, { direction, step }) {
    const { correction2, beta1, beta2, epsilon, nesterov } = direction
    const { rows, learningRate, invariantDecayFactor } = step
    const numbers = [correction2, beta1, beta2, epsilon, nesterov, learningRate, invariantDecayFactor] as const
    kernels.adamRows(rows, length / rows, parameter, mean, meanSquare, gradient, ...numbers)
  },
  device(slot, { direction, step }) {
    runOnDevice(slot, adamDirection, direction)
    projectOnDevice(slot, step)
  },
}

const rules: Rules<AdamPHyper> = {
  name: 'AdamP',
  settings: {
    ...adamSettings,
    delta: nonnegative(0.1),
    weightDecayRatio: nonnegative(0.1),
    nesterov: flag(false),
  },
  arrays: () => ['mean', 'meanSquare'],
  squares: ['meanSquare'],
  averages: [['mean', 'meanSquare']],
  bound(hyper, bounds) {
    const direction = boundAdam(hyper, bounds)
    boundRows(bounds, hyper.learningRate / (1 - hyper.beta1), direction, hyper.epsilon)
  },
  kernels: adampKernels,
  onDevice: {},
}

/**
 * AdamP (Heo et al., ICLR 2021, algorithm 2): AdamW without the component of the step along a
 * scale-invariant weight.
 *
 *     u = mhat / (sqrt(vhat) + epsilon)
 *     where the gradient is orthogonal to x, row by row:  u -= xhat (xhat . u),  r = weightDecayRatio;
 *     elsewhere r = 1
 *     x = (1 - learningRate weightDecay r) x - learningRate u
 *
 * Only parameters of two or more dimensions can be scale-invariant: pass weights as ndarrays, outputs
 * first.
 */
export class AdamP<P extends ParameterSet = ParameterSet> extends Optimizer<AdamPHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<AdamPHyper> = {}) {
    super(rules, parameters, options)
  }

  protected override update(slot: Slot, hyper: AdamPHyper): void {
    const { learningRate, beta1, beta2, epsilon, weightDecay, delta, weightDecayRatio, nesterov } = hyper
    const stepSize = learningRate / (1 - pow(beta1, slot.steps))
    const correction2 = 1 / (1 - pow(beta2, slot.steps))
    const decayFactor = 1 - learningRate * weightDecay
    const rows = slot.perform(findInvariance, { delta, epsilon })
    if (rows === 0 && !nesterov) {
      slot.apply(adamw, { stepSize, correction2, decayFactor, beta1, beta2, epsilon })
      return
    }
    const direction = { correction2, beta1, beta2, epsilon, nesterov: Number(nesterov) }
    if (rows === 0) {
      slot.apply(adamDirection, direction)
      slot.apply(descend, { learningRate: stepSize, decayFactor, l2: 0 })
      return
    }
    const invariantDecayFactor = 1 - learningRate * weightDecay * weightDecayRatio
    const step = { rows, learningRate: stepSize, decayFactor, invariantDecayFactor, epsilon }
    slot.perform(projectedStep, { direction, step })
  }
}
