import type { ExperimentReport, Scale } from '@opt/core'
import { type Machine, thisMachine } from './machine.ts'
import type { Paper } from './paper.ts'
import { type Failure, runModule } from './run.ts'

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

/** Runs the experiments of papers one after the other. Never rejects for an experiment's sake: see `outcome`. */
export async function reproduce(papers: readonly Paper[], options: ReproduceOptions = {}): Promise<Reproduction> {
  const { scale = 'standard', seed = 0, dataFolder, signal, onStart, onProgress, onPrint, onResult } = options
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

/** How many claims hold, fall short, and are only reported. */
export function tally(results: readonly PaperResult[]): { pass: number; short: number; reported: number } {
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
 */
export function exitCode({ scale, results }: Reproduction): 0 | 1 | 130 {
  const some = (outcome: Outcome) => results.some((result) => result.outcome === outcome)
  if (some('interrupted') || some('waiting')) return 130
  return tally(results).short > 0 || some('failed') || (scale === 'full' && some('absent')) ? 1 : 0
}
