import { type Ending, type Level, reportOf, type Steps } from '../level.ts'
import type { NewtonPlan } from '../plan/newton-plan.ts'
import type { WorkingPotentials } from '../plan/transport-plan.ts'
import { graphStep } from './graph-step.ts'
import { SemiDual } from './semi-dual.ts'

/** Up to this error it starts at the potentials of the plan, at the final epsilon. */
const NEAR = 0.1
const FACTOR = 4
const STEPS = 60
const BACKTRACKS = 30
/** Ratio of epsilon below which levels are not split further. */
const NEAREST = 1.05
/** Below this error only rounding may be left. */
const FLOOR = 1e-12
/** Steps without a smaller error before that is assumed. */
const PATIENCE = 12
/** Restarts from the same potentials: their exponents are rounded differently, which often allows a smaller error. */
const RESTARTS = 3
/** From this mass on P can hold every entry of a row or column. */
export const LIGHT = 1e-100

/**
 * Newton's method on the semi-dual, for problems on which sparse Newton misses its tolerance: those with blocks of
 * points that exchange almost no mass, and those with masses too small for P. Every level is solved to the final
 * tolerance, so that no imbalance is left which a smaller epsilon could not correct.
 *
 * Leaves the plan at its answer. Returns why it ended above the tolerance, or undefined.
 */
export function* carefulNewton(level: Level, plan: NewtonPlan, range: number): Steps<string | undefined> {
  const { epsilon } = plan
  const dual = new SemiDual(plan.views)
  dual.start(plan.potentials(), epsilon)
  dual.evaluate()
  let ending: Ending = dual.error < NEAR ? yield* solve(dual, level, plan) : 'failed'
  if (ending === 'failed' && !(dual.error < FLOOR)) ending = yield* fromFar(dual, level, plan, range)
  if (ending === 'failed' && !(dual.error < FLOOR)) ending = yield* sinkhorn(dual, level, plan)
  for (let k = 0; k < RESTARTS && ending === 'failed' && dual.error < FLOOR; k++) {
    dual.start(dual.potentials(), epsilon)
    ending = yield* solve(dual, level, plan)
  }
  if (ending === 'stopped' && dual.epsilon !== epsilon) {
    dual.start(dual.potentials(), epsilon)
    dual.evaluate()
  }
  plan.place(dual)
  if (ending !== 'failed' || !(dual.error < FLOOR)) return undefined
  if (!isLight(plan.views) && (yield* polish(level, plan))) return undefined
  return 'what is left is of the size of rounding errors'
}

/** Puts the plan at potentials at which its own exponentials would leave the range of doubles. */
export function placeInLogs(plan: NewtonPlan, potentials: WorkingPotentials): void {
  const dual = new SemiDual(plan.views)
  dual.start(potentials, plan.epsilon)
  dual.balance()
  dual.evaluate()
  plan.place(dual)
}

/** Whether a row or column has so little mass that P cannot hold all of its entries. */
export const isLight = ({ a, b }: { a: Float64Array; b: Float64Array }): boolean =>
  [a, b].some((masses) => masses.some((mass) => mass < LIGHT))

/** Scales the plan itself as long as that helps: only its sums are rounded then. Returns whether it is done. */
function* polish(level: Level, plan: NewtonPlan): Steps<boolean> {
  let error = plan.error()
  for (let best = Infinity; error < best; ) {
    best = error
    for (let k = 0; k < PATIENCE && error > level.target; k++) error = Math.min(error, plan.balance())
    level.counts.sinkhornIterations++
    if ((yield reportOf(level, 'sinkhorn', plan.error())) || error <= level.target) return true
  }
  return false
}

/** Solves at an epsilon of the size of the costs, then at smaller ones, in steps as small as needed. */
function* fromFar(dual: SemiDual, level: Level, plan: NewtonPlan, range: number): Steps<Ending> {
  const { epsilon, rows, columns } = plan
  let good: WorkingPotentials = { f: new Float64Array(rows), g: new Float64Array(columns) }
  let above = Infinity
  const levels = [epsilon]
  while (levels.at(-1)! < range) levels.push(levels.at(-1)! * FACTOR)
  for (;;) {
    const next = levels.at(-1)!
    const last = levels.length === 1
    dual.start(good, next)
    const ending = yield* solve(dual, level, last ? plan : null)
    if (ending === 'stopped' || (last && (ending === 'reached' || dual.error < FLOOR))) return ending
    if (ending === 'reached' || dual.error < FLOOR) {
      good = dual.potentials()
      above = next
      levels.pop()
    } else if (above < NEAREST * next || above === Infinity) {
      dual.start(good, epsilon)
      return 'failed'
    } else levels.push(Math.sqrt(above * next))
  }
}

/** Returns the error; if it is small enough, that of P itself, which will be the answer. */
function measured(dual: SemiDual, target: number, plan: NewtonPlan): number {
  if (dual.error > target) return dual.error
  plan.place(dual)
  return plan.error()
}

/** Solves one level by Sinkhorn iterations and Newton steps in turn. */
function* solve(dual: SemiDual, { counts, target, unit }: Level, plan: NewtonPlan | null): Steps<Ending> {
  const from = new Float64Array(dual.small)
  let best = Infinity
  let sinceBest = 0
  let step = 0
  for (let k = 0; ; k++) {
    dual.balance()
    dual.evaluate()
    const error = plan ? measured(dual, target, plan) : dual.error
    const phase = k > 0 ? 'newton' : 'sinkhorn'
    counts[`${phase}Iterations`]++
    const report = { phase, epsilon: dual.epsilon / unit, levelError: error, error: plan ? error : Infinity } as const
    const stop = yield k > 0 ? { ...report, kept: dual.small * dual.large, cg: 0, step } : report
    if (stop) return plan && error <= target ? 'reached' : 'stopped'
    if (error <= target) return 'reached'
    sinceBest = error < best ? 0 : sinceBest + 1
    best = Math.min(best, error)
    if (k >= STEPS || (sinceBest >= PATIENCE && error < FLOOR)) return 'failed'

    const direction = graphStep(dual)
    const slope = dual.slope(direction)
    if (!(slope > 0)) return 'failed'
    from.set(dual.phi)
    step = 1
    let trial = 0
    for (; trial < BACKTRACKS; trial++) {
      for (let i = 0; i < from.length; i++) dual.phi[i] = from[i] + step * direction[i]
      dual.evaluate()
      const there = dual.slope(direction)
      if (there >= -0.5 * slope) break
      const shrink = slope / (slope - there)
      step *= Number.isFinite(shrink) ? Math.min(0.5, Math.max(0.1, shrink)) : 0.1
    }
    if (trial === BACKTRACKS) return 'failed'
  }
}

/** Iterates Sinkhorn as long as the error falls at all: the last resort. */
function* sinkhorn(dual: SemiDual, { counts, target, unit }: Level, plan: NewtonPlan): Steps<Ending> {
  let best = Infinity
  let sinceBest = 0
  for (;;) {
    dual.balance()
    dual.evaluate()
    const error = measured(dual, target, plan)
    counts.sinkhornIterations++
    const stop = yield { phase: 'sinkhorn', epsilon: dual.epsilon / unit, levelError: error, error }
    if (stop) return error <= target ? 'reached' : 'stopped'
    sinceBest = error < best ? 0 : sinceBest + 1
    best = Math.min(best, error)
    if (sinceBest >= PATIENCE) return 'failed'
  }
}
