import { type BackendChoice, chosenBackend, fallBack, type VectorLike, wait } from '@opt/core'
import { infeasibleAnswer } from './infeasible.ts'
import type { TransportPlan } from './plan/transport-plan.ts'
import type { CostLike } from './problem/cost-rows.ts'
import { type Problem, workingProblem } from './problem/problem.ts'
import type { TransportSolution } from './solution.ts'

/** The options that say what to solve, how far, and where. */
interface Wanted {
  epsilon: number
  tolerance?: number | undefined
  backend?: BackendChoice | undefined
}

/**
 * Checks a problem and solves it, with a plan on the device that was chosen, or with null for one in memory. With
 * 'auto' a solve that fails on the device is repeated in memory. A problem without a plan is answered at once.
 */
export function* onBackend<R, T extends TransportSolution>(
  cost: CostLike,
  a: VectorLike,
  b: VectorLike,
  { epsilon, tolerance, backend: choice }: Wanted,
  solve: (problem: Problem, device: TransportPlan | null) => Generator<R, T, boolean>,
): Generator<R, T | TransportSolution, boolean> {
  const backend = chosenBackend(choice)
  let problem = workingProblem(cost, a, b, { epsilon, tolerance, fromPoints: backend !== null })
  if (backend && !problem.infeasible) {
    try {
      const { DevicePlan } = yield* wait(import('./device/device-plan.ts'))
      return certified(yield* solve(problem, new DevicePlan(backend, problem)), problem, tolerance)
    } catch (error) {
      if (choice !== 'auto') throw error
      fallBack((error as Error).message)
    }
    problem = workingProblem(cost, a, b, { epsilon, tolerance })
  }
  if (problem.infeasible) return infeasibleAnswer(problem)
  return certified(yield* solve(problem, null), problem, tolerance)
}

/** Takes the certificate from an answer that rounding may have falsified. */
const certified = <T extends TransportSolution>(answer: T, { lost }: Problem, tolerance = 0): T =>
  lost && answer.error <= tolerance ? { ...answer, status: 'stalled', message: lost } : answer
