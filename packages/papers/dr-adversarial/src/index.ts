/**
 * Adversarial training with doubly robust weights, its baselines, and audits under plain and strong attacks.
 *
 * @packageDocumentation
 */

export {
  type BarrierAttackOptions,
  barrierAttack,
  type MarginPgdOptions,
  marginPgd,
  type StartOptions,
} from './attacks/attacks.ts'
export type { BarrierMethod, BarrierOptions } from './attacks/barrier.ts'
export type { BoxOptions } from './attacks/box.ts'
export { type Hypergradient, type HypergradientOptions, hypergradient } from './hypergradient.ts'
export type { LabelledData } from './model/data.ts'
export type { AdversarialModel, TrainableModel } from './model/oracle.ts'
export type { ClassAccuracies } from './report/class-accuracies.ts'
export { type AuditReport, type RobustAudit, type RobustReportOptions, robustReport } from './report/robust-report.ts'
export type {
  Method,
  RobustAnswer,
  RobustCheckpoint,
  RobustOptions,
  RobustReport,
  RobustStep,
  WeighedBatch,
} from './training/options.ts'
export { trainRobust } from './training/train-robust.ts'
export {
  type CompositionalOptions,
  type CompositionalState,
  CompositionalWeights,
} from './weights/compositional-weights.ts'
export { type GairatKind, type GairatOptions, gairatWeights } from './weights/gairat.ts'
export { type KlWeights, klWeights } from './weights/kl-weights.ts'
export { type MailOptions, mailWeights } from './weights/mail.ts'
export { classMargins } from './weights/margins.ts'
export { type MartLoss, type MartOptions, martLoss } from './weights/mart.ts'
