import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { libsvmLine } from '@opt/datasets'
import type { Learner, LogisticStream, StreamState } from '@opt/sea-omd'
import type { CAC } from 'cac'
import { UsageError } from '../paper.ts'
import type { Session } from '../session.ts'
import { progressView } from '../terminal.ts'

interface Options {
  learner: unknown
  features?: unknown
  radius: unknown
  scale: unknown
  beta: unknown
  horizon?: unknown
  state: unknown
  resume?: unknown
}

/** What a state file holds: enough to build the same learner, and what it remembers. */
interface Saved {
  learner: string
  features: number
  radius: number
  scale: number | 'unit'
  beta: number
  horizon?: number
  /** Lines read so far. */
  lines: number
  stream: StreamState
}
type Settings = Omit<Saved, 'lines' | 'stream'>

const LEARNERS = ['sea-convex', 'sea-exp-concave', 'sea-dynamic', 'oftrl', 'ogd', 'adagrad']

export function addStream(cli: CAC, session: Session): void {
  cli
    .command('stream [file]', 'Learn to tell two classes apart from a LIBSVM file, or standard input, line by line')
    .option('--learner <name>', `One of ${LEARNERS.join(', ')}`, { default: 'sea-convex' })
    .option('--features <n>', 'How many features there are; needed on standard input')
    .option('--radius <r>', 'Longest weight vector', { default: 20 })
    .option('--scale <s>', "What every example is multiplied by, or 'unit' for length 1", { default: 'unit' })
    .option('--beta <b>', 'Curvature that sea-exp-concave counts on', { default: 1 })
    .option('--horizon <n>', 'Rounds that sea-dynamic plans for')
    .option('--state <file>', 'Where Ctrl-C saves what was learned', { default: 'opt-stream.json' })
    .option('--resume <file>', 'Go on from a saved state; of a file, the lines already read are passed over')
    .example('opt stream a9a.t --learner sea-exp-concave')
    .example('zcat big.libsvm.gz | opt stream --features 100000')
    .action((file: string | undefined, options: Options) => run(file, options, session))
}

async function run(file: string | undefined, options: Options, { terminal }: Session): Promise<number> {
  const path = file === undefined || file === '-' ? undefined : resolve(file)
  if (path !== undefined && !(existsSync(path) && statSync(path).isFile()))
    throw new UsageError(`cannot read ${file}: there is no such file`)
  const state = resolve(String(options.state))
  if (!existsSync(dirname(state))) throw new UsageError(`--state: there is no folder ${dirname(state)}`)
  const saved = options.resume === undefined ? undefined : readSaved(String(options.resume))
  const settings = saved ?? (await settingsOf(options, path))
  const stream = await build(settings)
  if (saved) {
    try {
      stream.load(saved.stream)
    } catch (problem) {
      throw new UsageError(`${options.resume} is damaged: ${(problem as Error).message}`)
    }
  }

  const input = path === undefined ? process.stdin : createReadStream(path)
  const size = path === undefined ? 0 : statSync(path).size
  const reader = createInterface({ input, crlfDelay: Infinity })
  const stop = interruptible(() => reader.close())
  const view = terminal.bar && size > 0 ? progressView(terminal, 'stream') : undefined
  const log = progressLog(stream, (text) => terminal.out(text))
  let lines = 0
  let bytes = 0
  const skip = saved && path !== undefined ? saved.lines : 0
  const before = saved && path === undefined ? saved.lines : 0
  try {
    for await (const line of reader) {
      if (stop.pressed) break
      lines++
      bytes += Buffer.byteLength(line) + 1
      if (lines <= skip) continue
      const example = lineOf(line, before + lines, settings.features)
      if (!example) continue
      seeOne(stream, example, before + lines)
      log.tick()
      if (stream.examples % 1000 === 0) view?.update(bytes / size, `${stream.examples} examples`)
    }
  } finally {
    view?.stop()
    stop.off()
    reader.close()
    if (path !== undefined) input.destroy()
  }
  log.last()
  if (!stop.pressed && stream.examples === 0) throw new UsageError(`${file ?? 'standard input'} holds no example`)
  if (stop.pressed) {
    const { learner, features, radius, scale, beta, horizon } = settings
    const kept: Saved = {
      ...{ learner, features, radius, scale, beta, ...(horizon === undefined ? {} : { horizon }) },
      ...{ lines: before + lines, stream: stream.state() },
    }
    writeFileSync(state, JSON.stringify(kept))
    const again = path === undefined ? 'the rest on standard input' : `\`opt stream ${file} --resume ${options.state}\``
    terminal.out(`Saved to ${options.state}; ${again} goes on.`)
    return stop.code
  }
  return 0
}

/** The first Ctrl-C (or SIGTERM) stops after the example at hand, the second ends the process. */
function interruptible(onFirst: () => void) {
  const stop = { pressed: false, code: 0, off: () => {} }
  const names = ['SIGINT', 'SIGTERM'] as const
  const listen = (name: (typeof names)[number]) => {
    const code = 128 + constants.signals[name]
    if (stop.pressed) process.exit(code)
    Object.assign(stop, { pressed: true, code })
    onFirst()
  }
  for (const name of names) process.on(name, listen)
  stop.off = () => names.forEach((name) => process.removeListener(name, listen))
  return stop
}

