import type { BatchesState, Random, RandomState } from '@opt/core'
import type { Inputs, NetworkState, Stepper } from '@opt/nn'
import type { BarrierMethod } from '../attacks/barrier.ts'
import type { BoxOptions } from '../attacks/box.ts'
import type { GairatKind } from '../weights/gairat.ts'

/** The methods by name; each stands for options that may be given one by one. */
export type Method = 'done' | 'bilevel-at' | 'dro-at' | 'at' | 'gairat' | 'mail' | 'mart'

/** What each method stands for. */
export interface Preset {
  readonly weights: NonNullable<RobustOptions['weights']>
  readonly attack: 'barrier' | 'pgd'
}

export const METHODS: Readonly<Record<Method, Preset>> = {
  done: { weights: 'kl', attack: 'barrier' },
  'bilevel-at': { weights: 'uniform', attack: 'barrier' },
  'dro-at': { weights: 'kl', attack: 'pgd' },
  at: { weights: 'uniform', attack: 'pgd' },
  gairat: { weights: 'gairat', attack: 'pgd' },
  mail: { weights: 'mail', attack: 'pgd' },
  mart: { weights: 'uniform', attack: 'pgd' },
}

/** What a function for `weights` is given: a batch after its attack. */
export interface WeighedBatch {
  /** Cross-entropies at the attacked points. */
  losses: Float64Array
  /** Logits at the attacked points, examples x classes. */
  logits: Float64Array
  labels: Int32Array
  /** How many points of the attack, the start included and the last excluded, were classified correctly. */
  kappa: Int32Array
  /** The number of steps done, and of all steps. */
  step: number
  steps: number
  /** The examples of the batch. */
  indices: Int32Array
}

/** One step, before the optimizer moves. */
export interface RobustStep extends Omit<WeighedBatch, 'steps'> {
  /** Perturbations, examples x inputs. */
  delta: Float64Array
  weights: Float64Array
  /** The logarithm of the tracked average of exp(l / r); null without KL weights. */
  logU: number | null
  /** sum_i w_i dl_i/dtheta. */
  gradient: Float64Array
}

/** Options of {@link trainRobust}. */
export interface RobustOptions extends BoxOptions {
  /** Sets `weights` and `attack` (default 'done'); 'mart' also the loss. */
  method?: Method | undefined
  /** 'kl', 'uniform', 'gairat', 'mail', or a function: the gradient is that of sum_i w_i l_i. */
  weights?: 'kl' | 'uniform' | 'gairat' | 'mail' | ((batch: WeighedBatch) => ArrayLike<number>) | undefined
  /** 'barrier' or 'pgd'. */
  attack?: 'barrier' | 'pgd' | undefined
  /** Whether the gradient follows the attack, which moves with the parameters (default true with the barrier). */
  implicit?: boolean | undefined
  /** The temperature of the KL weights (default 2); Infinity: uniform. */
  r?: number | undefined
  /** The share of a batch in the average of exp(l / r) (default 0.1). */
  track?: number | undefined
  /** The largest KL weight, times the size of the batch (default 5); Infinity is the paper's. */
  maxWeight?: number | undefined
  /** The share of all steps that begin with uniform weights (default .2 with 'kl', .5 with 'gairat', else 0). */
  burnIn?: number | undefined
  /** Options of 'gairat' and 'mail'. */
  gairat?: { lambda?: number | undefined; kind?: GairatKind | undefined } | undefined
  mail?: { slope?: number | undefined; bias?: number | undefined } | undefined
  /** The factor of MART's divergence (default 5). */
  beta?: number | undefined
  /** The constant of the barrier (default 2e-3), and the factor of |delta|^2 / 2 (default 0). */
  c?: number | undefined
  lambda?: number | undefined
  /** How the barrier is minimized (default 'adam'), and the share of the intervals that it keeps clear (default .02). */
  inner?: BarrierMethod | undefined
  tau?: number | undefined
  /** The number of steps of the attack (default 10). */
  steps?: number | undefined
  /** The length of a step of the attack (default 2.5 epsilon / steps). */
  stepSize?: number | undefined
  /** The norm of the PGD attack (default 'linf'). */
  norm?: 'linf' | 'l2' | undefined
  /** How the implicit term is computed: 'exact' (default), or by central 'differences', as for other models. */
  cross?: 'exact' | 'differences' | undefined
  /** The optimizer of the parameters (default SGD with momentum .9 and {@link learningRate}). */
  optimizer?: Stepper | undefined
  /** The argument of `optimizer.step`, for a network's named parameters: `network.named(network.gradients)`. */
  gradients?: unknown
  /** Of the default optimizer (default .05), divided by 10 after 60 % and again after 85 % of the steps. */
  learningRate?: number | undefined
  /** The number of passes over the data (default 30), of floor(n / batchSize) steps each; need not be an integer. */
  epochs?: number | undefined
  /** The number of examples per step (default 100, or all of fewer). */
  batchSize?: number | undefined
  /** The seed of batches and starts: an integer, or a generator to draw from (default 0). */
  seed?: number | Random | undefined
  /** Returns the examples of a step, instead of drawn ones: `batchSize` of them. */
  batches?: ((step: number) => ArrayLike<number>) | undefined
  /** Returns the perturbations that a step's attack starts from, instead of drawn ones. */
  starts?: ((step: number, indices: Int32Array) => Inputs) | undefined
  /** Called with each batch before the optimizer moves; its arrays are valid until the next. */
  onStep?: ((step: RobustStep) => void) | undefined
  /** The number of steps between reports (default: one report per epoch). */
  reportEvery?: number | undefined
  /** Returns measures to add to each report. */
  evaluate?: (() => Record<string, number>) | undefined
  /** A checkpoint to continue from, bit for bit under the same options; refused as a whole if any part does not fit. */
  resume?: RobustCheckpoint | undefined
}

