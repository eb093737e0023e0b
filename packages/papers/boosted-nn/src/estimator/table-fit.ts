import type { MatrixLike, SolveOptions } from '@opt/core'
import type { BoostedNetworkOptions, BoostedSolution, BoostingProblem, BoostingReport } from '../boosted-network.ts'
import { checkSettings } from '../settings.ts'
import type { TableTargets } from './labels.ts'
import { type Model, prepareTable } from './model.ts'
import type { FitOptions, TableOptions } from './table-options.ts'

/** A fit as a call of `boostedNetwork`, and what its answer makes. */
export interface TableFit {
  problem: BoostingProblem
  options: BoostedNetworkOptions & SolveOptions<BoostingReport>
  model(solution: BoostedSolution): Model
}

/** Checks a table, and prepares its fit with early stopping. */
export function prepareFit(X: MatrixLike, y: TableTargets, table: TableOptions, watch: FitOptions): TableFit {
  const { standardize = true, validationFraction = 0, patience = 10, ...growth } = table
  const settings = checkSettings(growth)
  const { problem, model } = prepareTable(X, y, settings, { standardizes: standardize, validationFraction })
  const best = { loss: Infinity, stage: 1 }
  const stopWhen = ({ stage, validationLoss = 0 }: BoostingReport) => {
    if (validationLoss < best.loss) Object.assign(best, { loss: validationLoss, stage })
    return stage - best.stage >= patience
  }
  return {
    problem,
    options: { ...growth, seed: settings.random, ...watch, ...(problem.validation && { stopWhen }) },
    model: (solution) => model(solution, problem.validation ? best.stage : solution.steps.length),
  }
}
