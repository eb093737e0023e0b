import { wait } from '@opt/core'
import { startOnFewer } from './fewer-points.ts'
import { beyond, type Ending, GOOD_ENOUGH, type Level, reportOf, type SolveLevel, type Steps } from './level.ts'
import type { Settings, SinkhornNewtonSolution } from './options.ts'
import { NewtonPlan } from './plan/newton-plan.ts'
import { areFinite, type TransportPlan, type WorkingPotentials } from './plan/transport-plan.ts'
import { initialPotentials } from './problem/initial.ts'
import type { Problem } from './problem/problem.ts'
import { carefulNewton, isLight, LIGHT, placeInLogs } from './semi-dual/careful-newton.ts'
import { transportSolution } from './solution.ts'

/** Up to so many points on the smaller side careful Newton follows at once; for more, levels are split first. */
const SMALL = 400
const SPLITS = 8
/** Beyond so many points a step of careful Newton takes a minute: Sinkhorn goes on instead. */
const MEDIUM = 3000
/** Sinkhorn has stalled when so many iterations bring no smaller error. */
const PATIENCE = 100

/** Solves a problem at a large epsilon, then at smaller ones, each from the potentials of the one before. */
export function* anneal(
  solveLevel: SolveLevel,
  plan: TransportPlan,
  problem: Problem,
  settings: Settings,
): Steps<SinkhornNewtonSolution & { message: string | undefined }> {
  try {
    const memory = plan instanceof NewtonPlan ? plan : null
    const { tolerance: target } = settings
    const counts = { sinkhornIterations: 0, newtonIterations: 0, cgIterations: 0 }
    const newest = { rows: 1, columns: 1, kept: 0, cg: 0 }
    const level: Level = { plan, settings, counts, newest, unit: problem.scale, last: true, target }
    const start = initialPotentials(problem, settings.initial)
    const light = memory !== null && isLight(problem)
    const alone = isPaper(settings)
    let ending = light ? 'failed' : yield* downTheLevels(solveLevel, level, problem, start)

    const found = light ? start : yield* wait(plan.potentials())
    const usable = areFinite(found)
    if (ending === 'reached' && !usable) ending = 'failed'
    // Wherever it ended, the potentials are the best so far: every accepted step raised the dual of its level.
    if (ending === 'failed' || !level.last || !usable) {
      plan.setPotentials(usable ? found : start, problem.epsilon)
      yield* wait(plan.evaluate())
      if (usable && !light && !alone) yield* wait(plan.balance())
    }
    if ((ending === 'stopped' || alone) && memory && !Number.isFinite(memory.error()))
      placeInLogs(memory, usable ? found : start)
    Object.assign(level, { last: true, target })
    const message = alone ? reason(ending, settings, light) : yield* goOn(level, ending, problem)
    return { ...transportSolution(problem, yield* wait(plan.read())), ...counts, message }
  } finally {
    plan.free()
  }
}

/** Potentials that solve a level. */
type Solved = WorkingPotentials & { epsilon: number }

