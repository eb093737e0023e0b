import { totalmem } from 'node:os'
import { log2 } from '@opt/core'
import type { Learner, LogisticStream } from '@opt/sea-omd'
import { Problem, reasonOf } from '../problem.ts'

/** What a learner is made of. */
export interface Settings {
  learner: string
  features: number
  radius: number
  scale: number | 'unit'
  /** Of sea-exp-concave. */
  beta: number
  /** Of sea-dynamic. */
  horizon?: number | undefined
  /** The label that counts as +1; undefined: labels are -1 or 0, and +1. */
  positive?: number | undefined
  /** The file's index of the first feature. */
  firstIndex: 0 | 1
}

/** Examples have length at most 1: the logistic loss then has these gradients and this smoothness. */
const [G, L] = [1, 0.25]

interface Kind {
  make(
    sea: typeof import('@opt/sea-omd'),
    common: { domain: ReturnType<typeof import('@opt/sea-omd').ball> },
    settings: Settings,
  ): Learner
  /** Numbers that it saves, by dimension. */
  saved(dimension: number, horizon: number): number
  /** Numbers that it needs beyond twice those. */
  memory?(dimension: number): number
  /** The option that it alone has. */
  option?: 'beta' | 'horizon'
}

const KINDS: Record<string, Kind> = {
  'sea-convex': {
    make: (sea, { domain }) => sea.seaConvex({ domain, G, L }),
    saved: (d) => 3 * d,
  },
  'sea-exp-concave': {
    make: (sea, { domain }, { beta }) => sea.seaExpConcave({ domain, G, beta }),
    saved: (d) => (d * d) / 2 + 7 * d,
    memory: (d) => 4 * d * d,
    option: 'beta',
  },
  'sea-dynamic': {
    make: (sea, { domain }, { horizon }) => sea.seaDynamic({ domain, G, L, horizon: horizon! }),
    // Two points for each of its step sizes, of which there are at most as many.
    saved: (d, horizon) => (4 + log2(horizon)) * d,
    option: 'horizon',
  },
  oftrl: { make: (sea, { domain }) => sea.oftrl({ domain, G, L }), saved: (d) => 3 * d },
  ogd: { make: (sea, { domain }) => sea.ogd({ domain, G }), saved: (d) => d },
  adagrad: { make: (sea, { domain }) => sea.adagradNorm({ domain }), saved: (d) => d },
}

export const LEARNERS: string[] = Object.keys(KINDS)

/** The options that only one learner has. */
export const OWN_OPTIONS: { learner: string; option: 'beta' | 'horizon' }[] = LEARNERS.flatMap((learner) => {
  const { option } = KINDS[learner]!
  return option ? [{ learner, option }] : []
})

/** Makes a learner that has seen nothing. @throws Problem when it is too large for this machine. */
export async function build(settings: Settings): Promise<LogisticStream> {
  checkSize(settings)
  const sea = await import('@opt/sea-omd')
  const { features, radius, scale, learner } = settings
  try {
    const domain = sea.ball({ dimension: features + 1, radius })
    return sea.logisticStream({ learner: KINDS[learner]!.make(sea, { domain }, settings), scale })
  } catch (error) {
    throw new Problem(`cannot make ${learner}: ${reasonOf(error)}`)
  }
}

/** A state is one string of base64, and the longest has 2^29 characters. */
const MOST_SAVED = 5e7

/** What is in memory beside the numbers that are saved: the point played, gradients, the domain, room for projections. */
function bytesOf(learner: string, features: number, horizon = 1): number {
  const { saved, memory } = KINDS[learner]!
  const d = features + 1
  return 8 * (2 * saved(d, horizon) + 16 * d + (memory?.(d) ?? 0))
}

function fits(learner: string, features: number, horizon?: number): boolean {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity)
  return (
    KINDS[learner]!.saved(features + 1, horizon ?? 1) <= MOST_SAVED && bytesOf(learner, features, horizon) <= memory
  )
}

/** Before anything is allocated: is there room? */
function checkSize({ learner, features, horizon }: Settings): void {
  if (fits(learner, features, horizon)) return
  const other = LEARNERS.find((name) => name !== 'sea-dynamic' && fits(name, features))
  const advice = other
    ? `--learner ${other} needs ${size(bytesOf(other, features))}`
    : 'no learner has room for so many: renumber or hash them'
  throw new Problem(
    `${learner} needs ${size(bytesOf(learner, features, horizon))} for ${features} features, more than it can have; ${advice}`,
  )
}

function size(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB']
  const power = Math.min(units.length, Math.max(1, Math.floor(Math.log10(bytes) / 3)))
  return `${Number((bytes / 1000 ** power).toPrecision(2))} ${units[power - 1]}`
}