/** The names of {@link RobustOptions}. */
export const ROBUST_OPTIONS: readonly (keyof RobustOptions)[] = [
  'epsilon',
  'low',
  'high',
  'method',
  'weights',
  'attack',
  'implicit',
  'r',
  'track',
  'maxWeight',
  'burnIn',
  'gairat',
  'mail',
  'beta',
  'c',
  'lambda',
  'inner',
  'tau',
  'steps',
  'stepSize',
  'norm',
  'cross',
  'optimizer',
  'gradients',
  'learningRate',
  'epochs',
  'batchSize',
  'seed',
  'batches',
  'starts',
  'onStep',
  'reportEvery',
  'evaluate',
  'resume',
]

/** The progress of training. */
export interface RobustReport {
  /** NaN once a loss or a gradient is not finite. */
  error?: number
  /** The number of steps done. */
  step: number
  /** The number of passes over the data; fractional within one. */
  epoch: number
  /** The mean cross-entropy at the attacked points, of the batches since the last report. */
  loss: number
  /** The tracked value r log u of the paper's objective; the mean loss without KL weights. */
  objective: number
  /** The largest weight since the last report, times the size of its batch: 1 for uniform weights. */
  maxWeight: number
  /** The smallest (sum w)^2 / sum w^2 of a batch since the last report: how many examples the gradient rests on. */
  effectiveExamples: number
  /** The measures of `evaluate`. */
  [measure: string]: number | undefined
}

/** Everything that {@link trainRobust} needs to continue; plain JSON. */
export interface RobustCheckpoint {
  /** The number of steps done. */
  step: number
  batches: BatchesState
  /** The generator of the attacks' starts. */
  random: RandomState
  /** The network, or the parameters of another model in base64. */
  model: NetworkState | string
  /** The optimizer's state; null for one without `state`. */
  optimizer: unknown
  /** The logarithm of the tracked average. */
  logU: number | null
}

/** The answer of {@link trainRobust}, besides the driver's fields. */
export interface RobustAnswer<M> {
  /** The model given, trained in place. */
  network: M
  /** The logarithm of the tracked average of exp(l / r); null without KL weights. */
  logU: number | null
  checkpoint: RobustCheckpoint
}
