import type { Matrix, MatrixLike, OptionNames, Random, Report } from '@opt/core'
import type { DenseNetwork, NetworkState, Stepper } from '@opt/nn'
import { MAP_LOSS_OPTIONS, type MapLossOptions, type MapLossState } from './map-loss.ts'
import type { OutputChoice } from './outputs.ts'
import type { TrainingState } from './training.ts'

/** Options of {@link learnMap}. */
export interface LearnMapOptions extends MapLossOptions {
  /**
   * The weight of the gap: a number, one per step (the last one stays), or a function of the step. 0 fits the target by
   * any map. Default 1.
   */
  strength?: number | readonly number[] | ((step: number) => number) | undefined
  /** Steps of training. Default 1000. */
  steps?: number | undefined
  /** The optimizer of `network.parameters`. Default: Adam with a learning rate of 0.01. */
  optimizer?: Stepper | undefined
  /** The argument of `optimizer.step`. Default `network.gradients`. */
  gradients?: unknown
  /** How the map follows from the network's outputs V(x): 'free' (default), V; 'sphere', V / |V|; 'exponential', the point
   * of the unit sphere at the end of the geodesic from x along the tangent part of V; or {@link structured}. */
  output?: OutputChoice | undefined
  /** Points of x, and of z, per step. Default: all of them, at most 512; 256 where a function draws them. */
  batchSize?: number | undefined
  /** The seed of batches: an integer, or a generator to draw from (default 0). */
  seed?: number | Random | undefined
  /** Points kept out of training, of which every report of `every` steps (default 100) has the fit and the exact gap. */
  validation?: { x: MatrixLike; z: MatrixLike; every?: number | undefined } | undefined
  /** A checkpoint to continue from, bit for bit under the same options. */
  resume?: MapCheckpoint | undefined
}

/** The names of {@link LearnMapOptions}. */
export const LEARN_MAP_OPTIONS: OptionNames<LearnMapOptions> = [
  ...MAP_LOSS_OPTIONS,
  'strength',
  'steps',
  'optimizer',
  'gradients',
  'output',
  'batchSize',
  'seed',
  'validation',
  'resume',
]

/** Report of {@link learnMap} after each step, of the map before it. */
export interface LearnMapReport extends Report {
  /** NaN once the loss is not finite. */
  error?: number
  /** The number of steps done. */
  step: number
  /** fit + strength gap. */
  loss: number
  /** The Sinkhorn divergence between the images and z. */
  fit: number
  /** The entropic Monge gap; left out while the strength is 0. */
  gap?: number
  strength: number
  /** Iterations of all plans of the step together. */
  sinkhornIterations: number
  /** The largest L1 error of a plan's marginals. */
  sinkhornError: number
  /** Of the validation points: the Sinkhorn divergence, and the exact gap as a fraction of what the map pays. */
  validationFit?: number
  validationGap?: number
}

/** Everything that {@link learnMap} needs to continue; plain JSON. */
export interface MapCheckpoint extends TrainingState {
  step: number
  unconverged: number
  validation: MapLossState | null
  network: NetworkState
  /** The optimizer's state; null for an optimizer without `state`. */
  optimizer: unknown
}

/** Answer of {@link learnMap}. */
export interface LearnedMap {
  /** Maps points, k x d. */
  map(points: MatrixLike): Matrix
  network: DenseNetwork
  /** The fit and the entropic gap of the last points at the final parameters. */
  fit: number
  gap?: number
  /** Steps with a plan that did not reach `sinkhornTolerance`. */
  unconverged: number
  epsilonFitting: number
  epsilonGap: number
  checkpoint: MapCheckpoint
}
