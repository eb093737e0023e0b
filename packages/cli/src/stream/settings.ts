import type { Options } from '../options.ts'
import { UsageError } from '../problem.ts'
import { LEARNERS, OWN_OPTIONS, type Settings } from './learners.ts'

/** The settings that were typed; those that were not are undefined. */
type Typed = Partial<Settings>

/** How each setting's option is written. */
const OPTION: Record<keyof Settings, string> = {
  learner: 'learner',
  features: 'features',
  radius: 'radius',
  scale: 'scale',
  beta: 'beta',
  horizon: 'horizon',
  positive: 'positive',
  firstIndex: 'first-index',
}

/** What is taken when nothing is said. */
const DEFAULTS = { learner: 'sea-convex', radius: 20, scale: 'unit', beta: 1, firstIndex: 1 } as const

/** @throws UsageError naming the option that is no good. */
export function typedSettings(options: Options): Typed {
  const firstIndex = options.choice('first-index', ['0', '1'])
  const scale = options.text('scale') === 'unit' ? 'unit' : options.number('scale', { positive: true })
  const typed = {
    learner: options.choice('learner', LEARNERS),
    features: options.number('features', { positive: true, integer: true }),
    radius: options.number('radius', { positive: true }),
    scale,
    beta: options.number('beta', { positive: true }),
    horizon: options.number('horizon', { positive: true, integer: true }),
    positive: options.number('positive', {}),
    firstIndex: firstIndex === undefined ? undefined : (Number(firstIndex) as 0 | 1),
  }
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined))
}

/** Settings of a new learner, all but the number of features, which may have to be counted. */
export function newSettings(typed: Typed): Omit<Settings, 'features'> & { features?: number } {
  const settings = { ...DEFAULTS, ...typed }
  checkOwnOptions(typed, settings.learner)
  if (settings.learner === 'sea-dynamic' && settings.horizon === undefined)
    throw new UsageError('sea-dynamic needs --horizon')
  return settings
}

/**
 * Settings of a saved learner. What was typed must say the same; of another file (`anew`), the labels and the first index may
 * be others.
 *
 * @throws UsageError naming the option and what the state says.
 */
export function savedSettings(typed: Typed, saved: Settings, file: string, anew: boolean): Settings {
  checkOwnOptions(typed, saved.learner)
  for (const key of Object.keys(typed) as (keyof Settings)[]) {
    if (typed[key] === saved[key] || (anew && (key === 'positive' || key === 'firstIndex'))) continue
    throw new UsageError(`--${OPTION[key]} ${typed[key]} contradicts ${file}, which says ${saved[key] ?? 'none'}`)
  }
  return { ...saved, ...typed }
}

function checkOwnOptions(typed: Typed, learner: string): void {
  for (const { learner: owner, option } of OWN_OPTIONS)
    if (typed[option] !== undefined && owner !== learner)
      throw new UsageError(`--${option} is for --learner ${owner}; ${learner} does not use it`)
}
