import { matrix, number, options as optionsOf, refuse, show, vector } from '@opt/core'
import type { BoostedNetworkOptions, BoostingProblem } from './boosted-network.ts'
import { Growth, savedRun } from './growth.ts'
import { type FlatLoss, LOSSES } from './losses.ts'
import { checkSettings, type Settings } from './settings.ts'
import { randomStart } from './stage/fit-stage.ts'
import { Rows } from './stage/rows.ts'
import { Stage, type StageShape } from './stage/stage.ts'
import { flatWeights } from './stage/weights.ts'
import { checkTargets } from './targets.ts'

/** A run at its start, or where a saved one ended. */
interface Run {
  settings: Settings
  loss: FlatLoss
  growth: Growth
  stage: Stage
  /** The rows I of stage t. */
  rowsOf(t: number): ArrayLike<number>
  /** The start of stage t. */
  startOf(t: number): Float64Array
}

/** Checks problem and options of a run, and allocates all that it needs. */
export function prepare(problem: BoostingProblem, options: BoostedNetworkOptions): Run {
  const { X, y, validation } = optionsOf(problem, 'problem')
  const settings = checkSettings(options)
  const x = matrix(X, 'X')
  const [n, d] = x.shape as [number, number]
  const targets = checkTargets(settings.loss, y, 'y', { n })
  const { k: K } = targets
  const shape = { d, J: settings.neuronsPerStep, K, activation: settings.activation }
  const train = new Rows(shape, x.data, targets.y)
  const other = validation === undefined ? undefined : validationRows(validation, settings, shape)
  const { starts, subsets, resume } = options
  for (const [label, list] of Object.entries({ starts, subsets }))
    if (list !== undefined && (!Array.isArray(list) || list.length !== settings.stages))
      refuse(label, `an array of length ${settings.stages}, one for each stage`, show(list), 'type')
  const chosen = subsets?.map((rows, t) => checkRows(rows, n, `subsets[${t}]`))
  const given = starts?.map((start, t) => flatWeights(start, shape, `starts[${t}]`))
  const size = chosen?.[0].length ?? Math.floor(settings.subsample * n)
  if (size < 1) refuse('subsample', `at least 1/${n}, a row of X`, show(settings.subsample))
  const saved = resume && savedRun(resume, settings, shape)
  if (saved) settings.random = saved.random
  const all = Int32Array.from({ length: n }, (_, i) => i)
  return {
    settings,
    loss: LOSSES[settings.loss],
    growth: new Growth(settings, shape, train, other, saved),
    stage: new Stage(shape, size, settings.l2),
    rowsOf: (t) => chosen?.[t] ?? (size === n ? all : settings.random.choice(n, size).sort()),
    startOf: (t) => given?.[t] ?? randomStart(shape, settings.random),
  }
}

function validationRows(
  given: NonNullable<BoostingProblem['validation']>,
  settings: Settings,
  shape: StageShape,
): Rows {
  const { X, y } = optionsOf(given, 'validation')
  const x = matrix(X, 'validation.X', { columns: shape.d })
  const targets = checkTargets(settings.loss, y, 'validation.y', { n: x.shape[0], k: shape.K })
  return new Rows(shape, x.data, targets.y)
}

/** Checks numbers of rows, as many as in the first subset. */
function checkRows(rows: ArrayLike<number>, n: number, label: string): Float64Array {
  const list = vector(rows, label)
  for (let i = 0; i < list.length; i++) number(list[i], `${label}[${i}]`, { integer: true, min: 0, max: n - 1 })
  return list
}
