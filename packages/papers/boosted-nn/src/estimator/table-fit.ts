import type { MatrixLike, SolveOptions } from '@opt/core'
import type { BoostedNetworkOptions, BoostedSolution, BoostingProblem, BoostingReport } from '../boosted-network.ts'
import { checkSettings } from '../settings.ts'
import type { TableTargets } from './labels.ts'
import { cutNetwork, type Model, prepareTable } from './model.ts'
import type { FitOptions, TableOptions } from './table-options.ts'
import { checkKey, keyOf, savedBest, savedFit, type TableState } from './table-state.ts'

/** A fit as a call of `boostedNetwork`, and what its answer makes. */
export interface TableFit {
  problem: BoostingProblem
  options: BoostedNetworkOptions & SolveOptions<BoostingReport>
  model(solution: BoostedSolution): Model
  state(solution: BoostedSolution): TableState
}

/** Checks a table, and prepares its fit with early stopping. */
export function prepareFit(
  X: MatrixLike,
  y: TableTargets,
  table: TableOptions,
  { resume, ...watch }: FitOptions,
): TableFit {
  const { standardize = true, validationFraction = 0, patience = 10, ...growth } = table
  const settings = checkSettings(growth)
  const saved = resume && savedFit(resume)
  if (saved) settings.random = saved.random
  const random = settings.random.state()
  const { problem, coding, rows } = prepareTable(X, y, settings, { standardizes: standardize, validationFraction })
  const key = keyOf(rows, coding, table)
  if (resume) checkKey(resume.table, key)
  const best = saved?.best ?? { stage: 1, loss: Infinity }
  const stopWhen = ({ stage, validationLoss = 0 }: BoostingReport) => {
    if (validationLoss < best.loss) Object.assign(best, { loss: validationLoss, stage })
    return stage - best.stage >= patience
  }
  return {
    problem,
    options: {
      ...growth,
      seed: settings.random,
      ...watch,
      ...(saved && { resume: saved.run }),
      ...(problem.validation && { stopWhen }),
    },
    model: ({ network, steps }) => ({
      ...coding,
      network: cutNetwork(network, problem.validation ? best.stage : steps.length),
    }),
    state: ({ state }) => ({ run: state, random, best: savedBest(best), table: key }),
  }
}
