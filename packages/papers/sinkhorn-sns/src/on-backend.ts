import { type BackendChoice, chosenBackend, fallBack, type TransportPlan, type VectorLike } from '@opt/core'
import { infeasibleAnswer } from './infeasible.ts'
import { type CostLike, deviceInput, type Problem, takeProblem } from './problem.ts'
import type { TransportSolution } from './solution.ts'

type Steps<R, T> = Generator<R, T, boolean>

/**
 * Takes a problem and solves it on the device that was chosen, with 'auto' on the CPU where that fails, or on the CPU at
 * once; `counts` are part of the answer where there is nothing to solve.
 */
export function* onBackend<R, T extends TransportSolution>(
  [cost, a, b, { epsilon, tolerance, backend: choice }]: [
    CostLike,
    VectorLike,
    VectorLike,
    { epsilon: number; tolerance?: number | undefined; backend?: BackendChoice },
  ],
  counts: Omit<T, keyof TransportSolution>,
  onDevice: (plan: TransportPlan, problem: Problem) => Steps<R, T>,
  inMemory: (problem: Problem) => Steps<R, T>,
): Steps<R, T> {
  const backend = chosenBackend(choice)
  const problem = takeProblem(cost, a, b, epsilon, tolerance, backend !== null)
  if (problem.infeasible) return { ...infeasibleAnswer(problem), ...counts } as unknown as T
  if (!backend) return honest(yield* inMemory(problem), problem, tolerance)
  try {
    return honest(yield* onDevice(backend.transport(deviceInput(problem)), problem), problem, tolerance)
  } catch (error) {
    if (choice !== 'auto') throw error
    fallBack((error as Error).message)
  }
  const again = takeProblem(cost, a, b, epsilon, tolerance)
  return honest(yield* inMemory(again), again, tolerance)
}

/** Certifies nothing that rounding has eaten. */
const honest = <T extends TransportSolution>(answer: T, { lost }: Problem, tolerance = 0): T =>
  lost && answer.error <= tolerance ? { ...answer, status: 'stalled', message: lost } : answer
