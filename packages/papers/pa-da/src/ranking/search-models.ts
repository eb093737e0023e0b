import {
  classesOf,
  type Label,
  type Labels,
  type MatrixLike,
  matrix,
  type Report,
  random,
  refuse,
  type Solver,
  show,
  solver,
} from '@opt/core'
import ndarray from 'ndarray'
import { SearchSpace, searchSpace } from '../space.ts'
import type { Data } from '../supernet/examples.ts'
import { Supernet } from '../supernet/supernet.ts'
import type { TrainingState } from '../training/checkpoint.ts'
import { trainAlone } from '../training/train-alone.ts'
import { training } from '../training/train-supernet.ts'
import { rankPaths } from './rank-paths.ts'
import { SEARCH_OPTIONS, type SearchModelsOptions, searchSettings, trainingSettings } from './search-settings.ts'
import { Standardization, split } from './table.ts'
import { TableModel } from './table-model.ts'

/** A report of {@link searchModels}. */
export interface SearchModelsReport extends Report {
  stage: 'train' | 'rank' | 'finals'
  /** Share of the stage that is done. */
  done: number
}

/** A model that was trained by itself. */
export interface Finalist {
  path: number[]
  /** 'dense-skip-dense'. */
  name: string
  parameters: number
  /** Accuracies on the validation examples, which chose it, and on the test examples, which did not. */
  validationAccuracy: number
  testAccuracy: number
  /** Predicts in the labels of the table, and can be saved. */
  model: TableModel
}

/** Answer of {@link searchModels}; a search that was stopped has what it got to. */
export interface ModelSearch {
  /** The finalist of the best validation accuracy, of equal ones the smallest; null if there was no time for one. */
  best: Finalist | null
  finalists: Finalist[]
  /** The distinct models by their validation accuracy with shared weights, best first. */
  ranking: { path: number[]; name: string; parameters: number; accuracy: number }[]
  /** The share of the test examples in the largest class: what a constant reaches. */
  baseline: number
  classes: Label[]
  /** The training of the shared weights, most of a search, as JSON: `resume` goes on to the same bits. */
  checkpoint: TrainingState
}

/**
 * Chooses a small model for a table: trains all models of a space at once, ranks them on validation examples, trains the
 * best by themselves and measures them on test examples.
 *
 * @param X [n, features]; standardized within.
 * @param y n labels, numbers or strings.
 * @param space default: the 125 of {@link searchSpace}(); at most 20,000 paths.
 */
export const searchModels: Solver<
  [X: MatrixLike, y: Labels, space: SearchSpace | undefined, options: SearchModelsOptions],
  SearchModelsReport,
  ModelSearch
