import type { Options } from '../options.ts'
import { UsageError } from '../problem.ts'
import { LEARNERS, OWN_OPTIONS } from './learners.ts'
import type { Settings, UncountedSettings } from './settings.ts'

/** The settings that belong to an input, not to the learner. */
const OF_INPUT: readonly (keyof Settings)[] = ['positive', 'firstIndex', 'label', 'header', 'delimiter', 'decimal']

const DEFAULTS = { learner: 'sea-convex', radius: 20, scale: 'unit', beta: 1, firstIndex: 1 } as const

/**
 * Reads the settings that were typed.
 *
 * @throws UsageError naming the option that is wrong.
 */
export function typedSettings(options: Options): Partial<Settings> {
  const firstIndex = options.choice('first-index', ['0', '1'])
  const header = options.choice('header', ['true', 'false'])
  const typed = {
    learner: options.choice('learner', LEARNERS),
    features: options.number('features', { positive: true, integer: true }),
    radius: options.number('radius', { positive: true }),
    scale: options.text('scale') === 'unit' ? 'unit' : options.number('scale', { positive: true }),
    beta: options.number('beta', { positive: true }),
    horizon: options.number('horizon', { positive: true, integer: true }),
    positive: options.numberOrText('positive'),
    firstIndex: firstIndex === undefined ? undefined : Number(firstIndex),
    label: options.numberOrText('label'),
    header: header === undefined ? undefined : header === 'true',
    delimiter: options.text('delimiter'),
    decimal: options.choice('decimal', ['.', ',']),
  }
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined))
}

/** Completes the settings of a new learner, except for the number of features, which may have to be counted. */
export function newSettings(typed: Partial<Settings>): UncountedSettings {
  const settings = { ...DEFAULTS, ...typed }
  checkOwnOptions(typed, settings.learner)
  if (settings.learner === 'sea-dynamic' && settings.horizon === undefined)
    throw new UsageError('sea-dynamic needs --horizon')
  return settings
}

/**
 * Returns the settings of a saved learner. Typed options must agree with them; for a new input (`anew`) those
 * that describe the input may differ. A header may be absent from the rest of an input.
 *
 * @throws UsageError naming the option and what the state says.
 */
export function savedSettings(typed: Partial<Settings>, saved: Settings, file: string, anew: boolean): Settings {
  checkOwnOptions(typed, saved.learner)
  for (const key of Object.keys(typed) as (keyof Settings)[]) {
    if (typed[key] === saved[key] || key === 'header' || (anew && OF_INPUT.includes(key))) continue
    throw new UsageError(`--${kebab(key)} ${typed[key]} contradicts ${file}, which says ${saved[key] ?? 'none'}`)
  }
  return { ...saved, ...typed }
}

const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function checkOwnOptions(typed: Partial<Settings>, learner: string): void {
  for (const { learner: owner, option } of OWN_OPTIONS)
    if (typed[option] !== undefined && owner !== learner)
      throw new UsageError(`--${option} is for --learner ${owner}; ${learner} does not use it`)
}
