import type { ExperimentContext, Matrix, Random, Scale } from '@opt/core'
import { breastCancer, digits, divideFeatures, isDataAbsent, type Rows, takeRows } from '@opt/datasets'
import ndarray from 'ndarray'
import type { Labelled } from './backprop.ts'

/** Training rows of a split. */
export const TRAIN = 100

/** A data set for robust training. */
export interface DataSet {
  name: string
  X: Matrix
  /** Labels -1 and 1. */
  y: Float64Array
  /** Radius of the perturbations. */
  epsilon: number
  /** Whether features are scaled to deviation 1 on the training rows, not only centred. */
  standardize: boolean
  /** The number of random splits. */
  splits: number
  /** Accuracy under PGD of a numpy prototype. */
  prototype: { standard: string; robust: string; pgdTraining: string }
}

const SPLITS: Record<Scale, { cancer: number; digits: number }> = {
  quick: { cancer: 1, digits: 0 },
  standard: { cancer: 5, digits: 3 },
  full: { cancer: 5, digits: 5 },
}

/** Returns the data sets that are available, and notes the others. */
export async function dataSets({ scale, dataFolder: folder, note }: ExperimentContext): Promise<DataSet[]> {
  const splits = SPLITS[scale]
  const sets: DataSet[] = []
  try {
    const { features, labels, source } = await breastCancer({ folder })
    note(`E3, breast cancer: ${source}.`)
    sets.push({
      name: 'breast cancer',
      X: features,
      y: Float64Array.from(labels, (c) => 2 * c - 1),
      epsilon: 0.3,
      standardize: true,
      splits: splits.cancer,
      prototype: { standard: '.244', robust: '.824', pgdTraining: '.813' },
    })
    if (splits.digits > 0) sets.push({ ...threeOrEight(await digits({ folder })), splits: splits.digits })
  } catch (error) {
    if (!isDataAbsent(error)) throw error
    note(`E3 is left out: ${(error as Error).message}`)
  }
  return sets
}

function threeOrEight(all: Rows & { labels: Int32Array }): Omit<DataSet, 'splits'> {
  const chosen = [...all.labels.keys()].filter((i) => all.labels[i] === 3 || all.labels[i] === 8)
  const { features, labels } = takeRows(divideFeatures(all, 16), chosen)
  return {
    name: 'digits 3 and 8',
    X: features,
    y: Float64Array.from(labels, (digit) => (digit === 3 ? 1 : -1)),
    epsilon: 0.1,
    standardize: false,
    prototype: { standard: '.444', robust: '.838', pgdTraining: '.848' },
  }
}

/** Returns training and test rows in random order, centred (and scaled) by the training rows, with a column of ones. */
export function split({ X, y, standardize }: DataSet, rng: Random): { train: Labelled; test: Labelled } {
  const [n, d] = X.shape as [number, number]
  const order = rng.permutation(n)
  const mean = new Float64Array(d)
  const scale = new Float64Array(d)
  for (let j = 0; j < d; j++) {
    for (let k = 0; k < TRAIN; k++) mean[j] += X.get(order[k], j) / TRAIN
    for (let k = 0; k < TRAIN; k++)
      scale[j] += (X.get(order[k], j) - mean[j]) * ((X.get(order[k], j) - mean[j]) / TRAIN)
    scale[j] = standardize && scale[j] > 0 ? Math.sqrt(scale[j]) : 1
  }
  const prepared = (rows: Int32Array): Labelled => {
    const features = ndarray(new Float64Array(rows.length * (d + 1)).fill(1), [rows.length, d + 1])
    for (const [k, i] of rows.entries())
      for (let j = 0; j < d; j++) features.set(k, j, (X.get(i, j) - mean[j]) / scale[j])
    return { X: features, y: Float64Array.from(rows, (i) => y[i]) }
  }
  return { train: prepared(order.subarray(0, TRAIN)), test: prepared(order.subarray(TRAIN)) }
}
