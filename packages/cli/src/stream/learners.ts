import { totalmem } from 'node:os'
import { log2 } from '@opt/core'
import type { Learner, LogisticStream } from '@opt/sea-omd'
import { Problem, reasonOf } from '../problem.ts'
import type { Settings } from './settings.ts'

/** Examples have length at most 1: the logistic loss then has these gradients and this smoothness. */
const [G, L] = [1, 0.25]

/** A learner that can be chosen. */
interface Kind {
  make(
    sea: typeof import('@opt/sea-omd'),
    common: { domain: ReturnType<typeof import('@opt/sea-omd').ball> },
    settings: Settings,
  ): Learner
  /** How many numbers it saves. */
  saved(dimension: number, horizon: number): number
  /** How many numbers it needs in memory beyond twice those. */
  memory?(dimension: number): number
  /** The option that no other learner has. */
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

/** The options that belong to one learner. */
export const OWN_OPTIONS: { learner: string; option: 'beta' | 'horizon' }[] = LEARNERS.flatMap((learner) => {
  const { option } = KINDS[learner]!
  return option ? [{ learner, option }] : []
})

/**
 * Makes a learner that has seen nothing.
 *
 * @throws Problem when it is too large for this machine.
 */
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

/** The most numbers in a state: it is one string of base64, of at most 2^29 characters. */
const MOST_SAVED = 5e7

/** Estimates the memory of a learner: saved numbers, the point played, gradients, the domain, projections. */
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

/** Checks before anything is allocated that the memory suffices. */
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
