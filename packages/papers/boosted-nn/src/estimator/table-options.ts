import { boolean, callback, number, type OptionNames, options as optionsOf, refuse, show } from '@opt/core'
import type { BoostingReport } from '../boosted-network.ts'
import { checkSettings, GROWTH_OPTIONS, type GrowthOptions } from '../settings.ts'
import type { TableState } from './table-state.ts'

/** Options of {@link BoostedNetwork}. */
export interface TableOptions extends GrowthOptions {
  /** Shift and scale every feature, and numbers to predict, to mean 0 and deviation 1 (default true). */
  standardize?: boolean | undefined
  /**
   * The share of the rows that is set aside, 0 (default) to 0.99: growth stops when their loss has not fallen for `patience`
   * stages, and later stages than the best are cut off. Of labels, every class gives its share.
   */
  validationFraction?: number | undefined
  /** Default 10. */
  patience?: number | undefined
}

export const TABLE_OPTIONS: OptionNames<TableOptions> = [
  ...GROWTH_OPTIONS,
  'standardize',
  'validationFraction',
  'patience',
]

/** Options of {@link BoostedNetwork.fit}. */
export interface FitOptions {
  /** Called after each stage. */
  onProgress?: ((report: BoostingReport & { iteration: number }) => void) | undefined
  /** Aborting it ends the fit: the stages so far are the network, and the status is 'aborted'. */
  signal?: AbortSignal | undefined
  /**
   * The `state` of an earlier fit of the same rows: its stages come first, and the random draws go on, to the same bits
   * as without the break. `units` may be larger; one that stopped early goes on for a stage at least.
   */
  resume?: TableState | undefined
}

/** Checks options, and copies them. */
export function checkTableOptions(given: TableOptions | undefined, name: string): TableOptions {
  const options = optionsOf(given, `${name}: options`, TABLE_OPTIONS)
  const { standardize = true, validationFraction = 0, patience = 10 } = options
  checkSettings(options, `${name}: `)
  boolean(standardize, `${name}: standardize`)
  number(validationFraction, `${name}: validationFraction`, { min: 0, max: 0.99 })
  number(patience, `${name}: patience`, { integer: true, min: 1 })
  return { ...options }
}

/** Checks the options of a fit. */
export function checkFitOptions(given: FitOptions | undefined): FitOptions {
  const { onProgress, signal, resume } = optionsOf(given, 'options', ['onProgress', 'signal', 'resume'])
  if (onProgress !== undefined) callback(onProgress, 'onProgress')
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    refuse('signal', 'an AbortSignal', show(signal), 'type')
  return { onProgress, signal, resume }
}
