/**
 * Edits what an attention head attends to by the smallest or lowest-rank update, with a proof that none is smaller.
 *
 * @packageDocumentation
 */

export { type AttentionSVMOptions, type AttentionSVMReport, attentionSVM } from './attention-svm.ts'
export { type Audit, type AuditedHead, type AuditOptions, auditAttention } from './audit.ts'
export type { Cases, Tokens } from './cases.ts'
export { fromProjections } from './from-projections.ts'
export { type HeadOnCases, type Selection, selection } from './selection.ts'
export type { AttentionSVMSolution, DualRow } from './svm/answer.ts'
export type { AttentionSVMProblem } from './svm/read-problem.ts'
export type { AttentionSVMState } from './svm/state.ts'
export {
  type Choice,
  isLocallyOptimal,
  optimalMixture,
  optimalTokens,
  type ScoredTokens,
  tokenScores,
} from './token-scores.ts'
export { type AttentionGradient, attentionGradient } from './training/gradient.ts'
export { type Head, linearHead, quadraticHead, reluHead } from './training/heads.ts'
export type { LossName } from './training/losses.ts'
export type { TrainingProblem } from './training/objective.ts'
export {
  type PathPoint,
  type RegularizationPathOptions,
  type RegularizationPathReport,
  regularizationPath,
} from './training/regularization-path.ts'
export {
  type TrainAttentionOptions,
  type TrainAttentionReport,
  type TrainAttentionSolution,
  trainAttention,
} from './training/train-attention.ts'
