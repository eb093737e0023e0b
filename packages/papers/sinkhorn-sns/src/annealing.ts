import { type TransportPlan, type TransportPotentials, wait } from '@opt/core'
import { carefulNewton, isLight, placeInLogs } from './careful-newton.ts'
import { type Ending, type Level, reportOf, type Steps } from './level.ts'
import { NewtonPlan } from './newton-plan.ts'
import { type SinkhornNewtonOptions, type SinkhornNewtonSolution, takeSettings } from './options.ts'
import { type Problem, takeInitial } from './problem.ts'
import { transportSolution } from './solution.ts'

/** Up to so many points on the smaller side careful Newton takes over at once; for more, levels are split first. */
const SMALL = 400
const SPLITS = 8
/** Beyond so many points a step of careful Newton takes a minute: Sinkhorn goes on instead. */
const MEDIUM = 3000
/** A level before the last one that got this far is a good place to go on from. */
const GOOD_ENOUGH = 0.05
/** Sinkhorn has stalled when so many iterations bring no smaller error. */
const PATIENCE = 100

/** Solves a problem at a large epsilon, then at smaller ones, each from the potentials of the one before. */
export function* annealing(
  solve: (level: Level) => Steps<Ending>,
  plan: TransportPlan,
  problem: Problem,
  options: SinkhornNewtonOptions,
): Steps<SinkhornNewtonSolution> {
  try {
    const settings = takeSettings(options)
    const { tolerance: target } = settings
    const counts = { sinkhornIterations: 0, newtonIterations: 0, cgIterations: 0 }
    const level: Level = { plan, settings, counts, unit: problem.scale, last: true, target }
    const start = takeInitial(problem, options.initial)
    const light = plan instanceof NewtonPlan && isLight(problem)
    let ending = light ? 'failed' : yield* downTheLevels(solve, level, problem, start, options.initial !== undefined)

    const found = light ? start : yield* wait(plan.potentials())
    const usable = [found.f, found.g].every((potential) => potential.every(Number.isFinite))
    if (ending === 'reached' && !usable) ending = 'failed'
    // Wherever it ended, the potentials are the best so far: every accepted step raised the dual of its level.
    if (ending === 'failed' || !level.last || !usable) {
      plan.setPotentials(usable ? found : start, problem.epsilon)
      yield* wait(plan.evaluate())
      if (usable && !light) yield* wait(plan.balance())
    }
    if (ending === 'told' && plan instanceof NewtonPlan && !Number.isFinite(plan.error()))
      placeInLogs(plan, usable ? found : start)
    Object.assign(level, { last: true, target })
    let why: string | undefined
    if (ending === 'failed' || ending === 'floor')
      if (plan instanceof NewtonPlan && (light || Math.min(plan.rows, plan.columns) <= MEDIUM))
        why = yield* carefulNewton(level, plan, problem.range)
      else if (ending === 'floor')
        why = plan instanceof NewtonPlan ? undefined : 'float32 does not allow a smaller error'
      else yield* plainSinkhorn(level)
    const message = why ? { message: why } : {}
    return { ...transportSolution(problem, yield* wait(plan.read())), ...counts, ...message }
  } finally {
    plan.free()
  }
}

function* downTheLevels(
  solve: (level: Level) => Steps<Ending>,
  level: Level,
  problem: Problem,
  start: TransportPotentials,
  given: boolean,
): Steps<Ending> {
  const { plan, settings } = level
  const { annealing, tolerance } = settings
  const most = plan instanceof NewtonPlan && Math.min(plan.rows, plan.columns) <= SMALL ? 0 : SPLITS

  // Levels still to solve, the next one last: ..., epsilon * factor, epsilon.
  const levels = [problem.epsilon]
  if (annealing && !(given && (yield* isClose(plan, start, problem.epsilon))))
    while (levels.at(-1)! < annealing.start * problem.range) levels.push(levels.at(-1)! * annealing.factor)

  let good = { ...start, epsilon: Math.max(problem.range, levels.at(-1)!) }
  let ending: Ending = 'reached'
  for (let splits = 0; levels.length > 0; ) {
    const epsilon = levels.at(-1)!
    level.last = levels.length === 1
    level.target = level.last || !annealing ? tolerance : annealing.tolerance
    plan.setPotentials(good, epsilon)
    ending = yield* solve(level)
    if (ending === 'told' || ending === 'floor') break
    if (ending === 'reached' || (!level.last && (yield* wait(plan.error())) < GOOD_ENOUGH)) {
      good = { ...(yield* wait(plan.potentials())), epsilon }
      levels.pop()
    } else if (annealing && splits < most && good.epsilon > epsilon) {
      splits++
      levels.push(Math.sqrt(good.epsilon * epsilon))
    } else break
  }
  return ending
}

/** Is the error at these potentials small enough to start right there? */
function* isClose(plan: TransportPlan, start: TransportPotentials, epsilon: number): Steps<boolean> {
  plan.setPotentials(start, epsilon)
  yield* wait(plan.evaluate())
  return (yield* wait(plan.balance())) < 0.1
}

/** What is left on a device when Newton gave up on every level: Sinkhorn, as long as it moves. */
function* plainSinkhorn(level: Level): Steps<void> {
  const { plan, counts, target } = level
  let best = Infinity
  let since = 0
  for (;;) {
    const error = yield* wait(plan.sinkhorn(PATIENCE, target))
    counts.sinkhornIterations++
    const told = yield reportOf(level, 'sinkhorn', error)
    since = error < best ? 0 : since + 1
    best = Math.min(best, error)
    const over = told || since >= PATIENCE
    if (over || plan.strained) yield* wait(plan.absorb())
    if (over) return
  }
}
