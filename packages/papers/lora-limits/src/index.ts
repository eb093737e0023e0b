/**
 * LoRA gradients of an attention head: exact on long sequences in linear memory, or in almost linear time below a norm
 * threshold.
 *
 * @packageDocumentation
 */

export type { LoraSolution } from './answer.ts'
export type { SavedGradients } from './attention/state.ts'
export type { LoraReport, Method } from './attention/task.ts'
export type { Adapter, AttentionBatch, AttentionHead, OutputGradient, Role } from './head.ts'
export { loraGradients } from './lora-gradients.ts'
export { LoraHead } from './lora-head.ts'
export type { LoraHeadOptions, SavedLoraHead } from './lora-head-options.ts'
export type { LoraOptions } from './options.ts'
export { type ExpPolynomial, type ExpPolynomialOptions, expPolynomial } from './polynomial/exp-polynomial.ts'
export { type Monomials, monomials } from './polynomial/monomials.ts'
export { type AttentionRows, attentionRows } from './sampling/attention-rows.ts'
export { type SampledGradients, type SampledOptions, sampledGradients } from './sampling/sampled-gradients.ts'
export type { Certificate } from './theory/certificate.ts'
export {
  type DegreeFigures,
  type NormCondition,
  type NormConditionOptions,
  normCondition,
} from './theory/norm-condition.ts'
export { type Plan, type PlanOptions, plan } from './theory/plan.ts'
