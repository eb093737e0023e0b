import { callback, number, oneOf, options as optionsOf } from './errors.ts'

export { mean, meanAndDeviation, median, quantile, range, standardDeviation } from './statistics.ts'

/**
 * The contract between a paper's headline experiment and whatever runs it: the CLI, a test, a page.
 *
 * An experiment is an async function of a context. It reports by calling the context (claims, tables,
 * figures, notes), so that an interrupted run has a partial report. It knows nothing of terminals or image
 * formats.
 */

/** How much to run: `quick` seconds, `standard` a few minutes, `full` everything at the size of the paper's claims. */
export type Scale = 'quick' | 'standard' | 'full'

/** One claim of the paper beside what was measured here. */
export interface Claim {
  /** What is claimed, in one sentence. */
  claim: string
  /** The paper's figure, as text; '' when the paper gives none. */
  paper: string
  /** Ours, as text. */
  ours: string
  /** true: holds; false: falls short (the run then fails); null: printed for honesty, not judged. */
  pass: boolean | null
}

/** A table: one array of cells per row. */
export interface Table {
  title: string
  columns: string[]
  rows: (string | number)[][]
}

/** An axis of a figure. */
export interface Axis {
  label: string
  scale?: 'linear' | 'log'
}

/** One named curve, cloud, or set of bars; x and y have equal length; low and high draw a band or whiskers round y. */
export interface Series {
  label: string
  x: ArrayLike<number> | string[]
  y: ArrayLike<number>
  low?: ArrayLike<number>
  high?: ArrayLike<number>
  dashed?: boolean
}

/** Returns points of the plane as a series: a curve through them in their order, or a cloud. */
export function pointSeries(
  label: string,
  points: readonly ArrayLike<number>[],
  style: Pick<Series, 'dashed'> = {},
): Series {
  return { label, x: points.map((point) => point[0]), y: points.map((point) => point[1]), ...style }
}

/** A figure as data; the caller draws it. */
export type Figure =
  | { kind: 'line' | 'scatter' | 'bar'; title: string; caption?: string; x: Axis; y: Axis; series: Series[] }
  | {
      kind: 'histogram'
      title: string
      caption?: string
      x: Axis
      bins?: number
      series: { label: string; values: ArrayLike<number> }[]
    }
  | { kind: 'images'; title: string; caption?: string; images: Image[] }
  | { kind: 'heatmap'; title: string; caption?: string; image: Image }

/** A grey (channels 1) or RGB (channels 3) picture, row-major, values 0..255. */
export interface Image {
  width: number
  height: number
  channels: 1 | 3
  data: ArrayLike<number>
  label?: string
}

/** The argument of an experiment. */
export interface ExperimentContext {
  scale: Scale
  /** Seeds every random draw. */
  seed: number
  /** Folder with data sets, for @opt/datasets; undefined when the user gave none. */
  dataFolder?: string | undefined
  /** How many threads the experiment may keep busy; undefined: one per core. Results do not depend on it. */
  cores?: number | undefined
  /** Aborted when the user wants to stop. */
  signal?: AbortSignal | undefined
  claim(claim: Claim): void
  table(table: Table): void
  figure(figure: Figure): void
  /** Adds a sentence: what was used, what does not carry over. */
  note(text: string): void
  /**
   * Reports the fraction of the work that is done (0..1) and the current task, and yields to the event loop.
   * Await it between pieces of work, not at the end, which the caller sees. Rejects with the signal's reason when the
   * signal is aborted.
   */
  progress(fraction: number, label: string): Promise<void>
}

/** A paper's experiment: the export `experiment` of its `./experiment` sub-path. */
export type Experiment = (context: ExperimentContext) => Promise<void>

/** Everything that an experiment reported. */
export interface ExperimentReport {
  claims: Claim[]
  tables: Table[]
  figures: Figure[]
  notes: string[]
  /** false when it was interrupted: the report is partial. */
  complete: boolean
  /** Seconds of wall time. */
  seconds: number
}

/** Options of {@link runExperiment}. */
export interface RunOptions {
  scale?: Scale
  seed?: number
  dataFolder?: string | undefined
  cores?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: (fraction: number, label: string) => void
}

/**
 * Runs an experiment and collects its report. An abort gives a partial report; any other error is thrown on.
 *
 * @throws TypeError or RangeError when the experiment is no function or an option is wrong.
 */
export async function runExperiment(experiment: Experiment, options: RunOptions = {}): Promise<ExperimentReport> {
  callback(experiment, 'runExperiment: experiment')
  const {
    scale = 'standard',
    seed = 0,
    dataFolder,
    cores,
    signal,
    onProgress,
  } = optionsOf(options, 'runExperiment: options', ['scale', 'seed', 'dataFolder', 'cores', 'signal', 'onProgress'])
  oneOf(scale, 'runExperiment: scale', ['quick', 'standard', 'full'])
  number(seed, 'runExperiment: seed', { integer: true })
  if (cores !== undefined) number(cores, 'runExperiment: cores', { integer: true, min: 1 })
  if (onProgress !== undefined) callback(onProgress, 'runExperiment: onProgress')
  const report: ExperimentReport = { claims: [], tables: [], figures: [], notes: [], complete: false, seconds: 0 }
  const start = performance.now()
  const context: ExperimentContext = {
    scale,
    seed,
    dataFolder,
    cores,
    signal,
    claim: (claim) => void report.claims.push(claim),
    table: (table) => void report.tables.push(table),
    figure: (figure) => void report.figures.push(figure),
    note: (text) => void report.notes.push(text),
    async progress(fraction, label) {
      onProgress?.(fraction, label)
      await new Promise((resolve) => setTimeout(resolve, 0))
      signal?.throwIfAborted()
    },
  }
  try {
    await experiment(context)
    report.complete = true
  } catch (error) {
    if (!signal?.aborted) throw error
  }
  report.seconds = (performance.now() - start) / 1000
  return report
}
