import {
  boolean,
  type CSR,
  callback,
  calling,
  classesOf,
  type Label,
  type Labels,
  type Matrix,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  show,
} from '@opt/core'
import ndarray from 'ndarray'
import { prepare } from './data/dataset.ts'
import { checkFeatures, type Features, sizeOf } from './data/features.ts'
import { decisionsOf } from './predict.ts'
import {
  type FitPlaneOptions,
  type FitReport,
  type FittedPlane,
  fitPlane,
  type Method,
  type Task,
} from './separator/fit-plane.ts'
import { modelOf, type SeparatorState, stateOf } from './separator/state.ts'

/** Options of {@link LinearSeparator}. */
export interface LinearSeparatorOptions {
  /**
   * 'normalized' (default): few steps, whatever the number of examples. 'logistic': gradient
   * descent. 'perceptron': the classical one. 'margin': the largest margin (a hard-margin support
   * vector machine), to 1e-8.
   */
  method?: Method | undefined
  /**
   * In units of 1/R^2, so that the unit of the features does not matter: 1e-100 to 1e100, or
   * Infinity. Default 10 for 'normalized', 1e4 for 'logistic'; the others have none.
   */
  stepSize?: number | undefined
  /** Give each plane an intercept. Default true. */
  intercept?: boolean | undefined
  /** Steps at most for each plane: of the method, then of the proof. Default 1000. */
  maxIterations?: number | undefined
}

/** Options of {@link LinearSeparator.fitAsync}. */
export interface FitOptions {
  /** Aborting it rejects with its reason and leaves the separator as it was. */
  signal?: AbortSignal | undefined
  onProgress?: ((report: FitReport) => void) | undefined
}

/**
 * Separates classes by planes, one against the rest, with a proof for each plane.
 *
 * ```ts
 * const separator = new LinearSeparator().fit(X, y)
 * separator.predict(Xnew)
 * separator.margin() // { lower, upper }
 * ```
 *
 * @typeParam L `number` or `string` where labels are of one kind, so that predictions are too.
 */
export class LinearSeparator<L extends Label = Label> {
  readonly #options: Pick<FitPlaneOptions, 'method' | 'stepSize' | 'maxIterations'> & { intercept: boolean }
  #classes: L[] = []
  #features = 0
  #planes: FittedPlane[] = []

  /** @throws TypeError or RangeError that names the wrong option. */
  constructor(given?: LinearSeparatorOptions) {
    const {
      method = 'normalized',
      stepSize,
      intercept = true,
      maxIterations = 1000,
    } = optionsOf(given, 'LinearSeparator: options', ['method', 'stepSize', 'intercept', 'maxIterations'])
    oneOf(method, 'LinearSeparator: method', ['normalized', 'logistic', 'perceptron', 'margin'])
    const step = stepSize ?? (method === 'logistic' ? 1e4 : 10)
    if (step !== Infinity) number(step, 'LinearSeparator: stepSize', { min: 1e-100, max: 1e100 })
    boolean(intercept, 'LinearSeparator: intercept')
    number(maxIterations, 'LinearSeparator: maxIterations', { integer: true, min: 1 })
    this.#options = { method, stepSize: step, intercept, maxIterations }
  }

