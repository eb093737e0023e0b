import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isSameFile } from '../files/targets.ts'
import { checkWritable } from '../files/whole-file.ts'
import type { Options } from '../options.ts'
import { Problem, UsageError } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import { type Position, START } from './position.ts'
import { readSaved, type Saved } from './saved.ts'
import type { UncountedSettings } from './settings.ts'
import { type Source, sourceOf } from './source.ts'
import { newSettings, savedSettings, typedSettings } from './typed-settings.ts'

/** What a call of `opt stream` asks for, checked as far as possible without reading the input. */
export interface StreamRequest {
  source: Source
  settings: UncountedSettings
  /** Judge only. */
  test: boolean
  /** The learner to continue with, the name of its file, and whether in the same input. */
  old: { saved: Saved; name: string; resumes: boolean } | undefined
  /** Where to save the state; `asked`: also at the end, not only when interrupted. */
  state: { path: string; name: string; asked: boolean }
  /** Where predictions go, and how many of the lines already there remain. */
  predictions: { path: string; oldLines: number } | undefined
}

/** @throws Problem or UsageError that names the option. */
export function requestOf(file: string | undefined, options: Options): StreamRequest {
  const [resume, from] = [options.text('resume'), options.text('from')]
  const test = options.has('test')
  if (resume !== undefined && from !== undefined)
    throw new UsageError('--resume continues in the same input, --from begins a new one: give one of them')
  if (test && from === undefined) throw new UsageError('--test needs --from <state>: the learner that is to be judged')
  if (test && options.has('state')) throw new UsageError('--test learns nothing that --state could save')
  const typed = typedSettings(options)
  const source = sourceOf(file)
  const old = oldOf(resume, from)
  const settings = old ? savedSettings(typed, old.saved, old.name, !old.resumes) : newSettings(typed)
  if (settings.features === undefined && source.size === undefined)
    throw new UsageError(`${source.name} needs --features: how many there are cannot be seen in advance`)
  const state = stateOf(options.text('state'), resume)
  const predictions = options.text('predictions')
  checkApart({ input: source.path, state: options.text('state') ?? resume, old: resume ?? from, predictions })
  return {
    source,
    settings,
    test,
    old,
    state,
    predictions:
      predictions === undefined
        ? undefined
        : { path: resolve(predictions), oldLines: old?.resumes ? (old.saved.predicted ?? 0) : 0 },
  }
}

function oldOf(resume: string | undefined, from: string | undefined): StreamRequest['old'] {
  if (resume !== undefined) return { saved: readSaved(resume, '--resume'), name: nameable(resume), resumes: true }
  if (from !== undefined) return { saved: readSaved(from, '--from'), name: nameable(from), resumes: false }
  return undefined
}

function stateOf(typed: string | undefined, resume: string | undefined): StreamRequest['state'] {
  if (typed !== undefined) checkWritable(resolve(typed), '--state')
  const name = typed ?? resume ?? freeName()
  return { path: resolve(name), name: nameable(name), asked: typed !== undefined }
}

/** Refuses to write over another file of the same run. */
function checkApart(files: Record<'input' | 'state' | 'old' | 'predictions', string | undefined>): void {
  const { input, state, old, predictions } = files
  const pairs = [
    [state, input, '--state and the input'],
    [predictions, input, '--predictions and the input'],
    [predictions, state, '--predictions and the state'],
    [predictions, old, '--predictions and the state'],
  ] as const
  for (const [a, b, names] of pairs)
    if (a !== undefined && b !== undefined && isSameFile(resolve(a), resolve(b)))
      throw new UsageError(`${names} must be different files, got ${nameable(a)} for both`)
}

/** Returns an unused name for a state without a name of its own. */
function freeName(): string {
  for (let k = 1; ; k++) {
    const name = k === 1 ? 'opt-stream.json' : `opt-stream-${k}.json`
    if (!existsSync(name)) return name
  }
}

/** Returns how much of the input is learned already. */
export const startOf = ({ old }: StreamRequest): Position =>
  old?.resumes ? { lines: old.saved.lines, digest: old.saved.digest } : START

/**
 * Returns the lines to skip, since they are learned already, and the error for an input that begins
 * differently; undefined when there are none. Standard input is taken to hold the rest.
 */
export function knownOf(request: StreamRequest): { position: Position; mismatch: Problem } | undefined {
  const { old, source } = request
  const position = startOf(request)
  if (!old || position.lines === 0 || source.path === undefined) return undefined
  const advice = `\`--from ${old.name}\` begins a new input with what they taught`
  if (position.digest === undefined)
    throw new Problem(`--resume: ${old.name} does not say of which input its ${position.lines} lines are; ${advice}`)
  const mismatch = new Problem(
    `--resume: ${source.name} does not begin with the ${position.lines} lines that ${old.name} has learned; ${advice}`,
  )
  return { position, mismatch }
}
