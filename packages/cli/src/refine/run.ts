import type { RefinedSchedule } from '@opt/lr-refinement'
import { isStandardOutput } from '../files/targets.ts'
import { writeOrRescue } from '../files/whole-file.ts'
import { type Interrupts, listenForInterrupts } from '../interrupts.ts'
import { Problem, withoutFunction } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import { sparkArea } from '../terminal/spark-area.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { type Norms, readNorms } from './norms.ts'
import { refinePage } from './page.ts'
import type { RefineRequest } from './request.ts'

/** Reads norms, refines a schedule, draws and writes it; returns the exit code. */
export async function runRefine(request: RefineRequest, terminal: Terminal): Promise<number> {
  const interrupts = listenForInterrupts({ closed: terminal.closed })
  try {
    return await refine(request, terminal, interrupts)
  } finally {
    interrupts.stop()
  }
}

async function refine(request: RefineRequest, terminal: Terminal, interrupts: Interrupts): Promise<number> {
  const { source, schedule, out, report } = request
  const norms = await readNorms(source, request, interrupts.signal)
  if (norms === undefined) return interrupts.code!
  const { constantWeights, fitPolynomial, optimalWeights, refineSchedule } = await import('@opt/lr-refinement')
  const refined = refusing(() => refineSchedule(norms.values, schedule), source.name)
  const { values, smoothed, width, peakStep } = refined
  const { warmup, power } = fitPolynomial(values.map((v) => v / schedule.peak))
  const like = `${Math.round(100 * warmup)}% warm-up, then (1 - u)^${power}`
  const facts = [
    `norms       ${values.length}${norms.name === undefined ? '' : ` in column ${nameable(norms.name)}`} of ${source.name}, median filter over ${width} steps`,
    `schedule    peak at step ${peakStep + 1}, like ${like}`,
  ]
  if (schedule.power === 2) {
    const run = { norms: smoothed, distance: 1 }
    const ratio = optimalWeights(run).bound / constantWeights(run).bound
    facts.push(`worst case  ${ratio.toPrecision(3)} times that of linear decay, for these norms`)
  }
  if (out !== undefined) writeOrRescue(out, /\.json$/i.test(out) ? asJson(values) : asCsv(values))
  if (report !== undefined) writeOrRescue(report, await refinePage(source.name, norms.values, refined, facts))
  const written = [out, report].filter((path) => path !== undefined && !isStandardOutput(path))
  if (written.length > 0) facts.push(`written to  ${written.map(nameable).join(', ')}`)

  const say = out !== undefined && isStandardOutput(out) ? terminal.err : terminal.out
  say([drawing(norms, refined, terminal.columns), ...facts].join('\n'))
  if (refined.warning)
    terminal.err(
      `opt: the norms fell ${refined.decay.toPrecision(2)}-fold. If the problem is solved exactly, linear decay is the better schedule.`,
    )
  return 0
}

function drawing({ values: norms }: Norms, { values, smoothed }: RefinedSchedule, columns: number): string {
  const T = norms.length
  const width = Math.max(10, Math.min(72, columns - 12))
  return [
    sparkArea('gradient norm, smoothed', smoothed, { width, height: 4 }),
    sparkArea('learning rate', values, { width, height: 8 }),
    `${' '.repeat(11)}${T === 1 ? '1 step' : `1${`${T} steps`.padStart(Math.min(width, T) - 1)}`}`,
    '',
  ].join('\n')
}

const asCsv = (values: Float64Array) => `step,learning rate\n${Array.from(values, (v, t) => `${t},${v}\n`).join('')}`

const asJson = (values: Float64Array) => `${JSON.stringify(Array.from(values))}\n`

/** Turns a refusal of the norms into an error that is shown without a stack, with steps counted as in the table. */
function refusing<T>(work: () => T, name: string): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RangeError ? new Problem(`${name}: ${withoutFunction(error)}`) : error
  }
}
