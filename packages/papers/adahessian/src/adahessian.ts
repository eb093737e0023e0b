import {
  type KernelSet,
  kernelSet,
  options as optionsOf,
  pow,
  Random,
  type RandomState,
  randomFrom,
  refuse,
  show,
} from '@opt/core'
import {
  boundAdam,
  type Floats,
  fraction,
  type GradientsOf,
  type Hyper,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type OptimizerState,
  type ParameterSet,
  positive,
  type Rules,
  type Slot,
  type SlotOperation,
  share,
} from '@opt/optimizers'
import { averageBlocks, type BlockSizes, blockLength, blockSizes } from './blocks.ts'
import { adahessian, adahessianPower } from './updates.ts'
import { wasm } from './wasm.ts'

/** Hyper-parameters of {@link AdaHessian}. */
export interface AdaHessianHyper extends Hyper {
  /** Default 0.15. */
  learningRate: number
  /** Decay rate of the mean gradient, in [0, 1). Default 0.9. */
  beta1: number
  /** Decay rate of the mean squared curvature, in [0, 1). Default 0.999. */
  beta2: number
  /** Added to the root. Default 1e-4. */
  epsilon: number
  /** Decoupled: x is multiplied by 1 - learningRate weightDecay. Default 0. */
  weightDecay: number
  /** k in [0, 1]: 1 divides by the curvature, 0 ignores it. Default 1. */
  hessianPower: number
  /** See {@link BlockSizes}. Default [-1, -1, -1, -1]; [1, 1, 1, -1] averages convolution kernels only. */
  blockSizes: BlockSizes
}

/** Options of {@link AdaHessian}. */
export type AdaHessianOptions = OptimizerOptions<AdaHessianHyper> & {
  /** The seed of the random signs, an integer, or their generator. Default 0. */
  seed?: number | Random | undefined
}

/** A saved state of {@link AdaHessian}. */
export interface AdaHessianState extends OptimizerState {
  random: RandomState
}

/** Hessian-vector products H z in the structure of the parameters, or a function of z that returns them. */
export type HessianProducts<P extends ParameterSet> = GradientsOf<P> | ((z: P) => GradientsOf<P>)

/** The fused update of {@link AdaHessian}. */
export const kernels: KernelSet<object> = /* @__PURE__ */ kernelSet(wasm, { adahessian })

/** Fills the input 'z' with +1 and -1, with equal probability. */
const drawSigns: SlotOperation<Random> = {
  memory: ({ inputs }, random) => fillWithSigns(inputs.z, random),
  device(slot, random) {
    const z = new Float32Array(slot.length)
    fillWithSigns(z, random)
    slot.set('z', z)
  },
}

function fillWithSigns(z: Floats, random: Random): void {
  for (let i = 0, bits = 0; i < z.length; i++, bits >>>= 1) {
    if (i % 32 === 0) bits = random.uniform(0, 4294967296) >>> 0
    z[i] = bits & 1 ? 1 : -1
  }
}

const rules: Rules<AdaHessianHyper> = {
  name: 'AdaHessian',
  settings: {
    learningRate: nonnegative(0.15),
    beta1: fraction(0.9),
    beta2: fraction(0.999),
    epsilon: positive(1e-4),
    weightDecay: nonnegative(0),
    hessianPower: share(1),
    blockSizes: blockSizes([-1, -1, -1, -1]),
  },
  arrays: () => ['mean', 'meanSquare'],
  inputs: ['z', 'products'],
  squares: ['meanSquare'],
  bound: (hyper, bounds) => boundAdam(hyper, bounds, false),
  kernels,
  onDevice: {},
  accept: (hyper, { label, length, shape }) => {
    if (shape.length > 4) refuse(label, 'of at most 4 dimensions', `shape [${shape}]`)
    const block = blockLength(shape, hyper.blockSizes)
    if (length % block !== 0) refuse(label, `of a length that its block size ${block} divides`, `length ${length}`)
  },
}

/**
 * ADAHESSIAN (Yao et al., AAAI 2021, algorithm 1): Adam whose second moment is that of an estimate of the
 * Hessian's diagonal from one random vector.
 *
 *     z of random signs,   D = |z * H z|, averaged over blocks
 *     m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) D^2
 *     x = (1 - learningRate weightDecay) x - learningRate mhat / (sqrt(vhat)^k + epsilon)
 */
export class AdaHessian<P extends ParameterSet = ParameterSet> extends Optimizer<AdaHessianHyper, P> {
  readonly #z: P
  #random: Random
  /** The products of the step in progress. Typed unknown, so that optimizers of subtypes of P stay compatible. */
  #products: unknown

  constructor(parameters: P, given: AdaHessianOptions = {}) {
    const { seed = 0, ...options } = optionsOf(given, 'AdaHessian: options')
    super(rules, parameters, options as OptimizerOptions<AdaHessianHyper>)
    this.#z = this.views('z')
    this.#random = randomFrom(seed, 'AdaHessian: seed')
  }

  /**
   * Takes one step.
   *
   * @param gradients in the structure of the parameters, null for a parameter that does not take part.
   * @param products H z for z = {@link rademacher} or any other random signs; or the function that makes it,
   *   which is then given a new z.
   * @throws TypeError or RangeError as every optimizer, for the products too; then nothing has changed, the
   *   generator included.
   */
  override step(gradients: GradientsOf<P>, products?: HessianProducts<P>): void {
    this.#products = products
    const before = typeof products === 'function' ? this.#random.state() : null
    try {
      super.step(gradients)
    } catch (error) {
      if (before) this.#random = new Random(before)
      throw error
    }
  }

  /**
   * Draws the next z, whose entries are +1 or -1 with equal probability, in the structure of the
   * parameters. The next draw overwrites it.
   */
  rademacher(): P {
    for (const slot of this.slots) slot.perform(drawSigns, this.#random)
    return this.#z
  }

  protected override prepare(): void {
    const products = this.#products
    this.#products = undefined
    const make = products as (z: P) => GradientsOf<P>
    this.receive('products', typeof products === 'function' ? make(this.rademacher()) : (products as GradientsOf<P>))
  }

  protected override update(slot: Slot, hyper: AdaHessianHyper): void {
    const { learningRate, beta1, beta2, epsilon, weightDecay, hessianPower, blockSizes } = hyper
    const block = blockLength(slot.shape, blockSizes)
    if (block > 1) slot.perform(averageBlocks, block)
    const stepSize = learningRate / (1 - pow(beta1, slot.steps))
    const correction2 = 1 / (1 - pow(beta2, slot.steps))
    const numbers = { stepSize, correction2, decayFactor: 1 - learningRate * weightDecay, beta1, beta2, epsilon }
    if (hessianPower === 1) slot.apply(adahessian, numbers)
    else slot.perform(adahessianPower, { ...numbers, power: hessianPower })
  }

  override state(): AdaHessianState {
    return { ...super.state(), random: this.#random.state() }
  }

  override async stateAsync(): Promise<AdaHessianState> {
    const random = this.#random.state()
    return { ...(await super.stateAsync()), random }
  }

  override load(state: AdaHessianState): void {
    let restored = this.#random
    if (typeof state === 'object' && state !== null) {
      try {
        // Holes become undefined, which no generator holds.
        restored = new Random({ ...state.random, generator: Array.from(state.random.generator) })
      } catch {
        refuse('AdaHessian.load: state.random', 'the state of a Random', show(state.random), 'type')
      }
    }
    super.load(state)
    this.#random = restored
  }
}
