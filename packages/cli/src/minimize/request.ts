import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CboState } from '@opt/cbo'
import { isSameFile, statOf } from '../files/targets.ts'
import { checkWritable } from '../files/whole-file.ts'
import type { Options } from '../options.ts'
import { Problem, reasonOf, UsageError } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import { readSaved } from './saved.ts'

/** Settings that a state keeps: they determine the numbers. */
export interface MinimizeSettings {
  particles: number
  sigma: number
  alpha: number
  seed: number
}

type Numbers = number | number[]

/** Where particles start. */
export type TypedStart =
  | { lower: Numbers; upper: Numbers; dimension: number }
  | { mean: Numbers; deviation: Numbers; dimension: number; lower?: Numbers; upper?: Numbers }

/** What a call of `opt minimize` asks for. */
export interface MinimizeRequest {
  /** Absolute path, digest and typed name of the module, and the name of its function. */
  script: { path: string; digest: string; name: string }
  export: string
  settings: MinimizeSettings
  start: TypedStart | CboState
  steps: number
  tolerance: number
  target: number | undefined
  workers: number
  /** Where to save; `asked`: not only when interrupted. */
  state: { path: string; name: string; asked: boolean }
  /** Whether the script has changed since the state was saved. */
  changed: boolean
}

/** Options that a state has decided. */
const DECIDED = ['lower', 'upper', 'start', 'deviation', 'dimension', 'particles', 'sigma', 'alpha', 'seed'] as const

/** @throws Problem or UsageError that names the option. */
export function requestOf(typed: string, options: Options): MinimizeRequest {
  const script = scriptOf(typed)
  const resume = options.text('resume')
  const saved = resume === undefined ? undefined : readSaved(resume)
  const decided = DECIDED.find((name) => saved && options.has(name))
  if (decided) throw new UsageError(`--${decided} is decided by the state that --resume continues`)
  const state = stateOf(options.text('state'), resume)
  if (isSameFile(state.path, script.path)) throw new UsageError('--state and the script must be different files')
  return {
    script,
    export: options.text('export') ?? saved?.export ?? 'default',
    settings: saved?.settings ?? {
      particles: options.number('particles', { integer: true, min: 1, max: 1e6 }) ?? 100,
      sigma: options.number('sigma', { nonnegative: true }) ?? 7,
      alpha: options.number('alpha', { positive: true }) ?? 1000,
      seed: options.seed(),
    },
    start: saved?.cloud ?? startOf(options),
    steps: options.number('steps', { integer: true, min: 1 }) ?? saved?.steps ?? 1000,
    tolerance: options.number('tolerance', { nonnegative: true }) ?? saved?.tolerance ?? 1e-6,
    target: options.number('target', {}),
    workers: options.number('workers', { integer: true, min: 1, max: 1024 }) ?? 1,
    state,
    changed: saved !== undefined && saved.digest !== script.digest,
  }
}

function scriptOf(typed: string): MinimizeRequest['script'] {
  const path = resolve(typed)
  const name = nameable(typed)
  try {
    if (statOf(path)?.isFile() !== true) throw new Problem(`cannot read ${name}: there is no such file`)
    return { path, name, digest: createHash('sha256').update(readFileSync(path)).digest('hex') }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(`cannot read ${name}: ${reasonOf(error)}`)
  }
}

function startOf(options: Options): TypedStart {
  const [lower, upper] = [options.numbers('lower'), options.numbers('upper')]
  const mean = options.numbers('start')
  const deviation = options.numbers('deviation')
  const dimension = options.number('dimension', { integer: true, min: 1, max: 1e6 })
  if (mean === undefined && deviation !== undefined) throw new UsageError('--deviation needs --start')
  if (mean === undefined && (lower === undefined || upper === undefined))
    throw new UsageError('where to start? Give --lower and --upper, or --start')
  const d = agreed({ lower, upper, start: mean, deviation }, dimension)
  const all = (list: number[]) => (list.length === 1 ? list[0]! : list)
  lower?.forEach((low, j) => {
    const high = upper?.[upper.length === 1 ? 0 : j] ?? Infinity
    if (!(low < high)) throw new UsageError(`--lower must be below --upper, got ${low} and ${high}`)
  })
  const bounds = { ...(lower && { lower: all(lower) }), ...(upper && { upper: all(upper) }) }
  if (mean === undefined) return { lower: all(lower!), upper: all(upper!), dimension: d }
  const width = deviation ?? [1]
  if (width.some((s) => s < 0)) throw new UsageError('--deviation must not be negative')
  return { mean: all(mean), deviation: all(width), dimension: d, ...bounds }
}

/** Returns the number of coordinates: what --dimension says, or the longest list; one number stands for all. */
function agreed(lists: Record<string, number[] | undefined>, dimension: number | undefined): number {
  const d = dimension ?? Math.max(...Object.values(lists).map((list) => list?.length ?? 1))
  for (const [name, list] of Object.entries(lists))
    if (list !== undefined && list.length !== 1 && list.length !== d)
      throw new UsageError(`--${name} has ${list.length} numbers for ${d} coordinates`)
  return d
}

/** Where to save: what was typed, the state that is continued, or an unused name. */
function stateOf(typed: string | undefined, resume: string | undefined): MinimizeRequest['state'] {
  if (typed !== undefined) checkWritable(resolve(typed), '--state')
  const name = typed ?? resume ?? freeName()
  return { path: resolve(name), name: nameable(name), asked: typed !== undefined }
}

function freeName(): string {
  for (let k = 1; ; k++) {
    const name = k === 1 ? 'opt-minimize.json' : `opt-minimize-${k}.json`
    if (!existsSync(name)) return name
  }
}
