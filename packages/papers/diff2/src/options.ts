import type { Executor, Task } from '@opt/executor'
import type { ClientReply, ClientRequest } from './clients/client-task.ts'
import type { Adjacency } from './clients/local-steps.ts'
import type { Noise } from './noise/noise.ts'
import type { Multipliers } from './schedule-options.ts'
import type { Weighting } from './sensitivity.ts'
import type { Diff2State } from './state.ts'

/** Where the noise of a message is added. */
export type NoiseAt = 'server' | 'clients' | 'local'

/** The local steps of DIFF2-BVR-L-SGD. */
export interface LocalOptions {
  /** K, the steps of a round, on one client; 1 is DIFF2-GD. */
  steps: number
  /** C3, to which differences are clipped, times the length of the local step. */
  clip: number
  /** Whether a step sees all records of the client, a sample of fixed size, or each with the same chance. Default 'all'. */
  sampling?: 'all' | 'fixed' | 'poisson' | undefined
  /** b, the size of a sample, or the mean size. Not with 'all'. */
  batch?: number | undefined
  /** u_1, u_2, u_3: how the budget is shared. Default [0.6, 0.1, 0.3]. */
  shares?: readonly [number, number, number] | undefined
  /** Whether clients take turns, or are drawn, before training. Default 'round-robin'. */
  order?: 'round-robin' | 'random' | undefined
}

/** Where clients compute their messages. */
export interface Workers {
  /** An executor of @opt/executor. */
  executor: Pick<Executor, 'map'>
  /** A task whose function was made by `clientTask` of the same clients; a bare one for `inProcess()`. */
  task: Task<ClientRequest, ClientReply> | ((request: ClientRequest) => ClientReply)
}

/** Options of {@link dpGradientDescent}. */
export interface DPGradientDescentOptions {
  /** The budget; with `multipliers` not needed, but kept if given. */
  epsilon?: number | undefined
  /** Should be far below 1 / number of records. */
  delta: number
  /** R */
  rounds: number
  /** C1, to which gradients are clipped. */
  clipGradient: number
  /** eta */
  learningRate: number
  /** What a guarantee hides: a 'replaced' record (default), or that one counts as nothing ('zero-out'). */
  adjacency?: Adjacency | undefined
  /** Whether every client counts alike (default), or every record ('examples'). */
  weighting?: Weighting | undefined
  /** 'exact' (default): as little noise as the budget allows; 'paper': that of the authors' code. */
  calibration?: 'exact' | 'paper' | undefined
  /** Default {@link secureNoise}. */
  noise?: Noise | undefined
  /**
   * 'server' (default): whoever adds up the messages adds noise, and is trusted. 'clients': each adds its share, for secure
   * aggregation, which reveals sums only. 'local': each adds all that its own message needs.
   */
  noiseAt?: NoiseAt | undefined
  /** Noise that is given, as deviation / sensitivity. Default: what the budget asks for. */
  multipliers?: Partial<Multipliers> | undefined
  /** Writes the gradient at x of a term that depends on no records; it is not clipped. */
  regularizer?: ((x: Float64Array, out: Float64Array) => void) | undefined
  /** Whether the answer has the mean of the points of the last fifth of the rounds. Default false. */
  average?: boolean | undefined
  /** Lets clients compute elsewhere, with `diff2.async`. Default: here, one after the other. */
  workers?: Workers | undefined
  /** Called with the state after every round. */
  checkpoint?: ((state: Diff2State) => void) | undefined
  /** A state of a run with the same options and clients, to go on from. Never go on twice from one. */
  resume?: Diff2State | undefined
}

/** Options of {@link diff2}. */
export interface Diff2Options extends DPGradientDescentOptions {
  /** T: every T-th round releases a gradient, the others differences. 3 to 12 is usual. */
  restart: number
  /** C2, to which differences are clipped, times the length of the step. Not needed with restart 1. */
  clipDifference?: number | undefined
  /** u, the share of the budget (mu^2) that gradients have. Default 0.8. */
  share?: number | undefined
  /** Local steps between rounds: DIFF2-BVR-L-SGD. Default none: DIFF2-GD. */
  local?: LocalOptions | undefined
}

/** The names of {@link DPGradientDescentOptions}. */
export const DP_OPTIONS: readonly (keyof DPGradientDescentOptions)[] = [
  'epsilon',
  'delta',
  'rounds',
  'clipGradient',
  'learningRate',
  'adjacency',
  'weighting',
  'calibration',
  'noise',
  'noiseAt',
  'multipliers',
  'regularizer',
  'average',
  'workers',
  'checkpoint',
  'resume',
]

/** The names of {@link Diff2Options}. */
export const DIFF2_OPTIONS: readonly (keyof Diff2Options)[] = [
  ...DP_OPTIONS,
  'restart',
  'clipDifference',
  'share',
  'local',
]
