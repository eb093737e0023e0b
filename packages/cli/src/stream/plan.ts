import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { checkWritable } from '../files.ts'
import type { Options } from '../options.ts'
import { nameable } from '../printable.ts'
import { Problem, UsageError } from '../problem.ts'
import { isSameFile } from '../targets.ts'
import type { Settings } from './learners.ts'
import { type Position, type Source, START, sourceOf } from './lines.ts'
import { readSaved, type Saved } from './saved.ts'
import { newSettings, savedSettings, typedSettings } from './settings.ts'

/** What a call of `opt stream` asks for, checked as far as the input need not be read. */
export interface Plan {
  source: Source
  settings: Omit<Settings, 'features'> & { features?: number }
  /** Judge only. */
  test: boolean
  /** Where to go on: a learner, and how it is called. */
  old: { saved: Saved; name: string; resumes: boolean } | undefined
  /** Where to save; `asked`: also at the end. */
  state: { path: string; name: string; asked: boolean }
  /** Where predictions go, and how many lines of those already there are kept. */
  predictions: { path: string; keep: number } | undefined
}

/** @throws Problem or UsageError that names the option. */
export function planOf(file: string | undefined, options: Options): Plan {
  const [resume, from] = [options.text('resume'), options.text('from')]
  const test = options.has('test')
  if (resume !== undefined && from !== undefined)
    throw new UsageError('--resume goes on in the same input, --from begins a new one: give one of them')
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
  checkApart(source.path, options.text('state') ?? resume, resume ?? from, predictions)
  return {
    source,
    settings,
    test,
    old,
    state,
    predictions:
      predictions === undefined
        ? undefined
        : { path: resolve(predictions), keep: old?.resumes ? (old.saved.predicted ?? 0) : 0 },
  }
}

function oldOf(resume: string | undefined, from: string | undefined): Plan['old'] {
  if (resume !== undefined) return { saved: readSaved(resume, '--resume'), name: nameable(resume), resumes: true }
  if (from !== undefined) return { saved: readSaved(from, '--from'), name: nameable(from), resumes: false }
  return undefined
}

function stateOf(typed: string | undefined, resume: string | undefined): Plan['state'] {
  if (typed !== undefined) checkWritable(resolve(typed), '--state')
  const name = typed ?? resume ?? freeName()
  return { path: resolve(name), name: nameable(name), asked: typed !== undefined }
}

/** No file is written over another one of the same run. */
function checkApart(...[input, state, old, predictions]: (string | undefined)[]): void {
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

/** A name for a state that nobody named, so that no other one is overwritten. */
function freeName(): string {
  for (let k = 1; ; k++) {
    const name = k === 1 ? 'opt-stream.json' : `opt-stream-${k}.json`
    if (!existsSync(name)) return name
  }
}

/** How much of the input is learned already. */
export const startOf = ({ old }: Plan): Position =>
  old?.resumes ? { lines: old.saved.lines, digest: old.saved.digest } : START

/**
 * What is to be passed over, since it is learned already, and what to say of an input that begins otherwise. Standard input is
 * taken to hold the rest.
 */
export function knownOf(plan: Plan): { position: Position; mismatch: Problem } | undefined {
  const { old, source } = plan
  const position = startOf(plan)
  if (!old || position.lines === 0 || source.path === undefined) return undefined
  const advice = `\`--from ${old.name}\` begins a new input with what they taught`
  if (position.digest === undefined)
    throw new Problem(`--resume: ${old.name} does not say of which input its ${position.lines} lines are; ${advice}`)
  const mismatch = new Problem(
    `--resume: ${source.name} does not begin with the ${position.lines} lines that ${old.name} has learned; ${advice}`,
  )
  return { position, mismatch }
}
