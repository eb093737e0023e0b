import { resolve } from 'node:path'
import type { Scale } from '@opt/core'
import type { CAC } from 'cac'
import { statOf } from '../files/targets.ts'
import { writeOrRescue } from '../files/whole-file.ts'
import { listenForInterrupts } from '../interrupts.ts'
import { type Options, typedOptions } from '../options.ts'
import { typedPaper } from '../paper.ts'
import { UsageError } from '../problem.ts'
import { runOutput } from '../reproduce/output.ts'
import { exitCode, type Reproduction, reproduce } from '../reproduce/reproduce.ts'
import { reportText, summaryText } from '../reproduce/text.ts'
import type { Session } from '../session.ts'
import { nameable } from '../terminal/printable.ts'

export function addReproduce(cli: CAC, session: Session): void {
  cli
    .command('reproduce [...papers]', "Run the papers' experiments and judge their claims (all papers by default)")
    .option('--quick', 'Seconds per paper instead of minutes')
    .option('--full', "Everything the papers' experiments name; may take hours")
    .option('--seed <n>', 'Seed of every random draw (default: 0)')
    .option('--jobs <n>', 'Papers that run at a time (default: one per core)')
    .option('--data <dir>', 'Folder with data sets (or the environment variable OPT_DATA_DIR)')
    .option('--json', 'Print the results as JSON, and nothing else, on stdout')
    .option('--out <file>', 'Write a report with figures: one HTML file')
    .example('opt reproduce sinkhorn-sns --quick --out report.html')
    .action((names: string[]) => run(names, typedOptions(cli), session))
}

async function run(names: string[], options: Options, { papers, terminal }: Session): Promise<number> {
  const chosen = names.length > 0 ? [...new Set(names.map((name) => typedPaper(papers, name)))] : papers
  const scale = scaleOf(options)
  const seed = options.seed()
  const jobs = options.number('jobs', { integer: true, min: 1 })
  const dataFolder = dataFolderOf(options)
  const out = options.output(/\.html?$/i, '.html', true)
  const json = options.has('json')

  const say = json ? terminal.err : terminal.out
  const output = runOutput(
    terminal,
    chosen.map(({ name }) => name),
  )
  const interrupts = listenForInterrupts({
    first: () => output.say('\nStopping. Ctrl-C again ends at once, without a report.'),
    // With a report to write, the work goes on even when nobody reads the terminal.
    closed: out === undefined ? terminal.closed : undefined,
  })
  const reproduction = await reproduce(chosen, {
    scale,
    seed,
    dataFolder,
    jobs,
    signal: interrupts.signal,
    onStart: ({ name }) => output.start(name),
    onProgress: (fraction, label, { name }) => output.progress(name, fraction, label),
    onPrint: (text, { name }) => output.print(name, text),
    onResult: (result) => output.end(result.paper.name, json ? undefined : reportText(result, terminal)),
  })
  output.finish()
  const code = exitCode(reproduction)
  if (json) terminal.out(toJson(reproduction))
  else terminal.out(summaryText(reproduction, terminal))
  if (out !== undefined) {
    // The plotting library is loaded only for a report.
    const { renderReport } = await import('../report/page.ts')
    writeOrRescue(out, await renderReport(reproduction))
    const written = nameable(out)
    say(code === 130 ? `Interrupted: the report is partial. Written to ${written}` : `Report written to ${written}`)
  } else if (code === 130) say('Interrupted: the results above are partial.')
  interrupts.stop()
  return code === 130 ? (interrupts.code ?? code) : code
}

/** Converts typed arrays to arrays, and numbers that JSON lacks (NaN, infinities) to strings. */
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

function scaleOf(options: Options): Scale {
  const [quick, full] = [options.has('quick'), options.has('full')]
  if (quick && full) throw new UsageError('--quick and --full exclude each other')
  return quick ? 'quick' : full ? 'full' : 'standard'
}

function dataFolderOf(options: Options): string | undefined {
  const typed = options.text('data')
  const folder = typed ?? process.env.OPT_DATA_DIR
  if (!folder) return undefined
  const path = resolve(folder)
  if (statOf(path)?.isDirectory()) return path
  throw new UsageError(
    `${typed === undefined ? 'OPT_DATA_DIR' : '--data'} must be a folder; there is none at ${nameable(path)}`,
  )
}
