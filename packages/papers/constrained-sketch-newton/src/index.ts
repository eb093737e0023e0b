/**
 * Minimises f(x) subject to c(x) = 0, globally: Newton's method on the KKT system with exact, Kaczmarz, Gaussian or MINRES inner solves.
 *
 * @packageDocumentation
 */

export { adaSketchNewton } from './ada-sketch-newton.ts'
export { type AugmentedLagrangianOptions, augmentedLagrangian } from './baselines/augmented-lagrangian.ts'
export { type L1SqpOptions, l1Sqp } from './baselines/l1-sqp.ts'
export { type NewtonKktSolution, newtonKkt } from './baselines/newton-kkt.ts'
export {
  type CheckDerivativesOptions,
  checkDerivatives,
  type DerivativeCheck,
  type DerivativesCheck,
} from './check-derivatives.ts'
export { direct } from './inner/direct.ts'
export { type GaussianOptions, gaussian } from './inner/gaussian.ts'
export { type GmresOptions, gmres } from './inner/gmres.ts'
export type { InnerSolver, SystemSolver } from './inner/inner-solver.ts'
export { type KaczmarzOptions, kaczmarz } from './inner/kaczmarz.ts'
export { minres } from './inner/minres.ts'
export { type KktSystem, kktSystem, type ShiftOptions } from './kkt-system.ts'
export { exactAugmentedLagrangian, type MeritValue, type Penalties } from './merit.ts'
export type { AdaSketchNewtonOptions, AdaSketchNewtonState } from './options.ts'
export type { ConstrainedProblem } from './problem.ts'
export { circleFit } from './problems/circle-fit.ts'
export { type LogisticConstraints, logisticRegression } from './problems/logistic-regression.ts'
export { pdeControl } from './problems/pde-control.ts'
export { type TestProblem, testProblem, testProblemNames } from './problems/test-problems.ts'
export { contractionRate } from './sketch/contraction-rate.ts'
export {
  type SketchAndProjectOptions,
  type SketchAndProjectSolution,
  sketchAndProject,
} from './sketch/sketch-and-project.ts'
export type { AdaSketchNewtonReport, AdaSketchNewtonSolution } from './solution.ts'
