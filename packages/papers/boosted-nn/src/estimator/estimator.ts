import {
  calling,
  type Label,
  type Labels,
  labelsCopy,
  type Matrix,
  type MatrixLike,
  type Outcome,
  refuse,
  type Status,
  type VectorLike,
} from '@opt/core'
import { type DenseNetwork, rSquared } from '@opt/nn'
import ndarray from 'ndarray'
import { type BoostedSolution, type BoostingReport, boostedNetwork } from '../boosted-network.ts'
import {
  decisionOf,
  type GrownNetwork,
  probabilitiesOf,
  stagedOf,
  stagesOf,
  type UnitsOption,
} from '../grown-network.ts'
import { checkTargets } from '../targets.ts'
import { networkOf } from '../to-network.ts'
import { placesOf, type TableTargets } from './labels.ts'
import { foldedNetwork, type Model, modelInputs } from './model.ts'
import { fromSaved, type SavedTable, toSaved } from './saved.ts'
import { accuracyOf, labelsOf, unscale } from './scores.ts'
import { prepareFit, type TableFit } from './table-fit.ts'
import { checkFitOptions, checkTableOptions, type FitOptions, type TableOptions } from './table-options.ts'
import type { TableState } from './table-state.ts'

/**
 * Learns from a table: grows a network of one hidden layer by {@link boostedNetwork}, with standardised features,
 * labels of any kind, and early stopping.
 *
 * ```ts
 * const model = new BoostedNetwork({ loss: 'softmax', validationFraction: 0.2 }).fit(X, y)
 * model.predict(Xnew)
 * ```
 */
export class BoostedNetwork {
  readonly options: TableOptions
  #model: Model | null = null
  #outcome: Outcome<BoostingReport> | null = null
  #state: TableState | undefined

  /** @throws TypeError or RangeError that names the wrong option. */
  constructor(options?: TableOptions) {
    this.options = checkTableOptions(options, 'BoostedNetwork')
  }

  /**
   * Grows a network, and returns this.
   *
   * @param X n x d.
   * @param y 'squared': n numbers, or n x k. Otherwise n labels, numbers or texts, two of them for 'logistic'.
   * @throws TypeError or RangeError when a feature is a text or missing, with what to do about it, when y does not fit
   *   the loss, or when there are too few rows.
   */
  fit(X: MatrixLike, y: TableTargets, watch?: FitOptions): this {
    const fit = this.#prepare('fit', X, y, watch)
    return this.#keep(fit, boostedNetwork(fit.problem, fit.options))
  }

  /** Does the same as {@link fit} in slices that leave a page responsive. */
  async fitAsync(X: MatrixLike, y: TableTargets, watch?: FitOptions): Promise<this> {
    const fit = this.#prepare('fitAsync', X, y, watch)
    return this.#keep(fit, await boostedNetwork.async(fit.problem, fit.options))
  }

