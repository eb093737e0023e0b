import {
  boolean,
  decodeFloats,
  encodeFloats,
  number,
  options as optionsOf,
  type RandomState,
  refuse,
  vector,
} from '@opt/core'
import type { Parameters } from './parameters.ts'
import type { Releases } from './schedule-options.ts'

/**
 * What a run has released so far, as plain JSON that restores every bit. It holds no message without noise, and nothing of
 * a secure source of noise.
 */
export interface Diff2State {
  /** The rounds that are over. */
  round: number
  /** x_r; arrays are base64 of their little-endian bytes. */
  x: string
  /** x_{r-1} */
  previous: string
  /** v */
  estimate: string
  /** Whether v is that of the next round already, whose client has not answered. */
  pending: boolean
  /** The sum of the points of the last fifth of the rounds. */
  sum: string
  /** Releases that clients may have made in rounds that failed, beside those of the rounds. */
  failed: Releases
  /** Whether all noise so far was secure. */
  secure: boolean
  /** The clients of all rounds, if they were drawn. */
  order: number[] | null
  /** The state of a seeded source of noise. */
  noise: RandomState | null
  /** What the budget depends on; the run that goes on must have the same. */
  plan: string
}

/** The points of a run. */
export interface Points {
  round: number
  x: Float64Array
  previous: Float64Array
  estimate: Float64Array
  pending: boolean
  sum: Float64Array
  failed: Required<Releases>
  secure: boolean
}

/** Returns a run's first points, or those of a saved state. */
export function firstPoints(parameters: Parameters, resume: Diff2State | undefined): Points {
  const { start, size, noise } = parameters
  if (resume === undefined)
    return {
      round: 0,
      x: start,
      previous: start.slice(),
      estimate: new Float64Array(size),
      pending: false,
      sum: new Float64Array(size),
      failed: { gradient: 0, difference: 0, local: 0 },
      secure: true,
    }
  const saved = optionsOf(resume, 'resume')
  if (saved.plan !== planOf(parameters)) refuse('resume', 'of a run with the same options and clients', 'another')
  const points: Points = {
    round: number(saved.round, 'resume.round', { integer: true, min: 0, max: parameters.rounds }),
    x: floats(saved.x, size, 'resume.x'),
    previous: floats(saved.previous, size, 'resume.previous'),
    estimate: floats(saved.estimate, size, 'resume.estimate'),
    pending: boolean(saved.pending, 'resume.pending'),
    sum: floats(saved.sum, size, 'resume.sum'),
    failed: readFailed(saved.failed),
    secure: boolean(saved.secure, 'resume.secure'),
  }
  if (saved.noise) noise.load?.(saved.noise)
  return points
}

/** Returns the state of a run. */
export function stateOf(parameters: Parameters, points: Points): Diff2State {
  const { noise, local } = parameters
  const { round, pending, secure } = points
  return {
    round,
    x: encodeFloats(points.x),
    previous: encodeFloats(points.previous),
    estimate: encodeFloats(points.estimate),
    pending,
    sum: encodeFloats(points.sum),
    failed: { ...points.failed },
    secure,
    order: local?.order ? Array.from(local.order) : null,
    noise: noise.secure ? null : (noise.state?.() ?? null),
    plan: planOf(parameters),
  }
}

/** Returns everything that the budget and the steps depend on. */
function planOf({ schedule, counts, weights, local, noise, ...rest }: Parameters): string {
  const { delta, rounds, restart, clipGradient, clipDifference, learningRate, adjacency, noiseAt, average } = rest
  return JSON.stringify([
    schedule.events,
    counts,
    Array.from(weights),
    [delta, rounds, restart, clipGradient, clipDifference, learningRate],
    [adjacency, noiseAt, noise.addOnGrid ? 'grid' : 'floating point', average],
    local && [local.steps, local.clip, local.sampling, local.sizes, local.order !== null],
  ])
}

function readFailed(given: Releases): Required<Releases> {
  const { gradient, difference, local } = optionsOf(given, 'resume.failed', ['gradient', 'difference', 'local'])
  const read = (value: unknown, kind: string) =>
    number(value as number, `resume.failed.${kind}`, { integer: true, nonnegative: true })
  return {
    gradient: read(gradient, 'gradient'),
    difference: read(difference, 'difference'),
    local: read(local, 'local'),
  }
}

function floats(value: string, length: number, label: string): Float64Array {
  return vector(decodeFloats(value, Float64Array, length, label), label)
}
