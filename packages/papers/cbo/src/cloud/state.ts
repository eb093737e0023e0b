import {
  decodeFloats,
  encodeFloats,
  number,
  options as optionsOf,
  permutation,
  type RandomState,
  refuse,
  show,
} from '@opt/core'
import type { Cloud } from './cloud.ts'

/** A saved cloud: plain JSON, exact to the bit. Arrays are base64 of their little-endian bytes. */
export interface CboState {
  /** Moves so far. */
  step: number
  particles: number
  dimension: number
  positions: string
  lower: string | null
  upper: string | null
  /** f at the particles of the batch; null: they are not evaluated yet. */
  values: string | null
  /** The particles in random order, of which batches are parts, and where the batch begins. */
  order: number[]
  place: number
  /** The consensus before the last move. */
  previous: string | null
  /** The best point so far and its value. */
  best: string
  variance: number | null
  evaluations: number
  resets: number
  /** Null: the caller draws. */
  random: RandomState | null
}

type BoundArrays = { lower: Float64Array | undefined; upper: Float64Array | undefined }

const encoded = (values: Float64Array | undefined) => (values === undefined ? null : encodeFloats(values))

/** Saves a cloud. */
export function saveCloud(
  cloud: Cloud,
  { lower, upper }: BoundArrays,
  at: { step: number; evaluations: number; evaluated: boolean },
): CboState {
  const { N, d, X, count, values, order, place, previous, best, bestValue, variance, resets } = cloud
  return {
    step: at.step,
    particles: N,
    dimension: d,
    positions: encodeFloats(X.slice(0, N * d)),
    lower: encoded(lower),
    upper: encoded(upper),
    values: at.evaluated ? encodeFloats(values.slice(0, count)) : null,
    order: [...order],
    place,
    previous: encoded(previous),
    best: encodeFloats(Float64Array.of(...best, bestValue)),
    variance: variance ?? null,
    evaluations: at.evaluations,
    resets,
    random: cloud.draws.state(),
  }
}

export const isState = (start: unknown): start is CboState =>
  typeof start === 'object' && start !== null && 'step' in start && 'best' in start

/** Checks the sizes of a saved cloud and decodes its bounds. */
export function sizesOf(state: CboState): { N: number; d: number } & BoundArrays {
  const N = number(state.particles, 'start.particles', { integer: true, min: 1, max: 67_108_864 })
  const d = number(state.dimension, 'start.dimension', { integer: true, min: 1, max: 67_108_864 })
  const bound = (text: string | null, label: string) =>
    text === null ? undefined : decodeFloats(text, Float64Array, d, label)
  return { N, d, lower: bound(state.lower, 'start.lower'), upper: bound(state.upper, 'start.upper') }
}

/**
 * Loads a saved cloud for batches of n.
 *
 * @throws TypeError or RangeError that names the wrong part of the state.
 */
export function loadCloud(cloud: Cloud, given: CboState, n: number): { step: number; evaluations: number } {
  const state = optionsOf(given, 'start')
  const { N, d } = cloud
  const whole = { integer: true, min: 0 } as const
  const step = number(state.step, 'start.step', whole)
  const evaluations = number(state.evaluations, 'start.evaluations', whole)
  cloud.resets = number(state.resets, 'start.resets', whole)
  if (state.variance !== null) cloud.variance = number(state.variance, 'start.variance', { nonnegative: true })
  const decode = (text: unknown, length: number, label: string) => decodeFloats(text, Float64Array, length, label)
  const finite = (values: Float64Array, label: string) =>
    values.every(Number.isFinite) ? values : refuse(label, 'of finite numbers', 'others')
  cloud.X.set(finite(decode(state.positions, N * d, 'start.positions'), 'start.positions'))
  const best = decode(state.best, d + 1, 'start.best')
  cloud.best.set(finite(best.subarray(0, d), 'start.best'))
  cloud.bestValue = best[d]
  if (state.previous !== null) cloud.previous = finite(decode(state.previous, d, 'start.previous'), 'start.previous')
  if (!Array.isArray(state.order)) refuse('start.order', 'an array', show(state.order), 'type')
  cloud.order = [...permutation(state.order, 'start.order', state.order.length === 0 ? 0 : N)]
  cloud.place = number(state.place, 'start.place', whole)
  if (state.values === null) return { step, evaluations }
  if (n < N && !(cloud.place < cloud.order.length)) refuse('start.place', 'within the order', show(state.place))
  cloud.restore(n)
  const values = decode(state.values, cloud.count, 'start.values')
  if (values.some(Number.isNaN)) refuse('start.values', 'numbers', 'NaN')
  cloud.values.set(values)
  return { step, evaluations }
}
