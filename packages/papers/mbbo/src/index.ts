/**
 * One set of weights or penalties for many models at once: a step touches a few models and a few examples of each.
 *
 * @packageDocumentation
 */

export { type BlockTaskInput, type BlockTaskOutput, blockTask, type UpdateParameters } from './block-task.ts'
export { type BsvrbReport, type BsvrbSolution, bsvrb } from './bsvrb.ts'
export { type ExactMeasures, type Measures, measure } from './measures.ts'
export { type MsvrEstimator, type MsvrOptions, msvr, msvrGamma } from './msvr.ts'
export type { BsvrbOptions, StepOptions, Workers } from './options.ts'
export type { Blocks, MultiBlockProblem } from './problem.ts'
export { type NoiseOptions, type QuadraticBlocks, quadraticBlocks } from './problems/quadratic-blocks.ts'
export { type TemperatureLogistic, temperatureLogistic } from './problems/temperature-logistic.ts'
export {
  type BlockSamplerOptions,
  blockSampler,
  type Recording,
  recordSampler,
  replaySampler,
  type Sampler,
} from './samplers.ts'
export { type SobaOptions, type SobaReport, type SobaSolution, type SobaStart, soba } from './soba.ts'
export { stableTau } from './stable-tau.ts'
export type { BsvrbStart, BsvrbState, Moves, SavedState, Updates } from './state.ts'
export type { BlockInput, BlockOutput, BlockSample } from './versions/block-update.ts'
export { projectSpectrum } from './versions/spectrum.ts'
