import { type BackendChoice, chosenBackend, fallBack, type TransportPlan, type VectorLike } from '@opt/core'
import { type CostLike, deviceInput, type Problem, takeProblem } from './problem.ts'

type Steps<R, T> = Generator<R, T, boolean>

/** Takes a problem and solves it on the device that was chosen, with 'auto' on the CPU where that fails, or on the CPU at once. */
export function* onBackend<R, T>(
  [cost, a, b, { epsilon, backend: choice }]: [
    CostLike,
    VectorLike,
    VectorLike,
    { epsilon: number; backend?: BackendChoice },
  ],
  onDevice: (plan: TransportPlan, problem: Problem) => Steps<R, T>,
  inMemory: (problem: Problem) => Steps<R, T>,
): Steps<R, T> {
  const backend = chosenBackend(choice)
  const problem = takeProblem(cost, a, b, epsilon, backend !== null)
  if (!backend) return yield* inMemory(problem)
  try {
    return yield* onDevice(backend.transport(deviceInput(problem)), problem)
  } catch (error) {
    if (choice !== 'auto') throw error
    fallBack((error as Error).message)
  }
  return yield* inMemory(takeProblem(cost, a, b, epsilon))
}
