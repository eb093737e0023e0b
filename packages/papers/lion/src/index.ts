/**
 * Lion and Lion-K, the convex functions K, and the theory as tools.
 *
 * @packageDocumentation
 */

export {
  type ConstrainedOptions,
  type ConstrainedReport,
  type ConstrainedSolution,
  constrained,
  kktResidual,
} from './constrained.ts'
export type { ConvexFunction } from './convex/convex-function.ts'
export { group21, nuclear } from './convex/matrices.ts'
export { linf, lp, topk } from './convex/norms.ts'
export { deadzone, huber, l1, logcosh, pseudohuber, relu, squared } from './convex/separable.ts'
export { logsumexp } from './convex/simplex.ts'
export { Lion, type LionHyper } from './lion.ts'
export { LionK, type LionKHyper } from './lion-k.ts'
export type { LionConstants, Objective } from './theory/checks.ts'
export { constraintViolation, type Decay, entryEnvelope, stepsToEnter } from './theory/envelope.ts'
export {
  type FlowConstants,
  type FlowLyapunov,
  type FlowOptions,
  type FlowReport,
  type FlowSolution,
  flowLyapunov,
  lionFlow,
} from './theory/flow.ts'
export { type LyapunovPoint, type LyapunovStep, lyapunov, lyapunovStep } from './theory/lyapunov.ts'
