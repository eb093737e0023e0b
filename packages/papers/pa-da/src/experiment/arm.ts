import ndarray from 'ndarray'
import { rankPaths } from '../ranking/rank-paths.ts'
import type { Data } from '../supernet/examples.ts'
import { Supernet } from '../supernet/supernet.ts'
import type { SamplingOptions } from '../training/settings.ts'
import { trainSupernet } from '../training/train-supernet.ts'
import type { PlainData } from '../truths/train-truth.ts'

/** A supernet to train and rank, as data. */
export interface ArmJob {
  train: PlainData
  validation: PlainData
  classes: number
  seed: number
  epochs: number
  batchSize: number
  sampling: SamplingOptions
}

export const dataOf = ({ inputs, columns, labels }: PlainData): Data => ({
  inputs: ndarray(inputs, [inputs.length / columns, columns]),
  labels,
})

/** Trains a supernet; returns the validation accuracy of each path. */
export function runArm({ train, validation, classes, seed, epochs, batchSize, sampling }: ArmJob): Float64Array {
  const supernet = new Supernet({ inputs: train.columns, classes, seed })
  trainSupernet(supernet, dataOf(train), { ...sampling, seed, epochs, batchSize, history: false })
  return rankPaths(supernet, dataOf(validation), { history: false }).accuracies
}