  #prepare(caller: string, X: MatrixLike, y: TableTargets, watch?: FitOptions): TableFit {
    return named(caller, () => prepareFit(X, y, this.options, checkFitOptions(watch)))
  }

  #keep(fit: TableFit, solution: BoostedSolution & Outcome<BoostingReport>): this {
    const { status, message, iterations, history } = solution
    this.#model = fit.model(solution)
    this.#state = fit.state(solution)
    this.#outcome = { status, message, iterations, history }
    return this
  }

  /** How the last fit ended: 'stopped' is early stopping. Undefined before a fit and after {@link fromJSON}. */
  get status(): Status | undefined {
    return this.#outcome?.status
  }

  /** The report of each stage of the last fit; empty before a fit and after {@link fromJSON}. */
  get history(): BoostingReport[] {
    return this.#outcome?.history.map((report) => ({ ...report })) ?? []
  }

  /**
   * Plain JSON, from which a fit of the same rows goes on: pass it as `resume`. Undefined before a fit and after
   * {@link fromJSON}.
   */
  get state(): TableState | undefined {
    return structuredClone(this.#state)
  }

  /** The number of hidden units after early stopping. */
  get units(): number {
    return this.#fitted('units').network.b.length
  }

  /** The labels in ascending order; null for the squared loss. */
  get classes(): Label[] | null {
    return this.#fitted('classes').classes?.slice() ?? null
  }

  /** Plain weights on features and targets as given: the standardisation is folded in. */
  get network(): GrownNetwork {
    return foldedNetwork(this.#fitted('network'))
  }

  /**
   * Returns the outputs F, n x k: predictions for the squared loss; for 'logistic' n x 1, positive for the larger
   * label; for 'softmax' a score for each class.
   *
   * @throws TypeError or RangeError before a fit, or when X or `units` do not fit.
   */
  decision(X: MatrixLike, options?: UnitsOption): Matrix {
    return named('decision', () => this.#decision('decision', X, options))
  }

  /** Returns n labels, or n numbers (n x k of them row by row), by {@link decision}. */
  predict(X: MatrixLike, options?: UnitsOption): Label[] | Float64Array {
    return named('predict', () => {
      const F = this.#decision('predict', X, options)
      const { classes } = this.#fitted('predict')
      return classes ? labelsOf(classes, F) : F.data
    })
  }

  /** Returns the probability of each class, n x classes, in the order of {@link classes}. */
  probabilities(X: MatrixLike, options?: UnitsOption): Matrix {
    return named('probabilities', () => {
      const model = this.#fitted('probabilities')
      const stages = stagesOf(model.network, options, '')
      const p = probabilitiesOf(model.network, modelInputs(model, X, 'X'), stages, 'this')
      return p.shape[1] > 1 ? p : bothClasses(p)
    })
  }

  /** Returns the outputs after 0, 1, ... stages at the cost of one pass, each n x k. */
  staged(X: MatrixLike): Matrix[] {
    return named('staged', () => {
      const model = this.#fitted('staged')
      return stagedOf(model.network, modelInputs(model, X, 'X')).map((F) => unscale(model, F, 'X'))
    })
  }

  /** Returns the share of right labels, or R^2 (over all outputs together). */
  score(X: MatrixLike, y: TableTargets, options?: UnitsOption): number {
    return named('score', () => {
      const F = this.#decision('score', X, options)
      const [n, k] = F.shape as [number, number]
      const { classes } = this.#fitted('score')
      if (!classes) return rSquared(F.data, checkTargets('squared', y as VectorLike, 'y', { n, k }).y, k)
      const labels = labelsCopy(y as Labels, 'y', { length: n })
      placesOf(labels, classes, 'y')
      return accuracyOf(labelsOf(classes, F), labels)
    })
  }

  /**
   * Makes a network of @opt/nn on features as given, or of its first units: its outputs are F, or for 'logistic' 2 F.
   *
   * @throws RangeError before a fit, or when `units` leaves none.
   */
  toNetwork(options?: UnitsOption): DenseNetwork {
    return named('toNetwork', () => networkOf(foldedNetwork(this.#fitted('toNetwork')), options, ''))
  }

  /** Returns everything that {@link fromJSON} needs, for JSON.stringify. */
  toJSON(): SavedTable {
    return toSaved(this.#fitted('toJSON'), this.options)
  }

  /**
   * Restores a network that {@link toJSON} saved; it predicts to the same bits.
   *
   * @throws TypeError or RangeError when it is not one.
   */
  static fromJSON(saved: SavedTable): BoostedNetwork {
    return named('fromJSON', () => {
      const { options, model } = fromSaved(saved)
      const restored = new BoostedNetwork(options)
      restored.#model = model
      return restored
    })
  }

  #decision(caller: string, X: MatrixLike, options?: UnitsOption): Matrix {
    const model = this.#fitted(caller)
    const stages = stagesOf(model.network, options, '')
    return unscale(model, decisionOf(model.network, modelInputs(model, X, 'X'), stages, 'X'), 'X')
  }

  #fitted(caller: string): Model {
    return this.#model ?? refuse(`BoostedNetwork.${caller}: this`, 'fitted', 'no network; call fit(X, y) first')
  }
}

const named = <T>(method: string, run: () => T): T => calling(`BoostedNetwork.${method}`, run)

/** Two columns, 1 - p and p. */
function bothClasses({ data, shape }: Matrix): Matrix {
  const out = new Float64Array(2 * shape[0])
  data.forEach((p, i) => {
    out[2 * i] = 1 - p
    out[2 * i + 1] = p
  })
  return ndarray(out, [shape[0], 2])
}
