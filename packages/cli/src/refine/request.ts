import { resolve } from 'node:path'
import type { CsvOptions } from '@opt/datasets'
import { isSameFile } from '../files/targets.ts'
import { checkWritable } from '../files/whole-file.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../problem.ts'
import { type Source, sourceOf } from '../stream/source.ts'
import { nameable } from '../terminal/printable.ts'

/** What a call of `opt refine` asks for. */
export interface RefineRequest {
  source: Source
  /** How the table is written. */
  table: CsvOptions
  /** The name or the position of the column of norms; undefined: to be inferred. */
  column: string | number | undefined
  schedule: { smoothing: number; power: number; floor: number; peak: number }
  /** Absolute paths of what is to be written. */
  out: string | undefined
  report: string | undefined
}

/** @throws Problem or UsageError that names the option. */
export function requestOf(file: string | undefined, options: Options): RefineRequest {
  const header = options.choice('header', ['true', 'false'])
  const delimiter = options.text('delimiter')
  const decimal = options.choice('decimal', ['.', ','])
  const schedule = {
    smoothing: options.number('smoothing', { positive: true, max: 1 }) ?? 0.1,
    power: options.number('power', { positive: true }) ?? 2,
    floor: options.number('floor', { min: 0, max: 1 }) ?? 0,
    peak: options.number('peak', { positive: true }) ?? 1,
  }
  const source = sourceOf(file)
  const out = options.output(/\.(csv|json)$|^\/dev\/(stdout|fd\/1)$/i, '.csv or .json')
  const report = reportOf(options.text('report'))
  const written = { '--out': out, '--report': report }
  for (const [option, path] of Object.entries(written))
    if (path !== undefined && source.path !== undefined && isSameFile(path, resolve(source.path)))
      throw new UsageError(`${option} and the input are the same file`)
  return {
    source,
    table: { delimiter, decimal, header: header === undefined ? undefined : header === 'true' },
    column: options.numberOrText('column'),
    schedule,
    out,
    report,
  }
}

function reportOf(typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined
  if (!/\.html?$/i.test(typed)) throw new UsageError(`--report must end in .html, got ${nameable(typed)}`)
  const path = resolve(typed)
  checkWritable(path, '--report')
  return path
}
