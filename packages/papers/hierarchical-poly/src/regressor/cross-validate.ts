import {
  callback,
  calling,
  type MatrixLike,
  matrix,
  number,
  options as optionsOf,
  random,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { kernelRidge } from '../baselines/kernel-ridge.ts'
import { checkResponses, LAMBDAS } from '../model/fit-checks.ts'
import { scorer } from '../model/predictor.ts'
import { scoreFit } from '../model/score-fit.ts'
import { checkLambdas } from '../ridge/ridge-loo.ts'
import { checkOptions, type HierarchicalRegressorOptions, REGRESSOR_OPTIONS } from './options.ts'
import { HierarchicalRegressor } from './regressor.ts'
import { applyScaling, findScaling, momentsOf, scaled } from './scaling.ts'

/** Options of {@link crossValidate}: those of the regressor, and these. */
export interface CrossValidationOptions extends HierarchicalRegressorOptions {
  /** Parts that the rows are divided into. Default 5. */
  folds?: number | undefined
  /** Called after each fold. */
  onProgress?: ((report: { fold: number; folds: number }) => void) | undefined
  signal?: AbortSignal | undefined
}

/** R^2 on rows that no fit has seen, of a regressor and of what it competes with. */
export interface CrossValidation {
  /**
   * Whether one score and one curve explain the response. 'yes': they predict better than the polynomial without a curve,
   * and no worse than a kernel. 'no': one of them predicts better. 'undecided': they are alike; the curve adds nothing that
   * can be seen. 'no-signal': nothing predicts better than the mean. Better is by two standard errors of the mean
   * difference of squared residuals.
   */
  answer: 'yes' | 'no' | 'undecided' | 'no-signal'
  /** One readable sentence. */
  message: string
  /** Score and curve, after the refinements. */
  refined: number
  /** Score and curve, after the two stages alone. */
  twoStage: number
  /** The score without a curve: ridge regression on the same features. */
  polynomial: number
  /** Kernel ridge regression (rbf), which knows of no score. */
  kernel: number
}

/** A ridge regression on the Hermite features alone. */
function polynomialOf(
  X: Float64Array,
  d: number,
  y: Float64Array,
  { degrees = [2], lambdas }: HierarchicalRegressorOptions,
) {
  const { ridge, score } = scoreFit(X, d, degrees, true, checkLambdas(lambdas ?? LAMBDAS, 'lambdas'))
  ridge.solve(y, null)
  return scorer(score())
}

/**
 * Answers on rows left out whether a response is one score and one curve: fits a regressor, the polynomial alone and a
 * kernel on all folds but one, and compares their predictions on that one.
 *
 * @param X n x d, n >= 20; not changed.
 * @param y n numbers, not all equal in any n - n / folds of them.
 * @throws TypeError or RangeError when an argument is invalid; the signal's reason when it is aborted.
 */
export function crossValidate(X: MatrixLike, y: VectorLike, options?: CrossValidationOptions): CrossValidation {
  return calling('crossValidate', () => {
    const given = optionsOf(options, 'options', [...REGRESSOR_OPTIONS, 'folds', 'onProgress', 'signal'])
    const { folds = 5, onProgress, signal, ...rest } = given
    if (onProgress !== undefined) callback(onProgress, 'onProgress')
    if (signal !== undefined && typeof signal?.aborted !== 'boolean')
      refuse('signal', 'an AbortSignal', String(signal), 'type')
    const settings = checkOptions(rest, 'options')
    const { data, shape } = matrix(X, 'X')
    const [n, d] = shape
    if (n < 20) refuse('X', 'of at least 20 rows', String(n))
    const responses = vector(y, 'y', { length: n })
    checkResponses(responses, n)
    number(folds, 'folds', { integer: true, min: 2, max: Math.floor(n / 2) })
    const { mean, deviation } = momentsOf(responses, 0, 1)
    if (!(deviation > 0 && deviation < Infinity)) refuse('y', 'of a deviation above rounding', String(deviation))
    const standard = responses.map((value) => scaled(value, mean, deviation))
    const order = random(settings.seed ?? 0).permutation(n)
    /** Squared residuals of standardised responses, by learner, row by row. */
    const losses = {
      refined: new Float64Array(n),
      twoStage: new Float64Array(n),
      polynomial: new Float64Array(n),
      kernel: new Float64Array(n),
    }
    for (let fold = 0; fold < folds; fold++) {
      const inside = order.filter((_, k) => k % folds !== fold)
      const outside = order.filter((_, k) => k % folds === fold)
      const rows = (places: Int32Array) =>
        Float64Array.from({ length: places.length * d }, (_, k) => data[places[Math.floor(k / d)] * d + (k % d)])
      const [train, test] = [rows(inside), rows(outside)]
      const target = Float64Array.from(inside, (row) => standard[row])
      const center = momentsOf(target, 0, 1).mean
      const record = (losses: Float64Array, predicted: Float64Array) =>
        outside.forEach((row, k) => {
          losses[row] = (standard[row] - predicted[k]) * (standard[row] - predicted[k])
        })
      const [trainRows, testRows] = [ndarray(train, [inside.length, d]), ndarray(test, [outside.length, d])]
      for (const [name, refinements] of [
        ['refined', settings.refinements],
        ['twoStage', 0],
      ] as const)
        record(
          losses[name],
          new HierarchicalRegressor({ ...settings, refinements }).fit(trainRows, target).predict(testRows),
        )
      const scaling = findScaling(train, d, settings.scale ?? 'standardize')
      const [inputs, others] = [applyScaling(scaling, train), applyScaling(scaling, test)]
      const width = inputs.length / inside.length
      const polynomial = polynomialOf(
        inputs,
        width,
        target.map((value) => value - center),
        settings,
      )
      record(
        losses.polynomial,
        polynomial(others).map((value) => value + center),
      )
      const kernel = kernelRidge(ndarray(inputs, [inside.length, width]), target)
      record(losses.kernel, kernel.predict(ndarray(others, [outside.length, width])))
      onProgress?.({ fold: fold + 1, folds })
      signal?.throwIfAborted()
    }
    const { refined, twoStage, polynomial, kernel } = losses
    const r2 = (values: Float64Array) => 1 - values.reduce((sum, value) => sum + value / n, 0)
    const [structured, other] = [
      r2(refined) >= r2(twoStage) ? refined : twoStage,
      r2(polynomial) >= r2(kernel) ? polynomial : kernel,
    ]
    const figures = { refined: r2(refined), twoStage: r2(twoStage), polynomial: r2(polynomial), kernel: r2(kernel) }
    const answer =
      Math.max(r2(structured), r2(other)) <= 0
        ? 'no-signal'
        : better(other, structured)
          ? 'no'
          : better(structured, polynomial)
            ? 'yes'
            : 'undecided'
    return { answer, message: MESSAGES[answer], ...figures }
  })
}

const MESSAGES = {
  yes: 'one score and one curve predict better than the polynomial alone, and no worse than a kernel',
  no: 'the polynomial alone or a kernel predicts better than one score and one curve',
  undecided: 'the curve adds nothing that these rows show',
  'no-signal': 'nothing predicts better than the mean',
}

/** Whether the first losses are smaller on average by two standard errors of the mean difference. */
function better(losses: Float64Array, others: Float64Array): boolean {
  const differences = others.map((value, i) => value - losses[i])
  const { mean, deviation } = momentsOf(differences, 0, 1)
  return mean > (2 * deviation) / Math.sqrt(losses.length)
}
