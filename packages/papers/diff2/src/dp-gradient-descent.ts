import { type Solver, solver, type VectorLike } from '@opt/core'
import type { Client, RemoteClient } from './clients/client.ts'
import { type Diff2Report, type Diff2Solution, type RunArguments, run } from './diff2.ts'
import { DP_OPTIONS, type DPGradientDescentOptions } from './options.ts'

/**
 * Minimizes the mean loss of several owners' records by gradient descent with differential privacy: {@link diff2} with
 * T = 1, which releases a gradient in every round. The baseline of the paper, and the better choice for flat problems of
 * many parameters.
 *
 * @param clients made by `rowsClient` or `networkClient`; with `workers` their `count` and `size` suffice.
 * @param start x_0, of d numbers that depend on no records.
 * @throws TypeError or RangeError for wrong arguments.
 */
export const dpGradientDescent: Solver<RunArguments<DPGradientDescentOptions>, Diff2Report, Diff2Solution> = solver(
  'dpGradientDescent',
  function* (clients: readonly (Client | RemoteClient)[], start: VectorLike, options: DPGradientDescentOptions) {
    return yield* run(clients, start, { ...options, restart: 1 })
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: DP_OPTIONS },
)
