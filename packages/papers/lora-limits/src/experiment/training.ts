import { type Random, random } from '@opt/core'
import { Adam } from '@opt/optimizers'
import type { AttentionBatch, AttentionHead } from '../head.ts'
import { LoraHead } from '../lora-head.ts'
import type { LoraOptions } from '../options.ts'
import { sampledGradients } from '../sampling/sampled-gradients.ts'
import { normCondition } from '../theory/norm-condition.ts'

/** A way to get the gradients of a step. */
export interface Learner {
  readonly name: string
  /** Options of the package; absent for plain sampling of 32 queries. */
  readonly options?: LoraOptions
}

export const LEARNERS: readonly Learner[] = [
  { name: 'exact', options: { method: 'exact' } },
  { name: 'reverse 1', options: { method: 'reverse', degree: 1 } },
  { name: 'reverse 2', options: { method: 'reverse', degree: 2 } },
  { name: 'reverse 3', options: { method: 'reverse', degree: 3 } },
  { name: 'chained 1', options: { method: 'chained', degree: 1 } },
  { name: 'chained 3', options: { method: 'chained', degree: 3 } },
  { name: 'reverse 1 + 32 exact rows', options: { method: 'reverse', degree: 1, samples: 32, tolerance: 1e9 } },
  { name: 'auto', options: { method: 'auto' } },
  { name: '32 random exact rows alone' },
]

/** A point of a training run. */
export interface Point {
  readonly step: number
  /** The exact head's loss for each token. */
  readonly loss: number
  readonly range: number
  readonly gamma: number
  /** The method of this step's gradient. */
  readonly method: string
}

/** Trains adapters of rank 4 of Q, K and V with Adam; yields now and then. */
export function* train(
  head: AttentionHead,
  batch: AttentionBatch,
  { options }: Learner,
  { steps, every, learningRate, seed }: { steps: number; every: number; learningRate: number; seed: number },
): Generator<Point, void, void> {
  const rng: Random = random(seed)
  const lora = new LoraHead(head, { rank: 4, adapt: ['Q', 'K', 'V'], random: rng })
  const optimizer = new Adam(lora.parameters, { learningRate })
  const target = batch.target as { data: Float64Array; shape: number[] }
  const look = (step: number, method: string): Point => {
    const { data } = lora.forward(batch)
    const loss =
      data.reduce((sum, o, i) => sum + (o - target.data[i]) * (o - target.data[i]), 0) / (2 * target.shape[0])
    const { range, gammaQuery, gammaKey } = normCondition(lora.head, batch)
    return { step, loss, range, gamma: Math.max(gammaQuery, gammaKey), method }
  }
  let method = ''
  for (let step = 0; step < steps; step++) {
    if (step % every === 0) yield look(step, method)
    if (!options) {
      optimizer.step(lora.flatten(sampledGradients(lora.head, batch, { samples: 32, random: rng }).gradients))
      continue
    }
    const answer = lora.gradients(batch, options)
    method = answer.method === 'exact' ? 'exact' : `${answer.method} ${answer.degree}`
    if (answer.verdict === 'out-of-range') {
      yield look(step, 'out of range')
      return
    }
    optimizer.step(answer.flat)
  }
  yield look(steps, method)
}
