import { callback, type ExperimentReport, options as optionsOf, refuse, type Scale, show } from '@opt/core'
import { inProcess } from '@opt/executor'
import { list, text } from '../checks.ts'
import type { Paper } from '../paper.ts'
import { printable } from '../terminal/printable.ts'
import { type Failure, runExperimentProcess } from './experiment-process.ts'
import { type Machine, thisMachine } from './machine.ts'
import * as shapes from './shapes.ts'
import { stopBy } from './stop.ts'

/**
 * How the run of one paper ended. `complete`: its experiment finished, whatever its claims say; `failed`: it
 * threw; `absent`: its data are not on this machine; `interrupted`: it was stopped halfway; `waiting`:
 * stopped before its turn.
 */
export type Outcome = 'complete' | 'failed' | 'absent' | 'interrupted' | 'waiting'

/** One paper and all that its experiment reported. */
export interface PaperResult extends ExperimentReport {
  paper: Paper
  outcome: Outcome
  /** Why it failed, or which data are absent. */
  failure?: Failure | undefined
}

/** All papers of one run, as plain data. */
export interface Reproduction {
  /** When it began, in ISO 8601. */
  date: string
  machine: Machine
  scale: Scale
  seed: number
  /** In the order in which the papers were given. */
  results: PaperResult[]
  /** Seconds of wall time, of all papers together. */
  seconds: number
}

/** Options of {@link reproduce}. */
export interface ReproduceOptions {
  /** How much to run. Default 'standard'. */
  scale?: Scale | undefined
  /** Seeds every random draw. Default 0. */
  seed?: number | undefined
  /** Folder with data sets. */
  dataFolder?: string | undefined
  /** How many papers run at a time. Default: one per core. Affects no result but times. */
  jobs?: number | undefined
  /** Stops the run: what was reported until then is returned. */
  signal?: AbortSignal | undefined
  onStart?: ((paper: Paper) => void) | undefined
  /** Receives how far a running paper is (0..1), and its current step. */
  onProgress?: ((fraction: number, label: string, paper: Paper) => void) | undefined
  /** Receives what experiments print. Default: stderr, with control characters escaped. */
  onPrint?: ((text: string, paper: Paper) => void) | undefined
  /** Receives the result of each paper that has run, when it ends; a later paper may end first. */
  onResult?: ((result: PaperResult) => void) | undefined
}

/**
 * Runs the experiments of papers side by side, each in a process of its own. An experiment that fails does
 * not reject (see `outcome`) and stops no other; an error of a callback stops all and rejects.
 *
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export async function reproduce(papers: readonly Paper[], options: ReproduceOptions = {}): Promise<Reproduction> {
  list(shapes.paper)(papers, 'reproduce: papers')
  const { scale = 'standard', seed = 0, dataFolder, jobs, signal, ...given } = checkedOptions(options)
  const date = new Date().toISOString()
  const start = performance.now()
  const machine = thisMachine()
  const concurrency = Math.max(1, Math.min(jobs ?? machine.cores, papers.length))
  const job = { scale, seed, dataFolder, cores: Math.max(1, Math.floor(machine.cores / concurrency)) }
  const stop = stopBy(signal)
  const onStart = stop.guarded(given.onStart)
  const onProgress = stop.guarded(given.onProgress)
  const onPrint = stop.guarded(given.onPrint ?? printToStderr)
  const onResult = stop.guarded(given.onResult)

  const results = papers.map((paper): PaperResult => ({ ...nothing(), paper, outcome: 'waiting' }))
  const run = async (index: number): Promise<void> => {
    const paper = papers[index]!
    if (!stop.signal.aborted) onStart(paper)
    if (stop.signal.aborted) return
    const { report, failure } = await runExperimentProcess(paper.module, {
      ...job,
      signal: stop.signal,
      onProgress: (fraction, label) => onProgress(fraction, label, paper),
      onPrint: (text) => onPrint(text, paper),
    })
    const result = { ...report, paper, outcome: outcomeOf(report, failure), failure }
    results[index] = result
    onResult(result)
  }
  await inProcess({ concurrency }).map(run, [...papers.keys()])
  stop.end()
  return { date, machine, scale, seed, results, seconds: (performance.now() - start) / 1000 }
}

const printToStderr = (text: string): void => void process.stderr.write(printable(text))

function checkedOptions(given: ReproduceOptions): ReproduceOptions {
  const options = optionsOf(given, 'reproduce: options', [
    'scale',
    'seed',
    'dataFolder',
    'jobs',
    'signal',
    'onStart',
    'onProgress',
    'onPrint',
    'onResult',
  ])
  const { scale, seed, dataFolder, jobs, signal, onStart, onProgress, onPrint, onResult } = options
  if (scale !== undefined) shapes.scale(scale, 'reproduce: scale')
  if (seed !== undefined) shapes.seed(seed, 'reproduce: seed')
  if (dataFolder !== undefined) text(dataFolder, 'reproduce: dataFolder')
  if (jobs !== undefined) shapes.count(jobs, 'reproduce: jobs')
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
 * Counts the claims that hold, that fall short, and that are only reported.
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
 * Returns the exit code for a run: 130 when interrupted; 1 when a claim falls short, an experiment failed, or
 * a full run lacks its data; otherwise 0.
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
