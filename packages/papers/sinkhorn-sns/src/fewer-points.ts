import { beyond, GOOD_ENOUGH, type Level, type SolveLevel, type Steps } from './level.ts'
import { NewtonPlan } from './plan/newton-plan.ts'
import type { WorkingPotentials } from './plan/transport-plan.ts'
import { coarser, GROUP, groupOf, MIDDLE } from './problem/coarser.ts'
import type { Problem } from './problem/problem.ts'

/** Fewer points serve as long as the error at those left out is at most this, ... */
const NEAR = 0.55
/** ... and that error times the Newton steps of the level, a measure of what it will cost, at most this. */
const HARD = 1

/**
 * Solves levels with a quarter of the points, which start from a quarter of these and so on, as far down as that helps;
 * a step costs a sixteenth then. Where neighbours have similar costs that is the last level, where costs are random the
 * first ones.
 *
 * @param levels epsilons, the last level first.
 * @returns how many of the levels are left to solve; unless all of them are, the plan stands at the first.
 */
export function* startOnFewer(
  solveLevel: SolveLevel,
  level: Level,
  plan: NewtonPlan,
  problem: Problem,
  levels: readonly number[],
): Steps<number | 'stopped'> {
  const fewer = coarser(problem)
  const { annealing } = level.settings
  if (!fewer || !annealing) return levels.length
  const small = new NewtonPlan(fewer)
  const there: Level = { ...level, plan: small, last: false, target: annealing.tolerance }
  let left = yield* startOnFewer(solveLevel, there, small, fewer, levels)
  if (left === 'stopped') {
    refine(plan, small, fewer)
    return left
  }

  let placed = left < levels.length
  let before: WorkingPotentials | null = null
  let good: WorkingPotentials | null = null
  for (; left > 0; left--) {
    if (!placed) {
      const zeros = { f: new Float64Array(small.rows), g: new Float64Array(small.columns) }
      small.setPotentials(
        good && before ? beyond(before, good, 1 / annealing.factor) : (good ?? zeros),
        levels[left - 1],
      )
      small.evaluate()
    }
    placed = false
    const { newtonIterations } = level.counts
    const ending = yield* solveLevel(there)
    if (ending === 'stopped') {
      refine(plan, small, fewer)
      return ending
    }
    const reached = ending === 'reached' || small.error() < GOOD_ENOUGH
    const found = small.potentials()
    small.setPotentials(found, small.epsilon)
    const error = errorElsewhere(plan, small)
    if (!(reached && error <= NEAR && error * (level.counts.newtonIterations - newtonIterations) <= HARD)) break
    before = good
    good = found
  }
  if (!good) return levels.length
  small.setPotentials(good, levels[left])
  refine(plan, small, fewer)
  return left + 1
}

/**
 * Puts a plan at the potentials of a coarser problem: f of a row is that of its group, g the soft-min over the rows
 * that are left. A Sinkhorn iteration makes the rows exact.
 */
function refine(plan: NewtonPlan, small: NewtonPlan, fewer: Problem): void {
  const { C, u, v, scratch } = plan.views
  const { f } = small.potentials()
  const middles = { ...C, data: C.data.subarray(MIDDLE * C.stride), rows: small.rows, stride: GROUP * C.stride }
  for (let k = 0; k < f.length; k++) u[k] = f[k] + small.epsilon * fewer.logA[k]
  plan.kernels.colLse(middles, u, small.epsilon, v, scratch)
  const all = { f: new Float64Array(plan.rows), g: new Float64Array(plan.columns) }
  for (let i = 0; i < plan.rows; i++) all.f[i] = f[groupOf(i, f.length)]
  for (let j = 0; j < plan.columns; j++) all.g[j] = -small.epsilon * v[j]
  plan.setPotentials(all, small.epsilon)
  plan.evaluate()
}

/**
 * L1 error of the columns of the coarser problem when each row is replaced by one of its group that was left out, scaled
 * to its mass. Takes the place of the small plan.
 */
function errorElsewhere({ views: { C } }: NewtonPlan, { views, kernels, epsilon }: NewtonPlan): number {
  const { P, F, G, a, b, r, c, u, v, z } = views
  const [costs, out] = [C.data, P.data]
  for (let i = 0; i < P.rows; i++) {
    const from = (i * GROUP + MIDDLE - 1) * C.stride + MIDDLE
    for (let j = 0, k = i * P.stride; j < P.columns; j++, k++) out[k] = costs[from + j * GROUP]
  }
  kernels.gibbsMarginals(P, F, G, epsilon, P, r, c)
  v.fill(1)
  kernels.scale2(P, a, v, u, z)
  let error = 0
  for (let j = 0; j < z.length; j++) error += Math.abs(z[j] - b[j])
  return error
}
