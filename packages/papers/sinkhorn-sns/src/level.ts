import { log, type TransportPlan, wait } from '@opt/core'
import { SPARSE_SHARE } from './newton-direction.ts'
import type { Counts, Settings, SinkhornNewtonReport } from './options.ts'

/** How a level ended: at its target; without getting there; where rounding ends; or because the driver said so. */
export type Ending = 'reached' | 'failed' | 'floor' | 'told'

/** One level of regularisation: the plan stands at its potentials and epsilon. */
export interface Level {
  plan: TransportPlan
  settings: Settings
  /** L1 error to reach. */
  target: number
  /** Is this the user's own epsilon? */
  last: boolean
  /** Unit of epsilon in reports. */
  unit: number
  counts: Counts
}

type Steps = Generator<SinkhornNewtonReport, Ending, boolean>

/** Newton steps before a level is given up. */
const STEPS = { onTheWay: 30, last: 60 }
/** On the last level Sinkhorn goes on instead of Newton when it is predicted to be this close to the end; up to so many iterations. */
const NEAR = 20
const SINKHORN_AT_MOST = 40
const BACKTRACKS = 30

/** SNS on one level: a few Sinkhorn iterations, then sparse Newton steps. */
export function* solveLevel(level: Level): Steps {
  yield* wait(level.plan.evaluate())
  const ending = yield* warmUp(level)
  return ending === 'failed' ? yield* newton(level) : ending
}

function* warmUp({ plan, settings, target, last, unit, counts }: Level): Steps {
  const errors: number[] = []
  let iterations = settings.warmup
  for (let k = 0; k < iterations; k++) {
    const error = yield* wait(plan.sinkhorn(iterations - k - 1, target))
    counts.sinkhornIterations++
    errors.push(error)
    const report = { epsilon: plan.epsilon / unit, levelError: error, error: last ? error : Infinity }
    const told = yield { phase: 'sinkhorn', ...report }
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
  return 'failed'
}

function* newton({ plan, settings, target, last, unit, counts }: Level): Steps {
  const { rows, columns } = plan
  const limit = settings.annealing ? (last ? STEPS.last : STEPS.onTheWay) : Infinity
  let forcing = settings.forcing
  let slow = 0
  let previous = Infinity
  let step = { kept: 0, cg: 0, step: 0 }

  for (let k = 0; ; k++) {
    const error = yield* wait(plan.balance())
    const done = error <= target
    if (k > 0 || done) {
      const phase = k > 0 ? 'newton' : 'sinkhorn'
      counts[`${phase}Iterations`]++
      const report = { epsilon: plan.epsilon / unit, levelError: error, error: last ? error : Infinity }
      if (yield k > 0 ? { phase, ...report, ...step } : { phase, ...report }) return 'told'
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
