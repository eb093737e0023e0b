import { log, type Solver, solver, type VectorLike, wait } from '@opt/core'
import { annealing } from './annealing.ts'
import { type Ending, type Level, reportOf, type Steps } from './level.ts'
import { SPARSE_SHARE } from './newton-direction.ts'
import { NewtonPlan } from './newton-plan.ts'
import { onBackend } from './on-backend.ts'
import type { SinkhornNewtonOptions, SinkhornNewtonReport, SinkhornNewtonSolution } from './options.ts'
import type { CostLike } from './problem.ts'

/**
 * Entropic optimal transport by sparse Newton iterations on the Sinkhorn potential (Tang et al., ICLR 2024):
 *
 *     min <C, P> + epsilon KL(P | a b')   subject to   P 1 = a,  P' 1 = b
 *
 * The annealing of epsilon, the adaptive count of kept entries and what follows where sparse Newton gives up are ours;
 * `annealing: false` with a fixed `warmup` and `keep` is the paper's algorithm.
 *
 * @param cost n x m; Infinity forbids a pair.
 * @param a n nonnegative masses; zeros are allowed.
 * @param b m nonnegative masses of the same sum.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export const sinkhornNewton: Solver<
  [cost: CostLike, a: VectorLike, b: VectorLike, options: SinkhornNewtonOptions],
  SinkhornNewtonReport,
  SinkhornNewtonSolution
> = solver(
  'sinkhornNewton',
  function* (
    cost: CostLike,
    a: VectorLike,
    b: VectorLike,
    options: SinkhornNewtonOptions,
  ): Steps<SinkhornNewtonSolution> {
    return yield* onBackend(
      [cost, a, b, options],
      { sinkhornIterations: 0, newtonIterations: 0, cgIterations: 0 },
      (plan, problem) => annealing(sparseNewton, plan, problem, options),
      (problem) => annealing(sparseNewton, new NewtonPlan(problem), problem, options),
    )
  },
  { tolerance: 1e-9, maxIterations: 1000 },
)

/** Newton steps before a level is given up. */
const STEPS = { onTheWay: 30, last: 60 }
/** On the last level Sinkhorn goes on instead of Newton when it is predicted to be this close to the end; up to so many iterations. */
const NEAR = 20
const SINKHORN_AT_MOST = 40
const BACKTRACKS = 30

/** SNS at one epsilon: a few Sinkhorn iterations, then Newton steps with the small entries of P left out of the Hessian. */
function* sparseNewton(level: Level): Steps<Ending> {
  yield* wait(level.plan.evaluate())
  return (yield* warmUp(level)) ?? (yield* newton(level))
}

/** Sinkhorn iterations. Returns nothing where Newton is to go on. */
function* warmUp(level: Level): Steps<Ending | undefined> {
  const { plan, settings, target, last, counts } = level
  const errors: number[] = []
  let iterations = settings.warmup
  for (let k = 0; k < iterations; k++) {
    let error = yield* wait(plan.sinkhorn(iterations - k - 1, target))
    if (Number.isNaN(error)) return 'failed'
    if (error <= target) {
      yield* wait(plan.absorb())
      if (!(yield* inRange(plan))) return 'failed'
      if (last) error = yield* wait(plan.error())
    }
    counts.sinkhornIterations++
    errors.push(error)
    const told = yield reportOf(level, 'sinkhorn', error)
    if (told || error <= target) {
      yield* wait(plan.absorb())
      return told ? 'told' : 'reached'
    }
    if (k === settings.warmup - 1 && last && settings.keep === 'auto' && k >= 2) {
      const rate = Math.sqrt(error / errors[k - 2])
      if (rate < 1 && log(target / error) / log(rate) <= NEAR) iterations = SINKHORN_AT_MOST
    }
  }
  yield* wait(plan.absorb())
  return undefined
}

function* newton(level: Level): Steps<Ending> {
  const { plan, settings, target, last, counts } = level
  const { rows, columns } = plan
  const limit = settings.annealing ? (last ? STEPS.last : STEPS.onTheWay) : Infinity
  let forcing = settings.forcing
  let slow = 0
  let previous = Infinity
  let step = { kept: 0, cg: 0, step: 0 }

  for (let k = 0; ; k++) {
    const error = yield* wait(plan.balance())
    if (Number.isNaN(error)) return 'failed'
    const done = error <= target
    if (done && !(yield* inRange(plan))) return 'failed'
    if (k > 0 || done) {
      const phase = k > 0 ? 'newton' : 'sinkhorn'
      counts[`${phase}Iterations`]++
      const report = reportOf(level, phase, error)
      if (yield k > 0 ? { ...report, ...step } : report) return 'told'
    }
    if (done) return 'reached'
    if (k >= limit) return 'failed'
    slow = error > 0.5 * previous ? slow + 1 : 0
    previous = error
    if (slow >= 2) {
      if (last && error < plan.floor) return 'floor'
      forcing /= 10
      slow = 0
    }

    // Sparsify: the largest entries, as few as drop no more mass than the present error allows.
    const { value, kept } = yield* wait(
      settings.keep === 'auto'
        ? plan.thresholdByMass(forcing * Math.min(1, Math.sqrt(error)), 2 * Math.max(rows, columns))
        : plan.thresholdByCount(settings.keep),
    )
    const sparse = kept <= SPARSE_SHARE * rows * columns
    const { cg, slope, reach } = yield* wait(plan.direct(sparse ? value : null, Math.min(0.1, Math.sqrt(error))))
    counts.cgIterations += cg

    // Line search on the slope of the concave potential: differences of its values would drown in rounding.
    if (!(slope > 0)) return 'failed'
    let alpha = Math.min(1, (60 * plan.epsilon) / reach)
    let trial = 0
    for (; trial < BACKTRACKS; trial++) {
      const { slope: s, empty } = yield* wait(plan.tryStep(alpha))
      if (s >= -0.5 * slope && !empty) break
      const shrink = slope / (slope - s)
      alpha *= Number.isFinite(shrink) ? Math.min(0.5, Math.max(0.1, shrink)) : 0.1
    }
    if (trial === BACKTRACKS) return 'failed'
    plan.accept()
    step = { kept: sparse ? kept : rows * columns, cg, step: alpha }
  }
}

/** Did no scaling leave the range of numbers? */
function* inRange(plan: Level['plan']): Steps<boolean> {
  const { f, g } = yield* wait(plan.potentials())
  return [f, g].every((potential) => potential.every(Number.isFinite))
}
