import { callback, type ExperimentReport, options as optionsOf, refuse, type Scale, show } from '@opt/core'
import { list, text } from './checks.ts'
import { type Machine, thisMachine } from './machine.ts'
import type { Paper } from './paper.ts'
import { type Failure, runModule } from './run.ts'
import * as shapes from './shapes.ts'

/**
 * How one paper's run ended. `complete`: to its end, whatever its claims say; `failed`: its experiment threw;
 * `absent`: its data are not on this machine; `interrupted`: stopped half-way; `waiting`: stopped before its turn.
 */
export type Outcome = 'complete' | 'failed' | 'absent' | 'interrupted' | 'waiting'

/** One paper and all that its experiment said. */
export interface PaperResult extends ExperimentReport {
  paper: Paper
  outcome: Outcome
  /** Why it failed or which data are absent. */
  failure?: Failure
}

/** All papers of one run; plain data. */
export interface Reproduction {
  /** ISO 8601, when it began. */
  date: string
  machine: Machine
  scale: Scale
  seed: number
  results: PaperResult[]
}

/** Options of {@link reproduce}. */
export interface ReproduceOptions {
  /** How much to run. Default 'standard'. */
  scale?: Scale
  /** Seeds every random draw. Default 0. */
  seed?: number
  /** Folder with data sets. */
  dataFolder?: string
  /** Aborted when the user wants to stop: what was said until then is returned. */
  signal?: AbortSignal
  onStart?: (paper: Paper) => void
  /** How far the current paper is (0..1), and what it is at. */
  onProgress?: (fraction: number, label: string) => void
  /** What experiments print. Default: to stderr, with control characters written out. */
  onPrint?: (text: string) => void
  onResult?: (result: PaperResult) => void
}

/**
 * Runs the experiments of papers one after the other. Never rejects for an experiment's sake (see `outcome`), only for what a
 * callback throws.
 *
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export async function reproduce(papers: readonly Paper[], options: ReproduceOptions = {}): Promise<Reproduction> {
  list(shapes.paper)(papers, 'reproduce: papers')
  const {
    scale = 'standard',
    seed = 0,
    dataFolder,
    signal,
    onStart,
    onProgress,
    onPrint,
    onResult,
  } = checkedOptions(options)
  const reproduction: Reproduction = {
    date: new Date().toISOString(),
    machine: thisMachine(),
    scale,
    seed,
    results: [],
  }
  for (const paper of papers) {
    if (signal?.aborted) {
      reproduction.results.push({ ...nothing(), paper, outcome: 'waiting' })
      continue
    }
    onStart?.(paper)
    const { report, failure } = await runModule(paper.module, {
      scale,
      seed,
      ...(dataFolder === undefined ? {} : { dataFolder }),
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(onPrint ? { onPrint } : {}),
    })
    const result = { ...report, paper, outcome: outcomeOf(report, failure), ...(failure ? { failure } : {}) }
    reproduction.results.push(result)
    onResult?.(result)
  }
  return reproduction
}

function checkedOptions(given: ReproduceOptions): ReproduceOptions {
  const options = optionsOf(given, 'reproduce: options')
  const { scale, seed, dataFolder, signal, onStart, onProgress, onPrint, onResult } = options
  if (scale !== undefined) shapes.scale(scale, 'reproduce: scale')
  if (seed !== undefined) shapes.seed(seed, 'reproduce: seed')
  if (dataFolder !== undefined) text(dataFolder, 'reproduce: dataFolder')
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuse('reproduce: signal', 'an AbortSignal', show(signal), 'type')
  for (const [name, call] of Object.entries({ onStart, onProgress, onPrint, onResult }))
    if (call !== undefined) callback(call, `reproduce: ${name}`)
  return options
}

const nothing = (): ExperimentReport => ({
  claims: [],
  tables: [],
  figures: [],
  notes: [],
  complete: false,
  seconds: 0,
})

function outcomeOf(report: ExperimentReport, failure: Failure | undefined): Outcome {
  if (failure) return failure.code === 'OPT_DATA_ABSENT' ? 'absent' : 'failed'
  return report.complete ? 'complete' : 'interrupted'
}

/**
 * Counts how many claims hold, fall short, and are only reported.
 *
 * @throws TypeError or RangeError when these are no results.
 */
export function tally(results: readonly PaperResult[]): { pass: number; short: number; reported: number } {
  list(shapes.judged)(results, 'tally: results')
  const claims = results.flatMap((result) => result.claims)
  return {
    pass: claims.filter((claim) => claim.pass === true).length,
    short: claims.filter((claim) => claim.pass === false).length,
    reported: claims.filter((claim) => claim.pass === null).length,
  }
}

/**
 * The process's exit code for a run: 130 interrupted; 1 when a claim falls short, an experiment failed, or a full run
 * lacks its data; otherwise 0.
 *
 * @throws TypeError or RangeError when this is no run.
 */
export function exitCode(reproduction: Reproduction): 0 | 1 | 130 {
  shapes.ended(reproduction, 'exitCode: reproduction')
  const { scale, results } = reproduction
  const some = (outcome: Outcome) => results.some((result) => result.outcome === outcome)
  if (some('interrupted') || some('waiting')) return 130
  return tally(results).short > 0 || some('failed') || (scale === 'full' && some('absent')) ? 1 : 0
}
