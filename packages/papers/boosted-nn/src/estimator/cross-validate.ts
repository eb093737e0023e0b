import {
  type Label,
  type Matrix,
  type MatrixLike,
  number,
  type Random,
  type Report,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
} from '@opt/core'
import { rSquared } from '@opt/nn'
import ndarray from 'ndarray'
import { boostedNetwork } from '../boosted-network.ts'
import { stagedOf } from '../grown-network.ts'
import type { LossName } from '../losses.ts'
import { checkSettings } from '../settings.ts'
import { checkTargets } from '../targets.ts'
import { checkFeatures } from './features.ts'
import { prepareTargets, type TableTargets } from './labels.ts'
import { type Model, modelInputs } from './model.ts'
import { accuracyOf, labelsOf, unscale } from './scores.ts'
import { prepareFit } from './table-fit.ts'
import { checkTableOptions, type TableOptions } from './table-options.ts'

/** Options of {@link crossValidate}. */
export interface CrossValidationOptions {
  /** Options of BoostedNetwork to choose from; all of one loss. */
  choices: readonly TableOptions[]
  /** The number of folds (default 5). */
  folds?: number | undefined
  /** Assigns rows to folds (default 0). Each fit draws from the seed of its own options. */
  seed?: number | Random | undefined
}

/** Report of {@link crossValidate} after each stage of each fit. */
export interface CrossValidationReport extends Report {
  /** Index of the choice. */
  choice: number
  /** Index of the fold that is left out. */
  fold: number
  stage: number
  /** The share of the work that is done, 0 to 1; a fit that stops early is done. */
  done: number
}

/** The score of one choice, with its best number of units. */
export interface ChoiceScore {
  options: TableOptions
  /** The number of units with the best mean score; of equals the smallest. */
  units: number
  /** Mean over the folds of the accuracy, or of R^2. */
  mean: number
  /** Standard deviation over the folds (divisor n). */
  deviation: number
}

/** Answer of {@link crossValidate}. */
export interface CrossValidation {
  /** The options with the best mean score, and its number of units: `new BoostedNetwork(best)`. */
  best: TableOptions
  /** One for each choice whose folds are all done. */
  scores: ChoiceScore[]
}

/**
 * Chooses options by cross-validation. One fit scores every number of units, since the outputs of all stages are those
 * of smaller networks; so the choice of `units` costs nothing. Of labels, every fold has its share of each class.
 *
 * @param X n x d.
 * @param y as for BoostedNetwork.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const crossValidate: Solver<
  [X: MatrixLike, y: TableTargets, options: CrossValidationOptions],
  CrossValidationReport,
  CrossValidation
> = /* @__PURE__ */ solver(
  'crossValidate',
  function* (X, y, { choices, folds = 5, seed = 0 }) {
    const options = checkChoices(choices)
    const table = readTable(options[0].loss, X, y)
    number(folds, 'folds', { integer: true, min: 2, max: table.n })
    const parts = foldsOf(table, folds, randomFrom(seed, 'seed'))
    const scores: ChoiceScore[] = []
    for (const [choice, one] of options.entries()) {
      const curves: Float64Array[] = []
      const { stages } = checkSettings(one)
      for (const [fold, test] of parts.entries()) {
        const train = parts.flatMap((part, f) => (f === fold ? [] : part)).sort((a, b) => a - b)
        const fit = prepareFit(table.X(train), table.y(train), one, {})
        const run = boostedNetwork.steps(fit.problem, { ...fit.options, history: false })
        let next = run.next()
        while (!next.done) {
          const { stage } = next.value
          next = run.next()
          const part = next.done ? 1 : stage / stages
          const done = (choice * folds + fold + part) / (options.length * folds)
          const report: CrossValidationReport = { choice, fold, stage, done }
          if (yield report) return { best: bestOf(scores, one), scores }
        }
        curves.push(curveOf(fit.model(next.value), table.X(test), table.y(test)))
      }
      scores.push(scoreOf(one, curves))
    }
    return { best: bestOf(scores, options[0]), scores }
  },
  { maxIterations: 100_000_000, options: ['choices', 'folds', 'seed'] },
)

