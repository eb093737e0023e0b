import { number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import type { Executor, Task } from '@opt/executor'
import type { BlockTaskInput, BlockTaskOutput } from './block-task.ts'
import { checkFraction, msvrGamma } from './msvr.ts'
import { blockSampler, checkSampler, type Sampler } from './samplers.ts'
import type { Moves, Updates } from './state.ts'
import { checkMost } from './versions/spectrum.ts'

/** Where the blocks of a step are evaluated. */
export interface Workers {
  /** An executor of @opt/executor. */
  executor: Pick<Executor, 'map'>
  /** A task whose function was made by {@link blockTask} from the same problem; a bare one for `inProcess()`. */
  task: Task<BlockTaskInput, BlockTaskOutput> | ((input: BlockTaskInput) => BlockTaskOutput)
}

/** What {@link bsvrb} and {@link soba} have in common. */
export interface StepOptions {
  /** I, when there is no `sampler`. Default half of the blocks, at least 2 if there are 2. */
  blocksPerStep?: number | undefined
  /** Which blocks and batches a step sees. Default: random blocks, all data of each. */
  sampler?: Sampler<unknown> | undefined
  /** Step of y_i. Default 0.1. */
  tau?: number | undefined
  /** Step of v_i. Default tau. */
  tauV?: number | undefined
  /** Step of x, or a function of k = 0, 1, ... Default 0.001. */
  eta?: number | ((k: number) => number) | undefined
  /** Every how many steps Phi, its gradient's length and the distance of y_i from y_i(x) are computed. Default 0: never. */
  measureEvery?: number | undefined
}

/** Options of {@link bsvrb}. */
export interface BsvrbOptions extends StepOptions {
  /** 1: an estimate of the Hessian of each block; 2: an estimate of its adjoint. Default 2. */
  version?: 1 | 2 | undefined
  /** Weight of new samples in s_i, and H_i or u_i, in (0, 1]. Default 0.5. */
  alpha?: number | undefined
  /** Weight of new samples in z, in (0, 1]. Default 0.3. */
  beta?: number | undefined
  /** Weight of differences in s_i, and H_i or u_i. Default 'msvr', that of {@link msvrGamma}. */
  gamma?: number | 'msvr' | undefined
  /**
   * Whether y_i and v_i of all blocks move in each step, along the last estimates, or those of sampled blocks only, then
   * for the steps that they missed, too. Default 'all'. The cost of a step does not grow with m in either case.
   */
  updates?: Updates | undefined
  /** R, to which |v_i| is limited in version 2; may be Infinity. Default 50. */
  radius?: number | undefined
  /** Bounds [mu, L] of the eigenvalues of H_i in version 1, 0 < mu; L may be Infinity. Version 1 needs them. */
  eigenvalues?: readonly [mu: number, L: number] | undefined
  /** Evaluates the blocks of a step side by side, by `bsvrb.async`. Default: one after the other, here. */
  workers?: Workers | undefined
}

/** The names of {@link StepOptions}. */
export const STEP_OPTIONS: readonly (keyof StepOptions)[] = [
  'blocksPerStep',
  'sampler',
  'tau',
  'tauV',
  'eta',
  'measureEvery',
]

/** The names of {@link BsvrbOptions}. */
export const BSVRB_OPTIONS: readonly (keyof BsvrbOptions)[] = [
  ...STEP_OPTIONS,
  'version',
  'alpha',
  'beta',
  'gamma',
  'updates',
  'radius',
  'eigenvalues',
  'workers',
]

/** Options that all methods have, checked. */
export interface StepParameters {
  sampler: Sampler<unknown>
  tau: number
  tauV: number
  etaAt: (k: number) => number
  measureEvery: number
}

/** Options of {@link bsvrb}, checked. */
export interface Parameters extends StepParameters {
  version: 1 | 2
  alpha: number
  beta: number
  gamma: number
  moves: Moves
  bounds: readonly [number, number]
  workers: Workers | undefined
}

export function readStepOptions(given: StepOptions, m: number): StepParameters {
  const { sampler, blocksPerStep, eta = 0.001 } = given
  if (sampler !== undefined) {
    checkSampler(sampler, 'sampler')
    number(sampler.blocksPerStep, 'sampler.blocksPerStep', { integer: true, min: 1, max: m })
  }
  if (blocksPerStep !== undefined) {
    number(blocksPerStep, 'blocksPerStep', { integer: true, min: 1, max: m })
    if (sampler && sampler.blocksPerStep !== blocksPerStep)
      refuse('blocksPerStep', `${sampler.blocksPerStep}, that of the sampler`, show(blocksPerStep))
  }
  if (typeof eta !== 'function') number(eta, 'eta', { positive: true })
  const tau = number(given.tau ?? 0.1, 'tau', { positive: true })
  return {
    sampler: sampler ?? blockSampler({ blocks: m, blocksPerStep }),
    tau,
    tauV: number(given.tauV ?? tau, 'tauV', { positive: true }),
    etaAt: typeof eta === 'function' ? (k) => number(eta(k), `eta(${k})`, { positive: true }) : () => eta,
    measureEvery: number(given.measureEvery ?? 0, 'measureEvery', { integer: true, min: 0 }),
  }
}

export function readOptions(given: BsvrbOptions, m: number): Parameters {
  const common = readStepOptions(given, m)
  const { tau, tauV, sampler } = common
  const version = given.version ?? 2
  if (version !== 1 && version !== 2) refuse('version', '1 or 2', show(version))
  const alpha = checkFraction(given.alpha ?? 0.5, 'alpha')
  const { gamma = 'msvr', radius = 50, workers } = given
  if (typeof gamma === 'string') oneOf(gamma, 'gamma', ['msvr'])
  if (workers !== undefined) checkWorkers(workers)
  return {
    ...common,
    version,
    alpha,
    beta: checkFraction(given.beta ?? 0.3, 'beta'),
    gamma:
      gamma === 'msvr' ? msvrGamma(m, sampler.blocksPerStep, alpha) : number(gamma, 'gamma', { nonnegative: true }),
    moves: {
      tau,
      tauV,
      radius: radius === Infinity ? radius : number(radius, 'radius', { positive: true }),
      updates: oneOf(given.updates ?? 'all', 'updates', ['all', 'sampled']),
    },
    bounds: readBounds(given.eigenvalues, version),
    workers,
  }
}

function readBounds(given: BsvrbOptions['eigenvalues'], version: 1 | 2): readonly [number, number] {
  if (given === undefined) {
    if (version === 1)
      refuse(
        'eigenvalues',
        '[mu, L], between which those of the Hessians of g_i are, with version 1',
        'undefined',
        'type',
      )
    return [1, Infinity]
  }
  if (!Array.isArray(given) || given.length !== 2) refuse('eigenvalues', 'an array of two numbers', show(given), 'type')
  const [mu, L] = given as [number, number]
  number(mu, 'eigenvalues[0]', { positive: true })
  return [mu, checkMost(L, 'eigenvalues[1]', mu)]
}

function checkWorkers(workers: Workers): void {
  const { executor, task } = optionsOf(workers, 'workers', ['executor', 'task'])
  if (typeof executor?.map !== 'function')
    refuse('workers.executor', 'an executor of @opt/executor', show(executor), 'type')
  if (typeof task !== 'function' && typeof task?.module !== 'string')
    refuse('workers.task', 'a task or a function', show(task), 'type')
}