/** Solves level after level down to the last, and splits those that fail. */
function* downTheLevels(
  solveLevel: SolveLevel,
  level: Level,
  problem: Problem,
  start: WorkingPotentials,
): Steps<Ending> {
  const { plan, settings } = level
  const { annealing, tolerance, initial } = settings
  const splitsAtMost = plan instanceof NewtonPlan && Math.min(plan.rows, plan.columns) <= SMALL ? 0 : SPLITS

  // Levels still to solve, the next one last: ..., epsilon * factor, epsilon.
  const levels = [problem.epsilon]
  if (annealing && !(initial && (yield* isClose(plan, start, problem.epsilon))))
    while (levels.at(-1)! < annealing.start * problem.range) levels.push(levels.at(-1)! * annealing.factor)
  const all = levels.slice()

  level.last = false
  let placed = false
  if (plan instanceof NewtonPlan && annealing && !initial && settings.keep === 'auto') {
    const left = yield* startOnFewer(solveLevel, level, plan, problem, levels)
    if (left === 'stopped') return left
    placed = left < levels.length
    levels.length = left
  }

  // What the last two levels ended with; of the one before, as long as it helps to look ahead.
  let before: Solved | null = null
  let good: Solved | null = null
  let ending: Ending = 'reached'
  for (let splits = 0; levels.length > 0; ) {
    const epsilon = levels.at(-1)!
    level.last = levels.length === 1
    level.target = level.last || !annealing ? tolerance : annealing.tolerance
    if (!placed) {
      const ahead = before && good && (epsilon - good.epsilon) / (good.epsilon - before.epsilon)
      plan.setPotentials(ahead ? beyond(before!, good!, ahead) : (good ?? start), epsilon)
      yield* wait(plan.evaluate())
    }
    const { newtonIterations, sinkhornIterations } = level.counts
    ending = yield* solveLevel(level)
    if (ending === 'stopped' || ending === 'floor') break
    const from = good?.epsilon ?? Math.max(problem.range, all.at(-1)!)
    if (ending === 'reached' || (!level.last && (yield* wait(plan.error())) < GOOD_ENOUGH)) {
      before = good
      good = { ...(yield* wait(plan.potentials())), epsilon }
      levels.pop()
      const easy =
        level.counts.newtonIterations === newtonIterations &&
        level.counts.sinkhornIterations - sinkhornIterations <= settings.warmup
      if (easy && levels.length > 1) levels.pop()
    } else if (placed) levels.splice(0, levels.length, ...all)
    else if (before) before = null
    else if (annealing && splits < splitsAtMost && from > epsilon) {
      splits++
      levels.push(Math.sqrt(from * epsilon))
    } else break
    placed = false
  }
  return ending
}

/** Whether the error at these potentials is small enough to start right there. */
function* isClose(plan: TransportPlan, start: WorkingPotentials, epsilon: number): Steps<boolean> {
  plan.setPotentials(start, epsilon)
  yield* wait(plan.evaluate())
  return (yield* wait(plan.balance())) < 0.1
}

/** Whether the settings are those of the paper's algorithm, which nothing else may take over from. */
const isPaper = ({ annealing, keep }: Settings): boolean => !annealing && keep !== 'auto'

/** Why the paper's algorithm ended above the tolerance. */
function reason(ending: Ending, { keep }: Settings, light: boolean): string | undefined {
  if (ending === 'floor') return 'what is left is of the size of rounding errors'
  if (ending !== 'failed') return undefined
  return light
    ? `sparse Newton cannot hold masses below ${LIGHT}; keep: 'auto' goes on`
    : `Newton steps with the ${keep} largest entries lead no further; keep: 'auto' goes on`
}

/** Goes on where the levels ended above the tolerance. Returns why it ended above it too, if a sentence says so. */
function* goOn(level: Level, ending: Ending, { range, a, b }: Problem): Steps<string | undefined> {
  if (ending === 'reached' || ending === 'stopped') return undefined
  const { plan } = level
  if (plan instanceof NewtonPlan) {
    if (isLight({ a, b }) || Math.min(plan.rows, plan.columns) <= MEDIUM)
      return yield* carefulNewton(level, plan, range)
    if (ending === 'floor') return undefined
  } else if (ending === 'floor') return 'float32 does not allow a smaller error'
  yield* plainSinkhorn(level)
  return undefined
}

/** Sinkhorn iterations at the last level, as long as the error falls. */
function* plainSinkhorn(level: Level): Steps<void> {
  const { plan, counts, target } = level
  let best = Infinity
  let sinceBest = 0
  for (;;) {
    const error = yield* wait(plan.sinkhorn(PATIENCE, target))
    counts.sinkhornIterations++
    const stop = yield reportOf(level, 'sinkhorn', error)
    sinceBest = error < best ? 0 : sinceBest + 1
    best = Math.min(best, error)
    if (stop || sinceBest >= PATIENCE) {
      yield* wait(plan.absorb())
      return
    }
    if (plan.strained) yield* wait(plan.balance())
  }
}
