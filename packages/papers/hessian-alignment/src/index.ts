export type { AlignmentMethod, AlignmentOptions } from './alignment-options.ts'
export { type AlignmentAnswer, alignmentPenalty } from './alignment-penalty.ts'
export { type ColouredDigits, type ColourOptions, colourDigits } from './data/colour-digits.ts'
export { rotateImages } from './data/rotate-images.ts'
export type { Domain, HeadParameters, Rows } from './head/intake.ts'
export { type HeadOracle, headOracle } from './head-oracle.ts'
export type { Probes } from './penalties/probes.ts'
export { VarianceAverage } from './penalties/variance-average.ts'
export { AlignedModel, type AlignedModelState } from './training/aligned-model.ts'
export type { AcrossCheckpoint } from './training/checkpoint.ts'
export type { InputDomain } from './training/domains.ts'
export type { AcrossOptions, TrainingMethod } from './training/options.ts'
export { type AcrossAnswer, type AcrossReport, trainAcrossDomains } from './training/train-across-domains.ts'
export { type DomainDistance, domainDistance } from './transfer/domain-distance.ts'
export { type DomainReport, domainReport, type ReportedDomain, type ReportOptions } from './transfer/domain-report.ts'
export { type BallOptions, type TransferBound, transferBound } from './transfer/transfer-bound.ts'
export {
  type TransferAnswer,
  type TransferOptions,
  type TransferReport,
  transferMeasure,
} from './transfer/transfer-measure.ts'