  /** The labels in ascending order. */
  get classes(): L[] {
    return [...this.#classes]
  }

  /**
   * Two classes have one plane, with the second class on its positive side; of several, each has
   * the plane that separates it from the rest.
   */
  get planes(): FittedPlane[] {
    return this.#planes.map((plane) => ({ ...plane, theta: plane.theta.slice() }))
  }

  /**
   * 'separated': every training example is on its side of every plane. 'inseparable': proven that
   * no planes can do that. Undefined before fit.
   */
  get status(): FittedPlane['status'] | undefined {
    const all = this.#planes.map(({ status }) => status)
    if (all.length === 0) return undefined
    return all.includes('inseparable') ? 'inseparable' : all.includes('undecided') ? 'undecided' : 'separated'
  }

  /**
   * Fits the planes.
   *
   * @param features n examples: rows of a matrix, or sparse rows as @opt/datasets reads them from
   *   LIBSVM files.
   * @param labels n labels, numbers or strings, of at least two classes.
   * @throws TypeError or RangeError when features or labels are wrong.
   */
  fit(features: Features, labels: Labels<L>): this {
    const run = this.#fit(features, labels, 'fit')
    let next = this.#named('fit', () => run.next())
    while (!next.done) {
      const { value } = next
      next = run.next(value.now())
    }
    return this
  }

  /** Does the same as {@link fit} in slices that leave a page responsive. */
  async fitAsync(features: Features, labels: Labels<L>, given?: FitOptions): Promise<this> {
    const { signal, onProgress } = optionsOf(given, 'LinearSeparator.fitAsync: options', ['signal', 'onProgress'])
    if (onProgress !== undefined) callback(onProgress, 'LinearSeparator.fitAsync: onProgress')
    if (signal !== undefined && typeof signal?.aborted !== 'boolean')
      refuse('LinearSeparator.fitAsync: signal', 'an AbortSignal', show(signal), 'type')
    const run = this.#fit(features, labels, 'fitAsync', signal, onProgress)
    let next = this.#named('fitAsync', () => run.next())
    while (!next.done) {
      const answer = await next.value.later()
      signal?.throwIfAborted()
      next = run.next(answer)
    }
    return this
  }

  *#fit(
    features: Features,
    labels: Labels<L>,
    caller: string,
    signal?: AbortSignal,
    onProgress?: (report: FitReport) => void,
  ): Generator<Task, void, unknown> {
    const checked = checkFeatures(features, 'features')
    const [n, columns] = sizeOf(checked)
    const { classes, indices } = classesOf<L>(labels, 'labels', { length: n })
    if (classes.length < 2) refuse('labels', 'of at least two classes', `only ${show(classes[0])}`)
    const planes: FittedPlane[] = []
    for (let k = classes.length === 2 ? 1 : 0; k < classes.length; k++) {
      const signs = Float64Array.from(indices, (place) => (place === k ? 1 : -1))
      const data = this.#named(caller, () => prepare(checked, signs, this.#options.intercept))
      const report = onProgress && ((one: Omit<FitReport, 'plane'>) => onProgress({ plane: planes.length, ...one }))
      planes.push(yield* fitPlane(data, { ...this.#options, signal, onProgress: report }))
    }
    this.#classes = classes
    this.#features = columns
    this.#planes = planes
  }

  /**
   * Computes the signed distance of each example to each plane, in the space with the constant
   * feature 1.
   *
   * @returns examples x planes.
   * @throws TypeError or RangeError before fit, or when the features do not fit.
   */
  decision(features: Features): Matrix {
    return this.#named('decision', () => {
      const [columns, n] = this.#distances(features, 'decision')
      const k = columns.length
      const out = new Float64Array(n * k)
      columns.forEach((column, p) => column.forEach((value, i) => (out[i * k + p] = value)))
      return ndarray(out, [n, k])
    })
  }

  /**
   * Predicts the label of each example: by its side of the plane of two classes, else by the plane
   * from which it is farthest on the positive side.
   *
   * @throws TypeError or RangeError before fit, or when the features do not fit.
   */
  predict(features: Features): L[] {
    return this.#named('predict', () => {
      const [columns, n] = this.#distances(features, 'predict')
      const classes = this.#classes
      if (columns.length === 1) return Array.from(columns[0], (value) => classes[value > 0 ? 1 : 0])
      return Array.from({ length: n }, (_, i) => {
        let best = 0
        for (let k = 1; k < columns.length; k++) if (columns[k][i] > columns[best][i]) best = k
        return classes[best]
      })
    })
  }

  /**
   * Returns what is proven about the margin: the fitted planes have at least `lower`, and no planes
   * have more than `upper`. Below 0: at least one training example is on the wrong side, by -lower.
   *
   * @throws RangeError before fit.
   */
  margin(): { lower: number; upper: number } {
    const planes = this.#fitted('margin')
    return {
      lower: Math.min(...planes.map(({ marginLower }) => marginLower)),
      upper: Math.min(...planes.map(({ marginUpper }) => marginUpper)),
    }
  }

  /**
   * Returns the fitted planes as plain JSON.
   *
   * @throws RangeError before fit.
   */
  state(): SeparatorState<L> {
    const planes = this.#fitted('state')
    return stateOf({ classes: this.#classes, features: this.#features, intercept: this.#options.intercept, planes })
  }

  /**
   * Makes a separator from a saved state; it predicts to the same bits.
   *
   * @throws TypeError or RangeError when it is not such a state.
   */
  static load<L extends Label>(given: SeparatorState<L>): LinearSeparator<L> {
    const { classes, features, intercept, planes } = modelOf(given, 'LinearSeparator.load: state')
    const separator = new LinearSeparator<L>({ intercept })
    separator.#planes = planes
    separator.#classes = classes
    separator.#features = features
    return separator
  }

  #fitted(caller: string): FittedPlane[] {
    if (this.#planes.length === 0)
      refuse(`LinearSeparator.${caller}: this`, 'fitted', 'no planes; call fit(X, y) first')
    return this.#planes
  }

  #distances(features: Features, caller: string): [columns: Float64Array[], n: number] {
    const planes = this.#fitted(caller)
    const checked: Matrix | CSR = checkFeatures(features, 'features', this.#features)
    const columns = decisionsOf(planes, checked, this.#options.intercept)
    planes.forEach((plane, k) => {
      const length = lengthOf(plane)
      if (length > 0) columns[k].forEach((value, i) => (columns[k][i] = value / length))
    })
    return [columns, sizeOf(checked)[0]]
  }

  #named<T>(caller: string, run: () => T): T {
    return calling(`LinearSeparator.${caller}`, run)
  }
}

const lengthOf = ({ theta, intercept }: FittedPlane) =>
  Math.sqrt(theta.reduce((sum, v) => sum + v * v, intercept * intercept))
