import {
  calling,
  type Matrix,
  type MatrixLike,
  matrix,
  options as optionsOf,
  type Progress,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import { type DenseNetwork, rSquared } from '@opt/nn'
import ndarray from 'ndarray'
import { type HierarchicalReport, type HierarchicalSolution, hierarchicalFit } from '../hierarchical-fit.ts'
import { checkResponses } from '../model/fit-checks.ts'
import type { HierarchicalState } from '../model/fit-state.ts'
import { evaluateLink } from '../model/link.ts'
import { quadraticForm } from '../model/polynomial.ts'
import { powerForm } from '../model/power-form.ts'
import { scorer } from '../model/predictor.ts'
import { networkOf } from '../to-network.ts'
import { checkOptions, type HierarchicalRegressorOptions } from './options.ts'
import { type FitReport, type Fitted, fromSaved, type SavedRegressor } from './saved.ts'
import { applyScaling, findScaling, momentsOf, scaled, unscaleForm, unscaleQuadratic } from './scaling.ts'
import { largestTerms, type Term } from './terms.ts'

/** Options of `HierarchicalRegressor.fit`. */
export interface FitOptions {
  onProgress?: ((report: Progress<HierarchicalReport>) => void) | undefined
  /** Aborting it ends the fit; the model of the steps so far is kept, with status 'aborted'. */
  signal?: AbortSignal | undefined
  /** Milliseconds of wall time after which no further refinement begins. */
  timeBudget?: number | undefined
  /** The `state` of a fit of the same data and options, to go on from to the same bits. */
  initial?: HierarchicalState | undefined
}

/** A score of degree 1 or 2 in the inputs as they are given: x'A x + b'x + c. */
export interface Quadratic {
  /** A, d x d, symmetric. */
  matrix: Matrix
  /** b, d numbers. */
  linear: Float64Array
  constant: number
}

/**
 * Learns a response that is one polynomial score of the inputs, seen through one curve: y = g(p(x)).
 *
 * @throws TypeError or RangeError that names the invalid option.
 */
export class HierarchicalRegressor {
  readonly options: HierarchicalRegressorOptions
  #fitted: Fitted | null = null
  #state: HierarchicalState | null = null

  constructor(options?: HierarchicalRegressorOptions) {
    this.options = calling('HierarchicalRegressor', () => checkOptions(options, 'options'))
  }

  /**
   * Fits score and curve, and returns the regressor.
   *
   * @param X n x d, n >= 10; not changed. Constant columns are left out.
   * @param y n numbers, not all equal.
   * @throws TypeError or RangeError that names the invalid argument.
   */
  fit(X: MatrixLike, y: VectorLike, watch?: FitOptions): this {
    return calling(
      'HierarchicalRegressor.fit',
      () => {
        const { problem, options, keep } = this.#prepare(X, y, watch)
        return keep(hierarchicalFit(problem, options))
      },
      true,
    )
  }

  /** Does the same as {@link fit}, but yields to the event loop: a page stays responsive, and a signal is seen. */
  async fitAsync(X: MatrixLike, y: VectorLike, watch?: FitOptions): Promise<this> {
    const { problem, options, keep } = calling('HierarchicalRegressor.fitAsync', () => this.#prepare(X, y, watch))
    return keep(await hierarchicalFit.async(problem, options))
  }

  #prepare(X: MatrixLike, y: VectorLike, watch: FitOptions | undefined) {
    const given = optionsOf(watch, 'options', ['onProgress', 'signal', 'timeBudget', 'initial'])
    const { data, shape } = matrix(X, 'X')
    const [n, d] = shape
    const responses = vector(y, 'y', { length: n })
    checkResponses(responses, n)
    const { degrees, refinements, linkUnits, lambdas, scale = 'standardize', seed } = this.options
    const { mean, deviation } = momentsOf(responses, 0, 1)
    if (!(deviation > 0 && deviation < Infinity)) refuse('y', 'of a deviation above rounding', String(deviation))
    const scaling = findScaling(data, d, scale)
    const inputs = applyScaling(scaling, data)
    const keep = (solution: HierarchicalSolution & Omit<FitReport, 'status'> & { status: string }): this => {
      const { score, link, signal, message, scoreR2Loo, r2Loo, step, lambda, iterations } = solution
      const status = (signal ? solution.status : 'no-signal') as FitReport['status']
      let [least, largest] = [Infinity, -Infinity]
      for (const value of responses) {
        least = Math.min(least, value)
        largest = Math.max(largest, value)
      }
      this.#fitted = {
        scaling,
        model: { score, link },
        response: { mean, deviation, least, largest },
        report: { status, message, scoreR2Loo, r2Loo, step, lambda, iterations },
      }
      this.#state = solution.state
      return this
    }
    return {
      problem: {
        X: ndarray(inputs, [n, inputs.length / n]),
        y: responses.map((value) => scaled(value, mean, deviation)),
      },
      options: { degrees, refinements, linkUnits, lambdas, seed, center: true, history: false, ...given },
      keep,
    }
  }

  #model(): Fitted {
    if (!this.#fitted) throw new Error('HierarchicalRegressor: fit it first')
    return this.#fitted
  }

  /** How the fit ended and its leave-one-out figures: whether one score and one curve explain the response. */
  get report(): FitReport {
    const { report } = this.#model()
    return { ...report, r2Loo: report.r2Loo.slice() }
  }

  /** Where the fit stands, for `initial`; null for a regressor that was restored. */
  get state(): HierarchicalState | null {
    this.#model()
    return this.#state
  }

  /** The number of inputs that were fitted. */
  get inputs(): number {
    return this.#model().scaling.inputs
  }

  /**
   * Returns the standardised score of each row: mean 0 and deviation 1 on the training rows (left out one at a time), its
   * sign such that it predicts the response by itself.
   *
   * @param X m x d.
   * @throws TypeError or RangeError when X has other columns than those fitted, or a score overflows.
   */
  scores(X: MatrixLike): Float64Array {
    const { scaling, model } = this.#model()
    return calling(
      'HierarchicalRegressor.scores',
      () => {
        const { data } = matrix(X, 'X', { columns: scaling.inputs })
        const { mean, deviation } = model.link
        return scorer(model.score)(applyScaling(scaling, data)).map((z, i) => {
          const u = (z - mean) / deviation
          if (!Number.isFinite(u)) refuse(`X[${i}]`, 'a row of a score within the range of doubles', String(u))
          return u
        })
      },
      true,
    )
  }

  /**
   * Returns the curve's values at standardised scores.
   *
   * @param u numbers.
   * @throws TypeError or RangeError when one is not finite, or a value overflows.
   */
  link(u: VectorLike): Float64Array {
    this.#model()
    return calling('HierarchicalRegressor.link', () => this.#curve(vector(u, 'u'), 'u'), true)
  }

  /** Returns the predictions for the rows of X, m x d. Throws as {@link scores}. */
  predict(X: MatrixLike): Float64Array {
    this.#model()
    return calling('HierarchicalRegressor.predict', () => this.#curve(this.scores(X), 'X'), true)
  }

  #curve(u: Float64Array, label: string): Float64Array {
    const { model, response } = this.#model()
    const { mean, deviation, least, largest } = response
    const out = new Float64Array(u.length)
    evaluateLink({ ...model.link, mean: 0, deviation: 1 }, u, out)
    for (let i = 0; i < out.length; i++) {
      out[i] = mean + deviation * out[i]
      if (this.options.clip) out[i] = Math.max(least, Math.min(largest, out[i]))
      if (!Number.isFinite(out[i]))
        refuse(`${label}[${i}]`, 'one of a prediction within the range of doubles', String(out[i]))
    }
    return out
  }

  /** Returns R^2 of the predictions: 1 - squared residuals / squared deviations from the mean of y. Throws as {@link predict}. */
  score(X: MatrixLike, y: VectorLike): number {
    this.#model()
    return calling('HierarchicalRegressor.score', () => {
      const predicted = this.predict(X)
      const responses = vector(y, 'y', { length: predicted.length })
      return rSquared(predicted, responses)
    })
  }

  /**
   * Returns the standardised score as a quadratic of the inputs as they are given.
   *
   * @throws RangeError for a score of a degree above 2.
   */
  quadratic(): Quadratic {
    const { scaling, model } = this.#model()
    const { score, link } = model
    if (Math.max(...score.degrees) > 2)
      refuse('HierarchicalRegressor.quadratic: degrees', 'of at most 2 (see terms())', `[${score.degrees}]`)
    const d = scaling.inputs
    const Q = unscaleQuadratic(scaling, quadraticForm(score), score.inputs)
    const at = (i: number, j: number) => Q[i * (d + 1) + j] / link.deviation
    const A = new Float64Array(d * d)
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) A[i * d + j] = at(i, j)
    return {
      matrix: ndarray(A, [d, d]),
      linear: Float64Array.from({ length: d }, (_, i) => 2 * at(i, d)),
      constant: at(d, d) - link.mean / link.deviation,
    }
  }

  /**
   * Returns the Hermite terms of the score of scaled inputs with the largest coefficients, for scores of any degree.
   *
   * @param most how many, at most. Default 10.
   * @throws TypeError or RangeError unless it is a positive integer.
   */
  terms(most = 10): Term[] {
    const { scaling, model } = this.#model()
    return calling('HierarchicalRegressor.terms', () => largestTerms(model, scaling, most))
  }

  /**
   * Returns a network of @opt/nn with the same predictions up to rounding (without clipping), for inputs as they are given.
   *
   * @throws RangeError when it would need more than 50,000 powers.
   */
  toNetwork(): DenseNetwork {
    const { scaling, model, response } = this.#model()
    return calling('HierarchicalRegressor.toNetwork', () => {
      const { degree, directions, weights } = powerForm(model.score)
      const form = { degree, directions: directions.map((direction) => unscaleForm(scaling, direction)), weights }
      return networkOf(form, model.link, { scale: response.deviation, shift: response.mean })
    })
  }

  /** Returns everything that {@link fromJSON} needs, for JSON.stringify. */
  toJSON(): SavedRegressor {
    const { scaling, model, response, report } = this.#model()
    return structuredClone({
      format: 'hierarchical-regressor',
      version: 1,
      options: this.options,
      scaling,
      model,
      response,
      report,
    })
  }

  /**
   * Restores a regressor saved by {@link toJSON}.
   *
   * @throws TypeError or RangeError when `saved` is not what {@link toJSON} returned.
   */
  static fromJSON(saved: SavedRegressor): HierarchicalRegressor {
    return calling('HierarchicalRegressor.fromJSON', () => {
      const { options, fitted } = fromSaved(saved)
      const regressor = new HierarchicalRegressor(options)
      regressor.#fitted = fitted
      return regressor
    })
  }
}
