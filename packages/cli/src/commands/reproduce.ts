import { existsSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Scale } from '@opt/core'
import type { CAC } from 'cac'
import { findPaper, UsageError } from '../paper.ts'
import { exitCode, type Reproduction, reproduce } from '../reproduce.ts'
import type { Session } from '../session.ts'
import { type ProgressView, progressView } from '../terminal.ts'
import { reportText, summaryText } from '../text.ts'

interface Options {
  quick?: boolean
  full?: boolean
  seed?: unknown
  data?: unknown
  json?: boolean
  out?: unknown
}

export function addReproduce(cli: CAC, session: Session): void {
  cli
    .command('reproduce [...papers]', "Run the papers' experiments and judge their claims (all papers by default)")
    .option('--quick', 'Seconds per paper instead of minutes')
    .option('--full', "Everything the papers' experiments name; may take hours")
    .option('--seed <n>', 'Seed of every random draw', { default: 0 })
    .option('--data <dir>', 'Folder with data sets (or the environment variable OPT_DATA_DIR)')
    .option('--json', 'Print the results as JSON, and nothing else, on stdout')
    .option('--out <file>', 'Write a report with figures: one HTML file')
    .example('opt reproduce sinkhorn-sns --quick --out report.html')
    .action((names: string[], options: Options) => run(names, options, session))
}

async function run(names: string[], options: Options, { papers, terminal }: Session): Promise<number> {
  const chosen = names.length > 0 ? [...new Set(names.map((name) => findPaper(papers, name)))] : papers
  const scale = scaleOf(options)
  const seed = seedOf(options.seed)
  const dataFolder = folderOf(options.data ?? (process.env.OPT_DATA_DIR || undefined))
  const out = await outOf(options.out)

  const say = options.json ? terminal.err : terminal.out
  let view: ProgressView | undefined
  const interrupt = listenForInterrupts(() => terminal.err('\nStopping. Ctrl-C again ends at once, without a report.'))
  const reproduction = await reproduce(chosen, {
    scale,
    seed,
    ...(dataFolder === undefined ? {} : { dataFolder }),
    signal: interrupt.signal,
    onStart: (paper) => {
      view = progressView(terminal, paper.name)
    },
    onProgress: (fraction, label) => view?.update(fraction, label),
    onResult: (result) => {
      view?.stop()
      if (!options.json) terminal.out(reportText(result, terminal))
    },
  })
  const code = exitCode(reproduction)
  if (options.json) terminal.out(toJson(reproduction))
  else terminal.out(summaryText(reproduction, terminal))
  if (out) {
    // Plotting is loaded only by those who want a report.
    const { renderReport } = await import('../report/page.ts')
    await writeFile(out, await renderReport(reproduction))
    say(code === 130 ? `Interrupted: the report is partial. Written to ${out}` : `Report written to ${out}`)
  } else if (code === 130) say('Interrupted: the results above are partial.')
  interrupt.stop()
  return code === 130 ? (interrupt.code ?? code) : code
}

/** The first Ctrl-C (or SIGTERM) aborts, the second ends the process. */
function listenForInterrupts(onFirst: () => void): { signal: AbortSignal; code: number | undefined; stop(): void } {
  const controller = new AbortController()
  const signals = ['SIGINT', 'SIGTERM'] as const
  const listen = (name: (typeof signals)[number]) => {
    const code = 128 + constants.signals[name]
    if (controller.signal.aborted) process.exit(code)
    state.code = code
    onFirst()
    controller.abort()
  }
  const state = {
    signal: controller.signal,
    code: undefined as number | undefined,
    stop: () => signals.forEach((name) => process.removeListener(name, listen)),
  }
  signals.forEach((name) => process.on(name, listen))
  return state
}

/** Typed arrays become arrays; what JSON cannot say (NaN, infinities) becomes a string. */
function toJson(reproduction: Reproduction): string {
  return JSON.stringify(
    { complete: exitCode(reproduction) !== 130, ...reproduction },
    (_, value) => {
      if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
      return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value
    },
    2,
  )
}

function scaleOf({ quick, full }: Options): Scale {
  if (quick && full) throw new UsageError('--quick and --full exclude each other')
  return quick ? 'quick' : full ? 'full' : 'standard'
}

function seedOf(seed: unknown): number {
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new UsageError(`--seed must be a nonnegative integer, got ${seed}`)
}

function folderOf(folder: unknown): string | undefined {
  if (folder === undefined) return undefined
  const path = resolve(String(folder))
  if (existsSync(path) && statSync(path).isDirectory()) return path
  throw new UsageError(`--data must be a folder; there is none at ${path}`)
}

/** Found out before the hours of work, not after: the report can be written. */
async function outOf(out: unknown): Promise<string | undefined> {
  if (out === undefined) return undefined
  const path = resolve(String(out))
  if (!/\.html?$/i.test(path)) throw new UsageError(`--out must end in .html, got ${out}`)
  if (existsSync(path) && statSync(path).isDirectory())
    throw new UsageError(`--out must be a file; ${path} is a folder`)
  try {
    await mkdir(dirname(path), { recursive: true })
  } catch (error) {
    throw new UsageError(`--out: cannot make the folder of ${path}: ${(error as Error).message}`)
  }
  return path
}
