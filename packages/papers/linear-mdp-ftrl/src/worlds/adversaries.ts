import { calling, number, options as optionsOf, refuse } from '@opt/core'
import { shapeOf, type TableLike, table } from '../intake.ts'

/** What an adversary is told: all of it known before the episode is played. */
export interface Situation {
  /** k, from 0. */
  episode: number
  /** d: theta and usage have the entry of layer h and coordinate i at h * dimension + i. */
  dimension: number
  /** E phi_h under the policy pi_k, row-major H x d. Read only. */
  usage: Float64Array
  /** pi_k, row-major H x S x A. Read only. */
  policy: Float64Array
}

/**
 * Chooses the losses phi . theta of an episode by writing theta, row-major H x d. It may use the policy, never the
 * actions drawn in the same episode.
 */
export type Adversary = (theta: Float64Array, situation: Situation) => void

/**
 * Returns the adversary that waits where you usually pass: in each layer the loss 1 on the feature that the policy
 * uses most (the first within 1e-12), 0 on the others. {@link gameValue} is the value of this game.
 *
 * @param dimension d.
 */
function counter(dimension: number): Adversary {
  number(dimension, 'adversaries.counter: dimension', { integer: true, min: 1 })
  return (theta, { usage, dimension: d }) => {
    if (d !== dimension) refuse('adversaries.counter: dimension', `${d}, as that of the MDP`, String(dimension))
    theta.fill(0)
    for (let at = 0; at < theta.length; at += dimension) {
      let most = usage[at]
      for (let i = 1; i < dimension; i++) most = Math.max(most, usage[at + i])
      let i = 0
      while (usage[at + i] < most - 1e-12) i++
      theta[at + i] = 1
    }
  }
}

/**
 * Returns the adversary that plays losses fixed in advance.
 *
 * @param theta K x H x d, for K episodes and then from the first again; or H x d, the same in all episodes.
 */
function given(theta: TableLike): Adversary {
  return calling('adversaries.given', () => {
    const { length } = dimensionsOf(theta)
    const shape = shapeOf(theta, 'theta', length)
    const all = table(theta, 'theta', shape)
    const size = shape[length - 2] * shape[length - 1]
    return (out, { episode }) => {
      if (out.length !== size) refuse('adversaries.given: theta', `of ${out.length} numbers an episode`, `${size}`)
      const at = (episode * size) % all.length
      for (let i = 0; i < size; i++) out[i] = all[at + i]
    }
  })
}

function dimensionsOf(theta: unknown): number[] {
  const shape: number[] = []
  let part = theta
  while (typeof part === 'object' && part !== null) {
    if ('shape' in part) {
      shape.push(...(Array.isArray(part.shape) ? part.shape : []))
      break
    }
    shape.push((part as ArrayLike<unknown>).length)
    part = (part as ArrayLike<unknown>)[0]
  }
  if (shape.length !== 2 && shape.length !== 3)
    refuse('theta', 'a table of dimension 2 or 3', `one of dimension ${shape.length}`, 'type')
  return shape
}

/** Options of {@link congestion}. */
export interface CongestionOptions {
  /** The losses of an empty road, H x d. */
  base: TableLike
  /** What each unit of your own usage adds, at least 0. */
  weight: number
}

/** Returns the adversary of a crowd that does what you do: theta = base + weight E phi, clipped to [0, 1]. */
function congestion(options: CongestionOptions): Adversary {
  return calling('adversaries.congestion', () => {
    const { base, weight } = optionsOf(options, 'options', ['base', 'weight'])
    const all = table(base, 'base', shapeOf(base, 'base', 2))
    number(weight, 'weight', { nonnegative: true })
    return (theta, { usage }) => {
      if (theta.length !== all.length)
        refuse('adversaries.congestion: base', `of ${theta.length} numbers`, `${all.length}`)
      for (let i = 0; i < theta.length; i++) theta[i] = Math.min(1, Math.max(0, all[i] + weight * usage[i]))
    }
  })
}

export const adversaries: {
  counter: typeof counter
  given: typeof given
  congestion: typeof congestion
} = { counter, given, congestion }