/** One line at 1, 2, 4, 8, ... examples and one at the end: progressive means, judged before learning. */
function progressLog(stream: LogisticStream, out: (text: string) => void) {
  let [next, shown, loss, seen] = [1, -1, stream.total, stream.examples]
  while (next <= seen) next *= 2
  const cells = (values: string[]) => values.map((value, k) => value.padStart([10, 10, 10, 8, 12][k]!)).join('  ')
  const line = () => {
    if (shown === -1) out(cells(['examples', 'log loss', 'since last', 'errors', 'certificate']))
    const { examples, total, errors, learner } = stream
    const recent = examples > seen ? ((total - loss) / (examples - seen)).toFixed(5) : ''
    // That of sea-exp-concave speaks of losses more curved than these are where beta is chosen for practice.
    const certificate = learner.name === 'seaExpConcave' ? undefined : learner.certificate()
    out(
      cells([
        ...[String(examples), (total / examples).toFixed(5), recent, `${((100 * errors) / examples).toFixed(1)}%`],
        certificate === undefined ? '' : certificate.toFixed(1),
      ]),
    )
    ;[shown, loss, seen] = [examples, total, examples]
  }
  return {
    tick() {
      if (stream.examples < next) return
      line()
      next *= 2
    },
    last() {
      if (stream.examples > 0 && shown !== stream.examples) line()
    },
  }
}

function lineOf(text: string, line: number, features: number) {
  try {
    return libsvmLine(text, { features, line })
  } catch (problem) {
    throw new UsageError((problem as Error).message.replace(/^parseLibsvm: /, ''))
  }
}

function seeOne(stream: LogisticStream, example: Parameters<LogisticStream['see']>[0], line: number): void {
  try {
    stream.see(example)
  } catch (problem) {
    throw new UsageError(`line ${line}: ${(problem as Error).message.replace(/^logisticStream\.see: /, '')}`)
  }
}

async function settingsOf(options: Options, path: string | undefined): Promise<Settings> {
  const learner = String(options.learner)
  if (!LEARNERS.includes(learner))
    throw new UsageError(`--learner must be one of ${LEARNERS.join(', ')}, got ${learner}`)
  const horizon = options.horizon === undefined ? undefined : positive('horizon', options.horizon, true)
  if (learner === 'sea-dynamic' && horizon === undefined) throw new UsageError('sea-dynamic needs --horizon')
  const radius = positive('radius', options.radius)
  const beta = positive('beta', options.beta)
  const scale = options.scale === 'unit' ? 'unit' : positive('scale', options.scale)
  if (options.features === undefined && path === undefined)
    throw new UsageError('standard input needs --features: how many there are cannot be seen in advance')
  const features =
    options.features === undefined ? await countFeatures(path!) : positive('features', options.features, true)
  return { learner, features, radius, scale, beta, ...(horizon === undefined ? {} : { horizon }) }
}

/** The largest index of a file. */
async function countFeatures(path: string): Promise<number> {
  let [line, largest] = [0, 1]
  const input: Readable = createReadStream(path)
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    const example = lineOf(text, ++line, 2147483647)
    largest = Math.max(largest, (example?.indices.at(-1) ?? 0) + 1)
  }
  return largest
}

async function build({ learner, features, radius, scale, beta, horizon }: Settings): Promise<LogisticStream> {
  const sea = await import('@opt/sea-omd')
  const domain = sea.ball({ dimension: features + 1, radius })
  const [G, L] = [1, 0.25]
  const makers: Record<string, () => Learner> = {
    'sea-convex': () => sea.seaConvex({ domain, G, L }),
    'sea-exp-concave': () => sea.seaExpConcave({ domain, G, beta }),
    'sea-dynamic': () => sea.seaDynamic({ domain, G, L, horizon: horizon! }),
    oftrl: () => sea.oftrl({ domain, G, L }),
    ogd: () => sea.ogd({ domain, G }),
    adagrad: () => sea.adagradNorm({ domain }),
  }
  return sea.logisticStream({ learner: makers[learner]!(), scale })
}

function readSaved(file: string): Saved {
  let saved: Partial<Saved>
  try {
    saved = JSON.parse(readFileSync(file, 'utf8')) as Partial<Saved>
  } catch (problem) {
    throw new UsageError(`--resume: cannot read ${file}: ${(problem as Error).message}`)
  }
  const { learner, features, radius, scale, beta, lines, stream } = saved ?? {}
  const number = (v: unknown) => typeof v === 'number' && v > 0
  const whole = LEARNERS.includes(learner!) && number(features) && number(radius) && number(beta) && stream
  if (!(whole && (scale === 'unit' || number(scale)) && Number.isSafeInteger(lines)))
    throw new UsageError(`--resume: ${file} is no state of opt stream`)
  return saved as Saved
}

function positive(name: string, value: unknown, integer = false): number {
  if (typeof value === 'number' && value > 0 && value < Infinity && (!integer || Number.isSafeInteger(value)))
    return value
  throw new UsageError(`--${name} must be a positive ${integer ? 'integer' : 'number'}, got ${value}`)
}
