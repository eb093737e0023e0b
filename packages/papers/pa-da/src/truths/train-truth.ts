import { calling, options as optionsOf } from '@opt/core'
import ndarray from 'ndarray'
import { rankPaths } from '../ranking/rank-paths.ts'
import { type SpaceOptions, searchSpace } from '../space.ts'
import type { Data } from '../supernet/examples.ts'
import { type TrainAloneOptions, trainAlone } from '../training/train-alone.ts'

/** A table for other threads: rows of `columns` numbers. */
export interface PlainData {
  inputs: Float64Array
  columns: number
  labels: Int32Array
}

/** Some paths to train by themselves, as data. */
export interface TruthJob {
  /** Paths and seeds: one network each. */
  runs: { path: number[]; seed: number }[]
  space: SpaceOptions
  train: PlainData
  test: PlainData
  options: Omit<TrainAloneOptions, 'space' | 'seed'>
}

/** Trains the networks of a job; returns their test accuracies, NaN for one that diverged. */
export function trainTruth(job: TruthJob): number[] {
  return calling('trainTruth', () => {
    const { runs, space, train, test, options } = optionsOf(job, 'job')
    const built = searchSpace(space)
    const [data, measure] = [dataOf(train), dataOf(test)]
    return runs.map(({ path, seed }) => {
      const { network, status } = trainAlone(path, data, { ...options, space: built, seed, history: false } as never)
      return status === 'diverged' ? NaN : rankPaths(network, measure).accuracies[0]
    })
  })
}

const dataOf = ({ inputs, columns, labels }: PlainData): Data => ({
  inputs: ndarray(inputs, [inputs.length / columns, columns]),
  labels,
})
