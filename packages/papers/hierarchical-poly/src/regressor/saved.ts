import { number, oneOf, options, refuse, show, vector } from '@opt/core'
import type { HierarchicalModel } from '../hierarchical-fit.ts'
import { checkLink } from '../model/fit-state.ts'
import { checkScore } from '../model/score-checks.ts'
import { checkOptions, type HierarchicalRegressorOptions } from './options.ts'
import { type Scaling, scaledInputs } from './scaling.ts'

const STATUSES = ['completed', 'no-signal', 'stalled', 'aborted', 'time-budget', 'max-iterations', 'stopped'] as const

/** How a fit ended, and what it found out. */
export interface FitReport {
  /** 'no-signal': no score predicts y better than its mean, which is then all that is predicted. */
  status: (typeof STATUSES)[number]
  /** One readable sentence. */
  message: string
  /** Leave-one-out R^2 of the polynomial alone, without a curve. */
  scoreR2Loo: number
  /**
   * Leave-one-out R^2 of the curve after the two stages, and after each refinement. After refinements it is too high, for
   * the score has seen all rows: compare on other rows, or by {@link crossValidate}.
   */
  r2Loo: number[]
  /** The step that was kept: 0 for the two stages alone. */
  step: number
  /** The penalty of the score. */
  lambda: number
  /** Steps made. */
  iterations: number
}

/** What a regressor learns. */
export interface Fitted {
  scaling: Scaling
  model: HierarchicalModel
  /** Predictions are mean + deviation * (curve of the score). */
  response: { mean: number; deviation: number; least: number; largest: number }
  report: FitReport
}

/** A fitted regressor as JSON. */
export interface SavedRegressor extends Fitted {
  format: 'hierarchical-regressor'
  version: 1
  options: HierarchicalRegressorOptions
}

const numbers = (values: number[], label: string, length?: number): number[] =>
  Array.from(vector(values, label, { length }))

function checkScaling(given: Scaling, label: string): Scaling {
  const { inputs, kept, shift, scale, rotation } = options(given, label)
  number(inputs, `${label}.inputs`, { integer: true, min: 1, max: 1_000_000 })
  const places = numbers(kept, `${label}.kept`)
  for (const [k, place] of places.entries()) {
    number(place, `${label}.kept[${k}]`, { integer: true, min: k === 0 ? 0 : places[k - 1] + 1, max: inputs - 1 })
  }
  if (rotation !== null && !(Array.isArray(rotation) && rotation.length > 0 && rotation.length <= places.length))
    refuse(`${label}.rotation`, 'null, or at most as many rows as columns are kept', show(rotation), 'type')
  return {
    inputs,
    kept: places,
    shift: numbers(shift, `${label}.shift`, places.length),
    scale: Array.from(vector(scale, `${label}.scale`, { length: places.length, sign: 'positive' })),
    rotation: rotation && Array.from(rotation, (row, r) => numbers(row, `${label}.rotation[${r}]`, places.length)),
  }
}

function checkReport(given: FitReport, label: string): FitReport {
  const report = options(given, label)
  const { status, message, scoreR2Loo, r2Loo, step, lambda, iterations } = report
  if (typeof message !== 'string') refuse(`${label}.message`, 'a text', show(message), 'type')
  if (!Array.isArray(r2Loo)) refuse(`${label}.r2Loo`, 'an array', show(r2Loo), 'type')
  return {
    status: oneOf(status, `${label}.status`, STATUSES),
    message,
    scoreR2Loo: number(scoreR2Loo, `${label}.scoreR2Loo`, { max: 1 }),
    r2Loo: Array.from(r2Loo, (value, k) => number(value, `${label}.r2Loo[${k}]`, { max: 1 })),
    step: number(step, `${label}.step`, { integer: true, min: 0 }),
    lambda: number(lambda, `${label}.lambda`, { positive: true }),
    iterations: number(iterations, `${label}.iterations`, { integer: true, min: 0 }),
  }
}

/** Checks what {@link HierarchicalRegressor.toJSON} returned. */
export function fromSaved(saved: SavedRegressor): { options: HierarchicalRegressorOptions; fitted: Fitted } {
  if (typeof saved !== 'object' || saved === null) refuse('saved', 'what toJSON returned', show(saved), 'type')
  oneOf(saved.format, 'saved.format', ['hierarchical-regressor'])
  number(saved.version, 'saved.version', { integer: true, min: 1, max: 1 })
  const scaling = checkScaling(saved.scaling, 'saved.scaling')
  const { score, link } = options(saved.model, 'saved.model')
  const model = { score: checkScore(score, 'saved.model.score'), link: checkLink(link, 'saved.model.link') }
  number(model.score.inputs, 'saved.model.score.inputs', { min: scaledInputs(scaling), max: scaledInputs(scaling) })
  const { mean, deviation, least, largest } = options(saved.response, 'saved.response')
  number(least, 'saved.response.least')
  return {
    options: checkOptions(saved.options, 'saved.options'),
    fitted: {
      scaling,
      model,
      response: {
        mean: number(mean, 'saved.response.mean'),
        deviation: number(deviation, 'saved.response.deviation', { positive: true }),
        least,
        largest: number(largest, 'saved.response.largest', { min: least }),
      },
      report: checkReport(saved.report, 'saved.report'),
    },
  }
}