function checkChoices(choices: readonly TableOptions[]): TableOptions[] {
  if (!Array.isArray(choices) || choices.length === 0)
    refuse('choices', 'a nonempty array of options', show(choices), 'type')
  return Array.from(choices as readonly TableOptions[], (choice, k) => {
    if (typeof choice !== 'object' || choice === null) refuse(`choices[${k}]`, 'an object', show(choice), 'type')
    const options = checkTableOptions(choice, `crossValidate: choices[${k}]`)
    const [loss, first] = [options, choices[0]].map(({ loss = 'squared' }) => loss)
    if (loss !== first) refuse(`choices[${k}].loss`, `'${first}' like the first`, `'${loss}'`)
    return options
  })
}

/** A checked table, of which rows are taken. */
interface Table {
  n: number
  /** The place of each row's label among the classes; null for numbers. */
  places: Int32Array | null
  X(rows: number[]): Matrix
  y(rows: number[]): Label[] | Matrix
}

function readTable(loss: LossName = 'squared', X: MatrixLike, y: TableTargets): Table {
  const { data, shape } = checkFeatures(X, 'X')
  const [n, d] = shape as [number, number]
  const { places, classes } = prepareTargets(loss, y, n)
  const numbers = classes ? null : checkTargets('squared', y as MatrixLike, 'y', { n })
  return {
    n,
    places,
    X: (rows) => takeRows(data, d, rows),
    y: (rows) => (classes ? rows.map((i) => classes[places![i]]) : takeRows(numbers!.y, numbers!.k, rows)),
  }
}

function takeRows(data: Float64Array, columns: number, rows: number[]): Matrix {
  const out = new Float64Array(rows.length * columns)
  rows.forEach((row, i) => out.set(data.subarray(row * columns, (row + 1) * columns), i * columns))
  return ndarray(out, [rows.length, columns])
}

/** Rows in random order, sorted by class, go to the folds in turn. */
function foldsOf({ n, places }: Table, folds: number, random: Random): number[][] {
  const order = [...random.permutation(n)]
  if (places) order.sort((i, j) => places[i] - places[j])
  const parts = Array.from({ length: folds }, () => [] as number[])
  order.forEach((row, at) => parts[at % folds].push(row))
  return parts
}

/** The score of the first stages, for every number of them. */
function curveOf(model: Model, X: Matrix, y: Label[] | Matrix): Float64Array {
  const all = stagedOf(model.network, modelInputs(model, X, 'X')).map((F) => unscale(model, F, 'X'))
  const { classes } = model
  return Float64Array.from(all, (F) =>
    Array.isArray(y) ? accuracyOf(labelsOf(classes!, F), y) : rSquared(F.data, y.data, y.shape[1]),
  )
}

/** The best number of stages, at least one; where a fit stopped early, it has no more. */
function scoreOf(options: TableOptions, curves: Float64Array[]): ChoiceScore {
  const { neuronsPerStep } = checkSettings(options)
  let best = { mean: -Infinity, deviation: 0, units: neuronsPerStep }
  for (let t = 1; t < Math.max(...curves.map(({ length }) => length)); t++) {
    const scores = curves.map((curve) => curve[Math.min(t, curve.length - 1)])
    const mean = scores.reduce((sum, score) => sum + score / scores.length, 0)
    const squares = scores.reduce((sum, score) => sum + ((score - mean) * (score - mean)) / scores.length, 0)
    if (mean > best.mean) best = { mean, deviation: Math.sqrt(squares), units: t * neuronsPerStep }
  }
  return { options, ...best }
}

/** The options with the best score, and their number of units; `otherwise` where there is none. */
function bestOf(scores: ChoiceScore[], otherwise: TableOptions): TableOptions {
  if (scores.length === 0) return { ...otherwise }
  const { options, units } = scores.reduce((a, b) => (b.mean > a.mean ? b : a))
  return { ...options, units }
}