> = solver(
  'searchModels',
  function* (X, y, space, options) {
    const chosen = space ?? searchSpace()
    if (!(chosen instanceof SearchSpace))
      refuse('space', 'what searchSpace() returned or undefined, before the options', show(space), 'type')
    if (chosen.count > 20000) refuse('space', 'of at most 20000 paths', `${chosen.count} paths`)
    const { finalists, validation, test, seed, maxParameters } = searchSettings(options)
    const { data, shape } = matrix(X, 'X')
    const [rows, columns] = shape as [number, number]
    const { classes, indices } = classesOf<Label>(y, 'y', { length: rows })
    if (classes.length < 2) refuse('y', 'labels of two classes at least', `only ${show(classes[0])}`)
    const parts = split(rows, [validation, test], random(seed))
    const scaling = Standardization.of(data, columns, parts.train)
    const part = (places: Int32Array): Data => ({
      inputs: ndarray(scaling.apply(data, places), [places.length, columns]),
      labels: Int32Array.from(places, (i) => indices[i]),
    })
    const [train, choose, measure] = [part(parts.train), part(parts.validation), part(parts.test)]

    const { channels, bottleneck } = options
    const sizes = { inputs: columns, classes: classes.length, channels, bottleneck, space: chosen, seed }
    const supernet = new Supernet(sizes)
    const routes = chosen.distinct().filter((path) => chosen.live(path).includes(true))
    if (routes.length === 0) refuse('space', 'one with a route from the first node to the last', 'none')
    const paths = routes.filter((path) => supernet.parameterCount(path) <= maxParameters)
    if (paths.length === 0) {
      const least = routes.reduce((most, path) => Math.min(most, supernet.parameterCount(path)), Infinity)
      refuse('maxParameters', `at least ${least}, those of the smallest model`, `${maxParameters}`)
    }
    const { descent, sampling } = trainingSettings(options, parts.train.length, chosen)
    const { epochs } = descent
    const counts = new Int32Array(classes.length)
    for (const i of parts.test) counts[indices[i]]++
    const found: Omit<ModelSearch, 'checkpoint'> = {
      best: null,
      finalists: [],
      ranking: [],
      baseline: counts.reduce((a, b) => Math.max(a, b)) / parts.test.length,
      classes,
    }

    const run = training(supernet, train, { ...descent, ...sampling, seed, resume: options.resume })
    let stop = false
    let next = run.next()
    while (!next.done) {
      const { epoch, error } = next.value
      const report: SearchModelsReport = { stage: 'train', done: (epoch + 1) / epochs }
      if (error !== undefined) report.error = error
      stop = yield report
      next = run.next(stop)
    }
    const answer: ModelSearch = { ...found, checkpoint: next.value.checkpoint }
    if (stop) return answer
    for (const { path, accuracy, completed, total } of rankPaths.steps(supernet, choose, { paths })) {
      answer.ranking.push({ path, name: chosen.describe(path), parameters: supernet.parameterCount(path), accuracy })
      if (yield { stage: 'rank', done: completed / total }) return sorted(answer)
    }
    sorted(answer)
    const winners = different(supernet, choose, answer.ranking, finalists)
    for (const [k, { path, name, parameters }] of winners.entries()) {
      const run = trainAlone.steps(path, train, { ...descent, ...sizes })
      let next = run.next()
      while (!next.done) {
        const report: SearchModelsReport = {
          stage: 'finals',
          done: (k + (next.value.epoch + 1) / epochs) / winners.length,
        }
        if (next.value.error !== undefined) report.error = next.value.error
        if (yield report) return answer
        next = run.next()
      }
      const { network } = next.value
      const on = (part: Data) => rankPaths(network, part).accuracies[0]
      answer.finalists.push({
        path,
        name,
        parameters,
        model: new TableModel(network, classes, scaling),
        validationAccuracy: on(choose),
        testAccuracy: on(measure),
      })
      const order = (a: Finalist, b: Finalist) =>
        b.validationAccuracy - a.validationAccuracy || a.parameters - b.parameters
      answer.best = [...answer.finalists].sort(order)[0]
    }
    return answer
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: SEARCH_OPTIONS },
)

/**
 * The first `most` of the ranking that are different functions: paths such as skip-skip-skip and none-skip-none differ
 * only by a factor, which the normalization takes away.
 */
function different(supernet: Supernet, { inputs }: Data, ranking: ModelSearch['ranking'], most: number) {
  const winners: ModelSearch['ranking'] = []
  const found: Float64Array[] = []
  for (const one of ranking) {
    const logits = supernet.forward(inputs, one.path)
    const largest = logits.reduce((top, value) => Math.max(top, Math.abs(value)), 0)
    const same = (other: Float64Array) => logits.every((value, k) => Math.abs(value - other[k]) <= 1e-3 * largest)
    if (found.some(same)) continue
    found.push(logits)
    if (winners.push(one) === most) break
  }
  return winners
}

/** Sorts by accuracy; of equal ones the smaller model first. */
function sorted(answer: ModelSearch): ModelSearch {
  answer.ranking.sort((a, b) => b.accuracy - a.accuracy || a.parameters - b.parameters)
  return answer
}
