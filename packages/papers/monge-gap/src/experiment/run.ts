import { type MatrixLike, random } from '@opt/core'
import { mlp } from '@opt/nn'
import { Adam, linearDecay } from '@opt/optimizers'
import type { Cost } from '../costs/cost.ts'
import { exactMongeGap } from '../exact-monge-gap.ts'
import { learnMap } from '../learn-map.ts'
import type { LearnedMap, LearnMapOptions } from '../map/options.ts'
import type { Sampler } from '../map/source.ts'

/** A map to learn, and points to judge it on. */
export interface Task {
  x: MatrixLike | Sampler
  z: MatrixLike | Sampler
  d: number
  steps: number
  seed: number
  signal?: AbortSignal | undefined
  options: LearnMapOptions & { cost?: Cost }
}

/** Trains a network d-64-64-d with tanh by Adam, whose learning rate falls from 0.01 to 0. */
export async function learn({
  x,
  z,
  d,
  steps,
  seed,
  signal,
  options,
}: Task): Promise<LearnedMap & { history: { gap?: number; fit: number }[] }> {
  const network = mlp({
    sizes: [d, 64, 64, d],
    activation: 'tanh',
    loss: 'squared',
    initialization: 'lecun',
    seed: random(seed),
    batch: 256,
  })
  const optimizer = new Adam(network.parameters, { learningRate: linearDecay(0.01, steps) })
  return learnMap.async(network, x, z, { ...options, steps, optimizer, seed, signal })
}

/** The exact gap of a map on points, as a fraction of what the best transport of the same points costs. */
export function relativeGap({ map }: LearnedMap, points: MatrixLike, cost?: Cost): number {
  const { gap, transport } = exactMongeGap(points, map(points), { cost })
  return gap / transport
}
