import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isSameFile } from '../files/targets.ts'
import { checkWritable } from '../files/whole-file.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import { type ImageOptions, readImage, type SpectralImage } from './image.ts'
import { readSaved, type SavedUnmixing } from './saved.ts'

/** Settings of a new run; a state has decided those of one that goes on. */
export interface UnmixSettings {
  loss: 'l21' | 'frobenius'
  sparsity: number
  sumToOne: number
  seed: number
}

/** What a call of `opt unmix` asks for. */
export interface UnmixRequest {
  image: SpectralImage
  /** As it was typed. */
  name: string
  endmembers: number
  start: UnmixSettings | SavedUnmixing
  clip: boolean
  iterations: number
  /** Absolute paths of what is to be written. */
  out: string | undefined
  report: string | undefined
  /** Where to save; `asked`: not only when interrupted. */
  state: { path: string; name: string; asked: boolean }
}

/** Options that a state has decided. */
const DECIDED = ['endmembers', 'variable', 'rows', 'columns', 'loss', 'sparsity', 'sum-to-one', 'clip', 'seed'] as const

/** @throws Problem or UsageError that names the option. */
export function requestOf(file: string, page: string | undefined, options: Options): UnmixRequest {
  const resume = options.text('resume')
  const saved = resume === undefined ? undefined : readSaved(resume)
  const decided = DECIDED.find((name) => saved && options.has(name))
  if (decided) throw new UsageError(`--${decided} is decided by the state that --resume continues`)
  const size = { integer: true, min: 1, max: 1e6 } as const
  const typed: ImageOptions = saved?.image ?? {
    variable: options.text('variable'),
    rows: options.number('rows', size),
    columns: options.number('columns', size),
  }
  const endmembers = saved?.run.endmembers ?? options.number('endmembers', { integer: true, min: 1, max: 1000 })
  if (endmembers === undefined) throw new UsageError('how many materials? Give --endmembers')
  const settings: UnmixSettings = {
    loss: options.choice('loss', ['l21', 'frobenius']) ?? 'l21',
    sparsity: options.number('sparsity', { min: 0, max: 1e100 }) ?? 64,
    sumToOne: options.number('sum-to-one', { min: 0, max: 1e100 }) ?? 1000,
    seed: options.seed(),
  }
  const iterations = options.number('iterations', { integer: true, min: 1 }) ?? saved?.iterations ?? 200
  const out = options.output(/\.png$/i, '.png')
  const report = reportOf(page)
  const state = stateOf(options.text('state'), resume)
  const written = { '--out': out, 'the report': report, '--state': state.path }
  for (const [what, path] of Object.entries(written))
    if (path !== undefined && isSameFile(path, resolve(file)))
      throw new UsageError(`${what} and the image are the same file`)
  const image = readImage(file, typed)
  if (saved && saved.digest !== image.digest)
    throw new UsageError(`--resume: ${nameable(resume!)} is the state of another image than ${nameable(file)}`)
  return {
    image,
    name: nameable(file),
    endmembers,
    start: saved ?? settings,
    clip: saved?.clip ?? options.has('clip'),
    iterations,
    out,
    report,
    state,
  }
}

function reportOf(typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined
  if (!/\.html?$/i.test(typed)) throw new UsageError(`the report must end in .html, got ${nameable(typed)}`)
  const path = resolve(typed)
  checkWritable(path, 'the report')
  return path
}

/** Where to save: what was typed, the state that is continued, or an unused name. */
function stateOf(typed: string | undefined, resume: string | undefined): UnmixRequest['state'] {
  if (typed !== undefined) checkWritable(resolve(typed), '--state')
  const name = typed ?? resume ?? freeName()
  return { path: resolve(name), name: nameable(name), asked: typed !== undefined }
}

function freeName(): string {
  for (let k = 1; ; k++) {
    const name = k === 1 ? 'opt-unmix.json' : `opt-unmix-${k}.json`
    if (!existsSync(name)) return name
  }
}
