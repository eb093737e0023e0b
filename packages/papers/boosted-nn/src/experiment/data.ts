import { type Matrix, random } from '@opt/core'
import { breastCancer, diabetes, digits, splitRows, standardize, wine } from '@opt/datasets'

/** A random quarter for testing, the rest for training; features standardised by the training rows. */
export interface Split {
  train: { X: Matrix; y: Float64Array }
  test: { X: Matrix; y: Float64Array }
  /** The unit of the targets; 1 for classes. */
  unit: number
}

export type TableName = 'digits' | 'breastCancer' | 'wine' | 'diabetes'

/** Loads and splits a table, from the data folder or the package of tables. */
export async function splitOf(name: TableName, seed: number, folder: string | undefined): Promise<Split> {
  const rule = { rng: random(seed), testFraction: 0.25 }
  if (name === 'diabetes') {
    const { train, test } = splitRows(await diabetes({ folder }), rule)
    const column = ({ targets }: { targets: Float64Array }) => Array.from(targets, (v) => [v])
    const { features, ...scaling } = standardize(column(train))
    const y = standardize(column(test), scaling).features.data
    return parts([train.features, features.data], [test.features, y], scaling.scale[0])
  }
  const load = { digits, breastCancer, wine }[name]
  const { train, test } = splitRows(await load({ folder }), rule)
  return parts([train.features, train.labels], [test.features, test.labels], 1)
}

type Part = [X: Matrix, y: ArrayLike<number>]

function parts([X, y]: Part, [others, otherY]: Part, unit: number): Split {
  const { features, ...scaling } = standardize(X)
  return {
    train: { X: features, y: Float64Array.from(y) },
    test: { X: standardize(others, scaling).features, y: Float64Array.from(otherY) },
    unit,
  }
}
