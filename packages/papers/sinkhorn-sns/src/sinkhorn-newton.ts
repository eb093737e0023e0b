import { log, type Solver, solver, type VectorLike, wait } from '@opt/core'
import { anneal } from './annealing.ts'
import { type Ending, type Level, reportOf, type Steps } from './level.ts'
import { onBackend } from './on-backend.ts'
import {
  checkSettings,
  type SinkhornNewtonOptions,
  type SinkhornNewtonReport,
  type SinkhornNewtonSolution,
} from './options.ts'
import { SPARSE_SHARE } from './plan/newton-direction.ts'
import { NewtonPlan } from './plan/newton-plan.ts'
import { areFinite, type TransportPlan } from './plan/transport-plan.ts'
import type { CostLike } from './problem/cost-rows.ts'

/**
 * Entropic optimal transport by sparse Newton iterations on the Sinkhorn potential (Tang et al., ICLR 2024):
 *
 *     min <C, P> + epsilon KL(P | a b')   subject to   P 1 = a,  P' 1 = b
 *
 * The annealing of epsilon, the adaptive number of kept entries and what follows where sparse Newton gives up are ours;
 * `annealing: false` with a fixed `warmup` and `keep` is the paper's algorithm alone, which may stall.
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
  function* (cost, a, b, options) {
    const settings = checkSettings(options)
    const answer = yield* onBackend(cost, a, b, options, (problem, device) =>
      anneal(sparseNewton, device ?? new NewtonPlan(problem), problem, settings),
    )
    return { sinkhornIterations: 0, newtonIterations: 0, cgIterations: 0, ...answer }
  },
  {
    tolerance: 1e-9,
    maxIterations: 1000,
    options: ['epsilon', 'initial', 'annealing', 'warmup', 'keep', 'forcing', 'backend'],
  },
)

/** Newton steps before a level is given up. */
const STEPS = { onTheWay: 30, last: 60 }
/**
 * Work of Newton's method on a level in Sinkhorn iterations, counted in passes over P: the balance and the choice of
 * entries; on the last level also the exponentials of all entries that confirm the error. Then the steps, ...
 */
const PASSES = { onTheWay: 4, last: 20 }
const STEPS_NEEDED = { onTheWay: 1, last: 4 }
/** ... of each of which the kept entries take so much beside their two products a CG iteration. */
const KEPT_PASSES = 12
const BACKTRACKS = 30

/**
 * SNS at one epsilon: a few Sinkhorn iterations, then Newton steps with the small entries of P left out of the
 * Hessian.
 */
function* sparseNewton(level: Level): Steps<Ending> {
  return (yield* warmUp(level)) ?? (yield* newton(level))
}

/** Warms up with Sinkhorn iterations. Returns how the level ended, or undefined where Newton is to go on. */
function* warmUp(level: Level): Steps<Ending | undefined> {
  const { plan, settings, target, last, counts } = level
  const errors: number[] = []
  for (let k = 0; ; k++) {
    let error = yield* wait(plan.sinkhorn(Math.max(0, settings.warmup - k - 1), target))
    if (Number.isNaN(error)) return 'failed'
    if (error <= target) {
      if (!(yield* inRange(plan))) return 'failed'
      if (last) {
        yield* wait(plan.absorb())
        error = yield* wait(plan.error())
      }
    }
    counts.sinkhornIterations++
    errors.push(error)
    const stop = yield reportOf(level, 'sinkhorn', error)
    if (stop) {
      yield* wait(plan.absorb())
      return 'stopped'
    }
    if (error <= target) return 'reached'
    if (plan.strained) yield* wait(plan.balance())
    if (k < settings.warmup - 1) continue
    if (settings.keep !== 'auto' || k < 2) return undefined
    const rate = Math.sqrt(error / errors[k - 2])
    if (!(rate < 1 && log(target / error) / log(rate) <= newtonWork(level))) return undefined
  }
}

/** Predicts the work of Newton's method on a level, in Sinkhorn iterations, from the last Newton step. */
function newtonWork({ last, newest }: Level): number {
  const on = last ? 'last' : 'onTheWay'
  const share = newest.kept / (newest.rows * newest.columns)
  return PASSES[on] + STEPS_NEEDED[on] * share * (2 * newest.cg + KEPT_PASSES)
}

/** Newton's method with a sparsified Hessian and a line search. */
function* newton(level: Level): Steps<Ending> {
  const { plan, settings, target, last, counts } = level
  const { rows, columns } = plan
  const limit = settings.annealing ? (last ? STEPS.last : STEPS.onTheWay) : Infinity
  let forcing = settings.forcing
  let slow = 0
  let previous = Infinity
  let step = { kept: 0, cg: 0, step: 0 }
  let screens = settings.keep === 'auto'

  for (let k = 0; ; k++) {
    const error = yield* wait(plan.balance(last ? target : 0))
    if (Number.isNaN(error)) return 'failed'
    const done = error <= target
    if (done && !(yield* inRange(plan))) return 'failed'
    if (k > 0 || done) {
      const phase = k > 0 ? 'newton' : 'sinkhorn'
      counts[`${phase}Iterations`]++
      const report = reportOf(level, phase, error)
      const stop = yield k > 0 ? { ...report, ...step } : report
      if (stop) return 'stopped'
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

    // Sparsify: all entries that matter from here on, if they are few; or else the largest entries, as few as drop no
    // more mass than the present error allows.
    if (screens) plan.screen?.(error, target)
    const { value, kept } = yield* wait(
      settings.keep === 'auto'
        ? plan.thresholdByMass(forcing * Math.min(1, Math.sqrt(error)), 2 * Math.max(rows, columns))
        : plan.thresholdByCount(settings.keep),
    )
    const sparse = kept <= SPARSE_SHARE * rows * columns
    const { cg, slope, reach } = yield* wait(
      plan.direct(sparse ? value : null, Math.min(0.1, Math.max(Math.sqrt(error), (0.1 * target) / error))),
    )
    counts.cgIterations += cg
    step = { kept: sparse ? kept : rows * columns, cg, step: 0 }
    Object.assign(level.newest, { rows, columns, ...step })

    const alpha = slope > 0 ? yield* lineSearch(plan, slope, Math.min(1, (60 * plan.epsilon) / reach)) : null
    if (alpha !== null) {
      plan.accept()
      step.step = alpha
    } else if (plan.unscreen?.()) screens = false
    else return 'failed'
  }
}

/**
 * Backtracks until the slope of the concave potential is no longer far below 0: differences of its values would drown
 * in rounding. Returns the length of the step, or null when none will do.
 */
function* lineSearch(plan: TransportPlan, slope: number, longest: number): Steps<number | null> {
  let alpha = longest
  for (let trial = 0; trial < BACKTRACKS; trial++) {
    const { slope: there, empty } = yield* wait(plan.tryStep(alpha))
    if (there >= -0.5 * slope && !empty) return alpha
    alpha *= Math.min(0.7, Math.max(0.1, topOfExponential(1 - there / slope)))
  }
  return null
}

/**
 * Where the slope 1 - (exp(k t) - 1) / k of a step along which P grows by exp(k t) is 0, when it has fallen by q at t = 1
 * (Newton's model, with its curvature of 1 at the start).
 */
function topOfExponential(q: number): number {
  if (!Number.isFinite(q)) return 0
  let k = 1
  for (let turn = 0; turn < 30; turn++) k = log(1 + q * k)
  return log(1 + k) / k
}

/** Whether no potential has left the range of numbers. */
function* inRange(plan: TransportPlan): Steps<boolean> {
  return areFinite(yield* wait(plan.potentials()))
}
