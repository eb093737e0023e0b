/**
 * Bilevel problems whose lower level has constraints, by gradients alone: one loop, no Hessian, no inner solve.
 *
 * @packageDocumentation
 */

export { type BilevelToy, type BilevelToyOptions, bilevelToy } from './bilevel-toy.ts'
export {
  type LinearConstraintParts,
  type LinearConstraints,
  linearConstraints,
} from './linear/linear-constraints.ts'
export { type LvHbaReport, type LvHbaSolution, lvHba } from './lv-hba.ts'
export { gapAndResidual, type MeasuredPoint, type MeasureOptions, type Measures, type PointValues } from './measures.ts'
export type { LvHbaOptions, LvHbaStart, Penalty, ValueFunctionParameters } from './options.ts'
export type { ConstrainedProblem, ConvexLevel } from './problem.ts'
export { type InnerConstants, stableEta } from './stable-eta.ts'
export { type SvmSolution, type WeightedSvm, type WeightedSvmOptions, weightedSvm } from './svm/weighted-svm.ts'
export {
  type ValueFunctionOptions,
  type ValueFunctionPoint,
  type ValueFunctionSolution,
  valueFunction,
} from './value-function.ts'
