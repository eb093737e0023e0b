import type { ExperimentContext, Matrix, Random, Scale } from '@opt/core'
import { breastCancer, digits, isDataAbsent } from '@opt/datasets'
import ndarray from 'ndarray'
import type { Labelled } from './backprop.ts'

/** Training rows of a split. */
export const TRAIN = 100

/** A data set, how its features are scaled by the training rows, the radius, and what the brief's prototype found. */
export interface DataSet {
  name: string
  epsilon: number
  X: Matrix
  y: Float64Array
  standardize: boolean
  seeds: number
  expected: Record<string, string>
}

const SEEDS: Record<Scale, { cancer: number; digits: number }> = {
  quick: { cancer: 3, digits: 0 },
  standard: { cancer: 5, digits: 3 },
  full: { cancer: 5, digits: 5 },
}

/** The data sets that are there; says so when they are not. */
export async function dataSets({ scale, dataFolder, note }: ExperimentContext): Promise<DataSet[]> {
  const options = dataFolder === undefined ? {} : { folder: dataFolder }
  const sets: DataSet[] = []
  try {
    const { features, labels, source } = await breastCancer(options)
    note(`E3, breast cancer: ${source}.`)
    sets.push({
      ...{
        name: 'breast cancer',
        epsilon: 0.3,
        X: features,
        y: Float64Array.from(labels, (c) => 2 * c - 1),
        standardize: true,
      },
      seeds: SEEDS[scale].cancer,
      expected: { 'convex, standard': '.244', 'convex, robust': '.824', 'back-propagation, PGD training': '.813' },
    })
    if (SEEDS[scale].digits > 0) sets.push(threeOrEight(await digits(options), SEEDS[scale].digits))
  } catch (error) {
    if (!isDataAbsent(error)) throw error
    note(`E3 is left out: ${(error as Error).message}`)
  }
  return sets
}

function threeOrEight({ features, labels }: { features: Matrix; labels: Int32Array }, seeds: number): DataSet {
  const chosen = [...labels.keys()].filter((i) => labels[i] === 3 || labels[i] === 8)
  const d = features.shape[1]
  const X = ndarray(new Float64Array(chosen.length * d), [chosen.length, d])
  for (const [k, i] of chosen.entries()) for (let j = 0; j < d; j++) X.set(k, j, features.get(i, j) / 16)
  return {
    ...{ name: 'digits 3 and 8', epsilon: 0.1, X, y: Float64Array.from(chosen, (i) => (labels[i] === 3 ? 1 : -1)) },
    ...{ standardize: false, seeds },
    expected: { 'convex, standard': '.444', 'convex, robust': '.838', 'back-propagation, PGD training': '.848' },
  }
}

/** Training and test rows in random order, centred (and scaled) by the training rows, with a column of ones. */
export function split({ X, y, standardize }: DataSet, rng: Random): { train: Labelled; test: Labelled } {
  const [n, d] = X.shape as [number, number]
  const order = rng.permutation(n)
  const [mean, scale] = [new Float64Array(d), new Float64Array(d)]
  for (let j = 0; j < d; j++) {
    for (let k = 0; k < TRAIN; k++) mean[j] += X.get(order[k], j) / TRAIN
    for (let k = 0; k < TRAIN; k++)
      scale[j] += (X.get(order[k], j) - mean[j]) * ((X.get(order[k], j) - mean[j]) / TRAIN)
    scale[j] = standardize && scale[j] > 0 ? Math.sqrt(scale[j]) : 1
  }
  const take = (rows: Int32Array): Labelled => {
    const out = ndarray(new Float64Array(rows.length * (d + 1)).fill(1), [rows.length, d + 1])
    for (const [k, i] of rows.entries()) for (let j = 0; j < d; j++) out.set(k, j, (X.get(i, j) - mean[j]) / scale[j])
    return { X: out, y: Float64Array.from(rows, (i) => y[i]) }
  }
  return { train: take(order.subarray(0, TRAIN)), test: take(order.subarray(TRAIN)) }
}
