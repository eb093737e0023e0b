/**
 * Lion and Lion-K, the kernels, and the theory as tools.
 *
 * @packageDocumentation
 */

export type { LionConstants, Objective } from './constants.ts'
export {
  type ConstrainedOptions,
  type ConstrainedReport,
  type ConstrainedSolution,
  constrained,
  kktResidual,
} from './constrained.ts'
export { constraintViolation, type Decay, entryEnvelope, stepsToEnter } from './entry.ts'
export { type FlowOptions, type FlowReport, type FlowSolution, lionFlow } from './flow.ts'
export type { Kernel } from './kernel.ts'
export { group21, nuclear } from './kernels/matrices.ts'
export { linf, lp, topk } from './kernels/norms.ts'
export { deadzone, huber, l1, logcosh, pseudohuber, relu, squared } from './kernels/separable.ts'
export { logsumexp } from './kernels/simplex.ts'
export { Lion, type LionHyper } from './lion.ts'
export { LionK, type LionKHyper } from './lion-k.ts'
export {
  type FlowConstants,
  type FlowLyapunov,
  flowLyapunov,
  type LyapunovPoint,
  type LyapunovStep,
  lyapunov,
  lyapunovStep,
} from './lyapunov.ts'
