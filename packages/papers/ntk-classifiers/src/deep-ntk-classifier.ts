import {
  calling,
  classesOf,
  type Label,
  type Labels,
  type Matrix,
  type MatrixLike,
  number,
  options as optionsOf,
  refuse,
} from '@opt/core'
import type { Activation } from './activation/activation.ts'
import { type ActivationLike, activation, optimalActivation } from './activation/make.ts'
import { labelsOf, scoreRows } from './classify/model.ts'
import { ruleOf } from './classify/rule-of.ts'
import type { Rule } from './classify/rules.ts'
import { type ClassifierState, modelOf } from './classify/state.ts'
import { checkFitOptions, type FitOptions, finished, inSlices } from './fit-run.ts'
import { checkDepth } from './ntk.ts'
import { unitRows } from './sphere.ts'
import { classify, type Taxonomy } from './taxonomy.ts'

/** Options of {@link DeepNTKClassifier}. */
export interface DeepNTKOptions {
  /** Default: the one that is optimal for the sphere of the data, d = columns - 1 (2 at least). */
  activation?: ActivationLike | undefined
  /** Hidden layers: an integer from 0 to 1e6, or Infinity (default). */
  depth?: number | undefined
  /** Added to the diagonal, relative to K(x, x). Default 0: every training row keeps its label. */
  ridge?: number | undefined
}

/**
 * The classifier that a fully connected network of infinite width and a given depth is after training: regression with
 * its neural tangent kernel; at infinite depth the limit of it, for which nothing is solved (but in the degenerate case
 * A != 0, B' < 1, which is kriging).
 *
 * ```ts
 * const classifier = new DeepNTKClassifier({ depth: Infinity }).fit(toSphere(X), y)
 * classifier.predict(toSphere(Xnew, { reference: X }))
 * ```
 *
 * @typeParam L `number` or `string` where labels are of one kind, so that predictions are too.
 */
export class DeepNTKClassifier<L extends Label = Label> {
  readonly #given: Activation | undefined
  readonly #depth: number
  readonly #ridge: number
  #activation: Activation | undefined
  #classes: L[] = []
  #indices: Int32Array = new Int32Array(0)
  #rows: Matrix | undefined
  #rule: Rule | undefined

  /** @throws TypeError or RangeError that names the wrong option. */
  constructor(given?: DeepNTKOptions) {
    const options = optionsOf(given, 'DeepNTKClassifier: options', ['activation', 'depth', 'ridge'])
    const { activation: phi, depth = Infinity, ridge = 0 } = options
    const named = <T>(check: () => T) => calling('DeepNTKClassifier', check)
    this.#given = phi && named(() => activation(phi))
    this.#depth = named(() => (depth === Infinity ? depth : checkDepth(depth)))
    this.#ridge = number(ridge, 'DeepNTKClassifier: ridge', { nonnegative: true, max: 1e100 })
  }

  /** The labels in ascending order. */
  get classes(): L[] {
    return [...this.#classes]
  }

  /** What the activation becomes with depth; undefined before fit where the data choose the activation. */
  get limit(): Taxonomy | undefined {
    const f = this.#activation ?? this.#given
    return f && classify(f)
  }

  /**
   * Fits to n rows.
   *
   * @param X n x p, rows of length 1 to 1e-8 (see {@link toSphere}); with depth Infinity at most at right angles.
   * @param y n labels, numbers or strings.
   * @throws TypeError or RangeError for wrong rows or labels, and when the kernel matrix is singular to rounding, as
   *   for equal rows without a ridge: nothing was fitted then.
   */
  fit(X: MatrixLike, y: Labels<L>): this {
    return calling('DeepNTKClassifier.fit', () => finished(this.#fit(X, y)))
  }

  /** Does the same as {@link fit} in slices that leave a page responsive. */
  async fitAsync(X: MatrixLike, y: Labels<L>, given?: FitOptions): Promise<this> {
    const options = calling('DeepNTKClassifier.fitAsync', () => checkFitOptions(given))
    return inSlices('DeepNTKClassifier.fitAsync', this.#fit(X, y), options)
  }

  *#fit(X: MatrixLike, y: Labels<L>): Generator<number, this> {
    const rows = unitRows(X, 'X')
    const { classes, indices } = classesOf<L>(y, 'y', { length: rows.shape[0] })
    const f = this.#given ?? optimalActivation(Math.min(150, Math.max(2, rows.shape[1] - 1)))
    this.#take(
      f,
      rows,
      classes,
      indices,
      yield* ruleOf(f, this.#depth, this.#ridge, rows, { indices, classes: classes.length }),
    )
    return this
  }

  /**
   * Scores m rows.
   *
   * @param X m x p, as for {@link fit}.
   * @returns m x classes; the difference of two columns is the network's output for labels 1 and -1, up to a factor.
   * @throws TypeError or RangeError before fit, or for wrong rows.
   */
  scores(X: MatrixLike): Matrix {
    return calling('DeepNTKClassifier.scores', () => this.#scores(X))
  }

  /**
   * Predicts m labels: those of the largest scores, of equal ones the first class.
   *
   * @throws TypeError or RangeError before fit, or for wrong rows.
   */
  predict(X: MatrixLike): L[] {
    return calling('DeepNTKClassifier.predict', () => labelsOf(this.#scores(X), this.#classes))
  }

  /**
   * Returns what was fitted as plain JSON.
   *
   * @throws RangeError before fit.
   */
  state(): ClassifierState<L> {
    return calling('DeepNTKClassifier.state', () => {
      const { rows, rule, f } = this.#fitted()
      return {
        activation: f.toJSON(),
        depth: this.#depth === Infinity ? null : this.#depth,
        ridge: this.#ridge,
        classes: [...this.#classes],
        indices: Array.from(this.#indices),
        columns: rows.shape[1],
        rows: Array.from(rows.data),
        coefficients: rule.coefficients && Array.from(rule.coefficients),
      }
    })
  }

  /**
   * Makes a classifier from a saved state, without solving again; it predicts to the same bits.
   *
   * @throws TypeError or RangeError when it is not such a state.
   */
  static load<L extends Label>(given: ClassifierState<L>): DeepNTKClassifier<L> {
    return calling('DeepNTKClassifier.load', () => {
      const { depth, ridge, rows, classes, indices, coefficients, activation: f } = modelOf(given)
      const made = new DeepNTKClassifier<L>({ activation: f, depth, ridge })
      const rule = finished(ruleOf(f, depth, ridge, rows, { indices, classes: classes.length }, coefficients))
      made.#take(f, rows, classes, indices, rule)
      return made
    })
  }

  #take(f: Activation, rows: Matrix, classes: L[], indices: Int32Array, rule: Rule): void {
    this.#activation = f
    this.#rows = rows
    this.#classes = classes
    this.#indices = indices
    this.#rule = rule
  }

  #fitted(): { rows: Matrix; rule: Rule; f: Activation } {
    if (!this.#rows) refuse('this', 'fitted', 'nothing; call fit(X, y) first')
    return { rows: this.#rows, rule: this.#rule!, f: this.#activation! }
  }

  #scores(X: MatrixLike): Matrix {
    const { rows, rule, f } = this.#fitted()
    const bounded = this.#depth === Infinity && classify(f).kind !== 'linear'
    return scoreRows(rule, rows, unitRows(X, 'X', rows.shape[1]), this.#classes.length, bounded)
  }
}
