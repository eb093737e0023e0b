import { readFile } from 'node:fs/promises'
import { decodeImage, encodePng, type Picture } from '@opt/datasets'
import type { CAC } from 'cac'
import { writeOrRescue } from '../files/whole-file.ts'
import { listenForInterrupts } from '../interrupts.ts'
import { type Options, typedOptions } from '../options.ts'
import { Problem, reasonOf, UsageError, withoutFunction } from '../problem.ts'
import type { Session } from '../session.ts'
import { seconds } from '../terminal/format.ts'
import { nameable } from '../terminal/printable.ts'
import { doubtOf } from '../transport/doubt.ts'

export function addTransport(cli: CAC, session: Session): void {
  cli
    .command('transport <from> <to>', 'Show one photograph in the colours of another, by optimal transport')
    .option('-o, --out <file>', 'Where to write the picture: a PNG file')
    .option('--samples <n>', 'Colours that sum up each photograph (default: 1000)')
    .option('--epsilon <e>', 'Regularisation, in squared units of Oklab (default: 2e-4)')
    .option('--strength <s>', 'From 0 (nothing changes) to 1 (default: 1)')
    .option('--seed <n>', 'Seed of the choice of colours (default: 0)')
    .example('opt transport city.jpg sunset.jpg -o city-at-sunset.png')
    .action((from: string, to: string) => run(from, to, typedOptions(cli), session))
}

async function run(from: string, to: string, options: Options, { terminal }: Session): Promise<number> {
  const samples = options.number('samples', { integer: true, min: 2, max: 4000 }) ?? 1000
  const epsilon = options.number('epsilon', { positive: true }) ?? 2e-4
  const strength = options.number('strength', { min: 0, max: 1 }) ?? 1
  const seed = options.seed()
  const out = options.output(/\.png$/i, '.png')
  if (out === undefined) throw new UsageError('where to? Give -o FILE.png')
  const [source, target] = [await open(from), await open(to)]

  const { transferColors } = await import('@opt/color-transfer')
  const start = performance.now()
  const moved = refusing(() => transferColors(source, target, { samples, epsilon, strength, seed }))
  const time = (performance.now() - start) / 1000
  const { picture, cost, iterations, status, error, colors } = moved
  const doubt = doubtOf(moved)
  const png = await encodePng(picture)
  // Signals wait while the file is written, so that nothing half-written stays behind.
  const interrupts = listenForInterrupts({})
  try {
    writeOrRescue(out, png)
  } finally {
    interrupts.stop()
  }
  terminal.out(
    [
      `colours     ${colors.from} of ${nameable(from)} onto ${colors.to} of ${nameable(to)}`,
      `cost        ${cost.toPrecision(4)} (mean squared distance in Oklab)`,
      `iterations  ${iterations}, ${status}, marginal error ${error.toExponential(1)}`,
      `time        ${seconds(time)} for ${picture.width} x ${picture.height} pixels`,
      `written to  ${nameable(out)}`,
    ].join('\n'),
  )
  if (doubt === undefined) return 0
  terminal.err(`opt: ${doubt}. A larger --epsilon than ${epsilon} is easier.`)
  return 1
}

/** Turns a refusal of the pictures or the numbers into an error that is shown without a stack. */
function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RangeError ? new Problem(withoutFunction(error)) : error
  }
}

async function open(file: string): Promise<Picture> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new Problem(`cannot read ${nameable(file)}: ${reasonOf(error)}`)
  })
  try {
    return await decodeImage(bytes)
  } catch (error) {
    throw new Problem(`${nameable(file)} is no picture that can be read: ${reasonOf(error)}`)
  }
}
