import { existsSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { decodeImage, encodePng, type Picture } from '@opt/datasets'
import type { CAC } from 'cac'
import { seconds } from '../format.ts'
import { UsageError } from '../paper.ts'
import type { Session } from '../session.ts'

interface Options {
  out?: unknown
  samples: unknown
  epsilon: unknown
  strength: unknown
  seed: unknown
}

export function addTransport(cli: CAC, session: Session): void {
  cli
    .command('transport <from> <to>', 'Show one photograph in the colours of another, by optimal transport')
    .option('-o, --out <file>', 'Where to write the picture: a PNG file')
    .option('--samples <n>', 'Colours that sum up each photograph', { default: 1000 })
    .option('--epsilon <e>', 'Regularisation, in squared units of Oklab', { default: 2e-4 })
    .option('--strength <s>', 'From 0 (nothing changes) to 1', { default: 1 })
    .option('--seed <n>', 'Seed of the choice of colours', { default: 0 })
    .example('opt transport city.jpg sunset.jpg -o city-at-sunset.png')
    .action((from: string, to: string, options: Options) => run(from, to, options, session))
}

async function run(from: string, to: string, options: Options, { terminal }: Session): Promise<number> {
  const out = outOf(options.out)
  const samples = numberOf('samples', options.samples, 2, 4000, true)
  const epsilon = numberOf('epsilon', options.epsilon, Number.MIN_VALUE, Infinity)
  const strength = numberOf('strength', options.strength, 0, 1)
  const seed = numberOf('seed', options.seed, 0, Number.MAX_SAFE_INTEGER, true)
  const [source, target] = [await open(from), await open(to)]

  const { transportPalette } = await import('../color/palette-transport.ts')
  const start = performance.now()
  const { picture, cost, iterations, status, error, colors } = transportPalette(source, target, {
    samples,
    epsilon,
    strength,
    seed,
  })
  const time = (performance.now() - start) / 1000
  await writeFile(out, await encodePng(picture)).catch((problem: Error) => {
    throw new UsageError(`cannot write ${out}: ${problem.message}`)
  })
  terminal.out(
    [
      `colours     ${colors.from} of ${from} onto ${colors.to} of ${to}`,
      `cost        ${cost.toPrecision(4)} (mean squared distance in Oklab)`,
      `iterations  ${iterations}, ${status}, marginal error ${error.toExponential(1)}`,
      `time        ${seconds(time)} for ${picture.width} x ${picture.height} pixels`,
      `written to  ${out}`,
    ].join('\n'),
  )
  return 0
}

async function open(file: string): Promise<Picture> {
  const bytes = await readFile(file).catch((problem: NodeJS.ErrnoException) => {
    throw new UsageError(
      `cannot read ${file}: ${problem.code === 'ENOENT' ? 'there is no such file' : problem.message}`,
    )
  })
  try {
    return await decodeImage(bytes)
  } catch (problem) {
    throw new UsageError(`${file} is no picture that can be read: ${(problem as Error).message}`)
  }
}

function outOf(out: unknown): string {
  if (out === undefined) throw new UsageError('where to? Give -o FILE.png')
  const path = resolve(String(out))
  if (!/\.png$/i.test(path)) throw new UsageError(`--out must end in .png, got ${out}`)
  const folder = dirname(path)
  if (!(existsSync(folder) && statSync(folder).isDirectory()))
    throw new UsageError(`--out: there is no folder ${folder}`)
  return path
}

function numberOf(name: string, value: unknown, min: number, max: number, integer = false): number {
  if (typeof value === 'number' && value >= min && value <= max && (!integer || Number.isSafeInteger(value)))
    return value
  const kind = integer ? 'an integer' : 'a number'
  const range =
    min === Number.MIN_VALUE
      ? 'above 0'
      : max < Number.MAX_SAFE_INTEGER
        ? `from ${min} to ${max}`
        : `of at least ${min}`
  throw new UsageError(`--${name} must be ${kind} ${range}, got ${value}`)
}
