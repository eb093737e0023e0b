import { type Solver, solver, type TransportPlan, type TransportPotentials, type VectorLike, wait } from '@opt/core'
import { type Ending, type Level, solveLevel } from './level.ts'
import { NewtonPlan } from './newton-plan.ts'
import { onBackend } from './on-backend.ts'
import {
  type SinkhornNewtonOptions,
  type SinkhornNewtonReport,
  type SinkhornNewtonSolution,
  takeSettings,
} from './options.ts'
import { type CostLike, type Problem, takeInitial } from './problem.ts'
import { transportSolution } from './solution.ts'

type Steps<T> = Generator<SinkhornNewtonReport, T, boolean>

const SPLITS = 8
/** A level before the last one that got this far is a good place to go on from. */
const GOOD_ENOUGH = 0.05
/** Sinkhorn has stalled when so many iterations take less than a thousandth off the error. */
const PATIENCE = 100

/**
 * Entropic optimal transport by sparse Newton iterations on the Sinkhorn potential (Tang et al., ICLR 2024):
 *
 *     min <C, P> + epsilon KL(P | a b')   subject to   P 1 = a,  P' 1 = b
 *
 * The annealing of epsilon and the adaptive count of kept entries are ours; `annealing: false` with a fixed `warmup` and
 * `keep` is the paper's algorithm.
 *
 * @param cost n x m, finite.
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
      (plan, problem) => solveWith(plan, problem, options),
      (problem) => solveWith(new NewtonPlan(problem), problem, options),
    )
  },
  { tolerance: 1e-9, maxIterations: 1000 },
)

function* solveWith(
  plan: TransportPlan,
  problem: Problem,
  options: SinkhornNewtonOptions,
): Steps<SinkhornNewtonSolution> {
  try {
    const settings = takeSettings(options)
    const { annealing, tolerance } = settings
    const counts = { sinkhornIterations: 0, newtonIterations: 0, cgIterations: 0 }
    const level: Level = { plan, settings, counts, unit: problem.scale, last: true, target: tolerance }

    // Levels still to solve, the next one last: ..., epsilon * factor, epsilon.
    const start = takeInitial(problem, options.initial)
    const levels = [problem.epsilon]
    if (annealing && !(options.initial && (yield* isClose(plan, start, problem.epsilon))))
      while (levels.at(-1)! < annealing.start * problem.range) levels.push(levels.at(-1)! * annealing.factor)

    let good = { ...start, epsilon: Math.max(problem.range, levels.at(-1)!) }
    let ending: Ending = 'reached'
    for (let splits = 0; levels.length > 0; ) {
      const epsilon = levels.at(-1)!
      level.last = levels.length === 1
      level.target = level.last || !annealing ? tolerance : annealing.tolerance
      plan.setPotentials(good, epsilon)
      ending = yield* solveLevel(level)
      if (ending === 'told' || ending === 'floor') break
      if (ending === 'reached' || (!level.last && (yield* wait(plan.error())) < GOOD_ENOUGH)) {
        good = { ...(yield* wait(plan.potentials())), epsilon }
        levels.pop()
      } else if (annealing && splits < SPLITS && good.epsilon > epsilon) {
        splits++
        levels.push(Math.sqrt(good.epsilon * epsilon))
      } else break
    }

    // Wherever it ended, the potentials are the best so far: every accepted step raised the dual of its level.
    if (ending === 'failed' || !level.last) {
      plan.setPotentials(yield* wait(plan.potentials()), problem.epsilon)
      yield* wait(plan.evaluate())
      yield* wait(plan.balance())
    }
    if (ending === 'failed') yield* plainSinkhorn(level)
    const message = ending === 'floor' ? { message: 'rounding does not allow a smaller error' } : {}
    return { ...transportSolution(problem, yield* wait(plan.read())), ...counts, ...message }
  } finally {
    plan.free()
  }
}

/** Is the error at these potentials small enough to start right there? */
function* isClose(plan: TransportPlan, start: TransportPotentials, epsilon: number): Steps<boolean> {
  plan.setPotentials(start, epsilon)
  yield* wait(plan.evaluate())
  return (yield* wait(plan.balance())) < 0.1
}

/** What is left when Newton gave up on every level: Sinkhorn, as long as it moves. */
function* plainSinkhorn({ plan, unit, counts, target }: Level): Steps<void> {
  let reference = Infinity
  for (let k = 0; ; k++) {
    const error = yield* wait(plan.sinkhorn(PATIENCE, target))
    counts.sinkhornIterations++
    const told = yield { phase: 'sinkhorn', epsilon: plan.epsilon / unit, levelError: error, error }
    const stalled = k % PATIENCE === 0 && error > 0.999 * reference
    if (k % PATIENCE === 0) reference = error
    if (told || stalled || plan.strained) yield* wait(plan.absorb())
    if (told || stalled) return
  }
}
