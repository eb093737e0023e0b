/**
 * Edits what an attention head attends to by the smallest or lowest-rank update, with a proof that none is smaller.
 *
 * @packageDocumentation
 */

export { type AttentionSVMOptions, type AttentionSVMReport, attentionSVM } from './attention-svm.ts'
export type { Cases, Tokens } from './cases.ts'
export type { AttentionSVMSolution, DualRow } from './svm/answer.ts'
export type { AttentionSVMProblem } from './svm/read-problem.ts'
export type { AttentionSVMState } from './svm/state.ts'
