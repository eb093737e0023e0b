import {
  type Matrix,
  type MatrixLike,
  type RandomState,
  type Report,
  refuse,
  type Solver,
  type Status,
  solver,
  type VectorLike,
} from '@opt/core'
import ndarray from 'ndarray'
import type { GrownNetwork } from './grown-network.ts'
import { prepare } from './prepare.ts'
import { safeStep } from './safe-step.ts'
import { GROWTH_OPTIONS, type GrowthOptions } from './settings.ts'
import { fitStage } from './stage/fit-stage.ts'
import type { StageWeights } from './stage/weights.ts'

/** The data of {@link boostedNetwork}. */
export interface BoostingProblem {
  /** n x d. Features of size 1 or so: see standardize of @opt/datasets. */
  X: MatrixLike
  /**
   * 'squared': n numbers of size 1 or so, or n x K. 'logistic': n labels 1 and -1. 'softmax': n class numbers 0, 1,
   * ..., or n x K one-hot rows.
   */
  y: VectorLike | MatrixLike
  /** Other rows, on which each stage's loss is reported. */
  validation?: { X: MatrixLike; y: VectorLike | MatrixLike } | undefined
}

/** Options of {@link boostedNetwork}. */
export interface BoostedNetworkOptions extends GrowthOptions {
  /** The start of each stage, instead of a random one. */
  starts?: readonly StageWeights[] | undefined
  /** The rows on which each stage is trained, instead of random ones. */
  subsets?: readonly ArrayLike<number>[] | undefined
  /** The `state` of an earlier answer, whose stages come first: the random draws go on, too. */
  resume?: BoostingState | undefined
}

/** What {@link boostedNetwork} reports after each stage. */
export interface BoostingReport extends Report {
  /** From 1. */
  stage: number
  /** The loss on the training rows. */
  loss: number
  /** rho, by which the stage's outputs are multiplied. */
  step: number
  /** How often the safeguard halved the step. */
  halvings: number
  /** Values and gradients that the stage took. */
  evaluations: number
  /** The loss on the validation rows, if there are any. */
  validationLoss?: number
}

/** A saved run, plain JSON; arrays are base64 of their little-endian float64 bytes. */
export interface BoostingState {
  loss: string
  activation: string
  /** d, J and K. */
  sizes: [inputs: number, neuronsPerStep: number, outputs: number]
  /** F_0 */
  initial: string
  /** The number of stages. */
  count: number
  /** Their parameters. */
  stages: string
  steps: string
  random: RandomState
}

/** Answer of {@link boostedNetwork}. */
export interface BoostedSolution {
  network: GrownNetwork
  /** rho of each stage. */
  steps: Float64Array
  /** The training loss of F_0 and after each stage. */
  losses: Float64Array
  /** F on the training rows, n x K. */
  decision: Matrix
  state: BoostingState
}

/** Stages in a row without a step that lowers the loss, after which a run has stalled. */
const IDLE = 10

/**
 * Grows a network of one hidden layer by gradient boosting (Emami and Martinez-Munoz 2019): each stage trains J units
 * on the residuals of a part of the rows and joins them with a Newton step rho:
 *
 *     F += rho h,   h = argmin over small networks of |h(X_I) - R_I|^2,   R = -dL/dF
 *
 * The run is 'completed' after all stages, and has 'stalled' when ten in a row could not lower the loss; without
 * the safeguard it has 'diverged' when the loss overflows, and the answer is the network before that.
 *
 * @throws TypeError or RangeError that names the wrong argument; when y has one class only; or when a stage is not
 *   finite from two starts.
 */
export const boostedNetwork: Solver<
  [problem: BoostingProblem, options: BoostedNetworkOptions],
  BoostingReport,
  BoostedSolution
> = /* @__PURE__ */ solver(
  'boostedNetwork',
  function* (problem, options) {
    const { settings, loss, growth, stage, rowsOf, startOf } = prepare(problem, options)
    const { train, validation } = growth
    const { X, y, F, K } = train
    const R = new Float64Array(F.length)
    const T = settings.stages
    let { idle } = growth
    while (growth.count < T) {
      const t = growth.count
      loss.residuals(y, F, K, R)
      stage.load(X, R, rowsOf(t))
      const { x, evaluations } = fitStage(stage, startOf(t), settings, t + 1)
      const h = train.outputs(x)
      const newton = settings.learningRate * loss.newtonStep(R, h)
      const { step, value, halvings } = safeStep(loss, train, h, newton, settings.safeguard)
      if (!Number.isFinite(value)) return { ...answer(), ...overflow(t) }
      growth.add(x, step)
      idle = step === 0 ? idle + 1 : 0
      const report: BoostingReport = { stage: t + 1, loss: value, step, halvings, evaluations }
      if (validation) report.validationLoss = loss.value(validation.y, validation.F, K)
      if (yield report) break
      if (idle >= IDLE && growth.count < T) return { ...answer(), message: `${IDLE} stages in a row lower no loss` }
    }
    return answer()

    function answer(): BoostedSolution {
      return { ...growth.answer(), decision: ndarray(F.slice(), [F.length / K, K]) }
    }
  },
  { maxIterations: 1_000_000, options: [...GROWTH_OPTIONS, 'starts', 'subsets', 'resume'] },
)

/** The end of a run whose loss overflows after t stages. */
function overflow(t: number): { status: Status; message: string } {
  if (t === 0) refuse('stage 1', 'of finite loss', 'an overflow: scale X and y')
  return { status: 'diverged', message: 'the loss overflows' }
}
