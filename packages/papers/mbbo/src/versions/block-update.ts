import type { Block } from '../problem.ts'

/** Which data a block is looked at with: what its levels take as batch; undefined means all. */
export interface BlockSample<UpperBatch = ArrayLike<number>, LowerBatch = UpperBatch> {
  upper?: UpperBatch | undefined
  lower?: LowerBatch | undefined
}

/** What an update of a block reads. All arrays of the previous point are as they were one step ago. */
export interface BlockInput {
  x: Float64Array
  previousX: Float64Array
  /** y_i */
  y: Float64Array
  previousY: Float64Array
  /** What gives the adjoint: H_i, row-major (version 1), or v_i (version 2). */
  adjoint: Float64Array
  previousAdjoint: Float64Array
  /** s_i, the estimate of the lower level's gradient in y. */
  s: Float64Array
  /** u_i, the estimate of the gradient of v_i's quadratic (version 2); H_i once more (version 1). */
  tracked: Float64Array
  sample: BlockSample<unknown> | undefined
  /** Whether the estimates are first samples. */
  first: boolean
}

/** What an update of a block writes. */
export interface BlockOutput {
  /** The new s_i. */
  s: Float64Array
  /** The new H_i (version 1) or u_i (version 2). */
  tracked: Float64Array
  /** grad_x F_i - d2xy g_i a_i at the present point. */
  G: Float64Array
  /** The same at the previous point, on the same sample. */
  previousG: Float64Array
}

/** The estimates of one version of the algorithm; see {@link AdjointUpdate} and {@link HessianUpdate}. */
export interface BlockUpdate {
  run(block: Block, input: BlockInput, out: BlockOutput): void
}

/** Weights of the MSVR estimator. */
export interface Weights {
  alpha: number
  gamma: number
}

/** The weights of a first sample. */
export const FIRST: Weights = { alpha: 1, gamma: 0 }
