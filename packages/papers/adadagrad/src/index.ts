/**
 * AdAdaGrad: batch sizes that grow by themselves, for AdaGrad, AdaGradNorm and any other optimizer.
 *
 * @packageDocumentation
 */

export {
  type AdAdaGradCheckpoint,
  type AdAdaGradOptions,
  type AdAdaGradReport,
  type AdAdaGradSolution,
  adadagrad,
  type Optimizer,
  type Update,
} from './adadagrad.ts'
export { AdaGradNorm, type AdaGradNormHyper } from './adagrad-norm.ts'
export {
  BatchSizeTest,
  type BatchSizeTestOptions,
  type BatchSizeTestState,
  type NeededStatistics,
} from './batch-size-test.ts'
export { type Evaluation, networkOracle, type Oracle } from './oracle.ts'
export { poolStatistics } from './pool-statistics.ts'
export {
  type BatchStatistics,
  type FullStatistics,
  type PerExample,
  type StatisticsOptions,
  statisticsFrom,
  statisticsOf,
} from './statistics.ts'
export { suggestedBatchSize, type TestName, type TestOptions } from './suggested-batch-size.ts'
