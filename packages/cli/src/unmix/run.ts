import { encodePng } from '@opt/datasets'
import type { Unmixed, UnmixState } from '@opt/spectral-unmixing'
import { writeOrRescue, writeWhole } from '../files/whole-file.ts'
import { type Interrupts, listenForInterrupts } from '../interrupts.ts'
import { Problem, UsageError, withoutFunction } from '../problem.ts'
import { seconds } from '../terminal/format.ts'
import { nameable } from '../terminal/printable.ts'
import { aboveProgress, progressBars } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { unmixPage } from './page.ts'
import { picturesOf, sheetOf } from './pictures.ts'
import type { UnmixRequest } from './request.ts'
import type { SavedUnmixing } from './saved.ts'

/** How long to iterate before the run is saved to --state, in milliseconds. */
const SAVE_INTERVAL = 10_000

type Answer = Unmixed & { status: string }

/** Unmixes an image, writes maps and report, and returns the exit code. */
export async function runUnmix(request: UnmixRequest, terminal: Terminal): Promise<number> {
  const interrupts = listenForInterrupts({ closed: terminal.closed })
  try {
    return await unmixImage(request, terminal, interrupts)
  } finally {
    interrupts.stop()
  }
}

async function unmixImage(request: UnmixRequest, terminal: Terminal, interrupts: Interrupts): Promise<number> {
  const { image, name, start, iterations, out, report, state } = request
  const before = 'run' in start ? start.run.iteration : 0
  if (before >= iterations) throw new UsageError(`--iterations must be more than the ${before} that the state has done`)
  const begin = performance.now()
  const answer = await iterate(request, terminal, interrupts.signal)
  const { rows, columns, variable } = image
  const K = request.endmembers
  if (answer.status === 'aborted') {
    writeOrRescue(state.path, textOf(request, answer.state))
    terminal.out(`Saved to ${state.name}; \`opt unmix ${name} --resume ${state.name}\` continues.`)
    return interrupts.code!
  }
  const [bands, pixels] = [image.spectra.length, rows * columns]
  const share = (k: number) => {
    let sum = 0
    for (let n = 0; n < pixels; n++) sum += answer.abundances.data[k * pixels + n]!
    return `${(100 * (sum / pixels)).toFixed(1)} %`
  }
  const facts = [
    `image       ${bands} bands of ${rows} x ${columns} pixels in ${nameable(variable)} of ${name}`,
    `materials   ${Array.from({ length: K }, (_, k) => `${k + 1}: ${share(k)}`).join(', ')} of the image`,
    `bad bands   ${listed(answer.badBands)}`,
    ...(answer.zeroBands.length > 0 ? [`zero bands  ${listed(answer.zeroBands)}`] : []),
    `iterations  ${answer.state.iteration}, ${answer.status === 'converged' ? 'converged' : 'all that were allowed'}, ${seconds((performance.now() - begin) / 1000)}`,
  ]
  const { colourMap } = await import('@opt/spectral-unmixing')
  const pictures = picturesOf(answer, colourMap(answer.abundances, { rows, columns, order: 'columns' }), image)
  if (out !== undefined) writeOrRescue(out, await encodePng(sheetOf(pictures)))
  if (report !== undefined) writeOrRescue(report, await unmixPage(name, pictures, answer, facts))
  if (state.asked) writeOrRescue(state.path, textOf(request, answer.state))
  const written = [out, report, state.asked ? state.path : undefined].filter((path) => path !== undefined)
  if (written.length > 0) facts.push(`written to  ${written.map(nameable).join(', ')}`)
  terminal.out(facts.join('\n'))
  return 0
}

/** Numbers of bands, from 1. */
const listed = (bands: readonly number[]) => (bands.length === 0 ? 'none' : bands.map((l) => l + 1).join(', '))

/** Iterates to the end or an interruption; saves the run now and then where a file was asked for. */
async function iterate(request: UnmixRequest, terminal: Terminal, signal: AbortSignal): Promise<Answer> {
  const { image, endmembers, start, clip, iterations, state } = request
  const { unmix } = await import('@opt/spectral-unmixing')
  const bar = terminal.bar && progressBars(terminal.bar, ['unmix'])
  const shown = bar === undefined ? terminal : aboveProgress(terminal, bar)
  const { loss, sparsity, sumToOne, seed: random } = 'run' in start ? ({} as Record<string, undefined>) : start
  let resume = 'run' in start ? start.run : undefined
  let done = resume?.iteration ?? 0
  let first: number | undefined
  bar?.start('unmix')
  try {
    for (;;) {
      const answer: Answer = await unmix.async(image.spectra, endmembers, {
        ...(resume === undefined ? { loss, sparsity, sumToOne, random } : { resume }),
        negative: clip ? 'clip' : 'refuse',
        maxIterations: iterations - done,
        history: false,
        signal,
        ...(state.asked && { timeBudget: SAVE_INTERVAL }),
        onProgress({ objective }) {
          done++
          first ??= objective
          const label = `objective ${(objective / first).toPrecision(4)} of the first`
          bar?.update('unmix', done / iterations, label)
          if (bar === undefined && (done & (done - 1)) === 0) shown.err(`iteration ${done}: ${label}`)
        },
      })
      if (answer.status !== 'time-budget') return answer
      resume = answer.state
      writeWhole(state.path, textOf(request, resume))
    }
  } catch (error) {
    throw error instanceof RangeError ? new Problem(withoutFunction(error)) : error
  } finally {
    bar?.end('unmix')
  }
}

function textOf({ image, clip, iterations }: UnmixRequest, run: UnmixState): string {
  const { variable, rows, columns, digest } = image
  const saved: SavedUnmixing = { digest, image: { variable, rows, columns }, clip, iterations, run }
  return JSON.stringify(saved)
}
