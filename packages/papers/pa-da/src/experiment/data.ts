import { type ExperimentContext, random } from '@opt/core'
import type { PlainData } from '../truths.ts'

/** Pictures in three parts. */
export interface Pictures {
  name: string
  source: string
  classes: number
  train: PlainData
  validation: PlainData
  test: PlainData
}

/** Pixels are divided by this share of their largest value, so that squares are near 1. */
const SPREAD = 0.28

/**
 * The 8 x 8 digits that come with @opt/datasets-tables: 1,000 train, 400 choose, 397 are the truth's test. The
 * seed splits them.
 */
export async function smallDigits(dataFolder: string | undefined, seed: number): Promise<Pictures> {
  const { digits, takeRows } = await import('@opt/datasets')
  const table = await digits({ folder: dataFolder })
  const order = random(seed).permutation(1797)
  const part = (from: number, to: number): PlainData => {
    const { features, labels } = takeRows(table, order.slice(from, to))
    return { inputs: features.data.map((v) => v / 16 / SPREAD), columns: 64, labels: Int32Array.from(labels) }
  }
  const parts = { train: part(0, 1000), validation: part(1000, 1400), test: part(1400, 1797) }
  return { name: 'digits of 8 x 8 pixels', source: table.source, classes: 10, ...parts }
}

/** MNIST as means over 2 x 2 pixels: 10,000 train, 5,000 choose, 10,000 are the truth's test; null where it is absent. */
export async function mnistPictures({ dataFolder, seed }: ExperimentContext): Promise<Pictures | null> {
  const { isDataAbsent, mnist } = await import('@opt/datasets')
  const half = (pixels: ArrayLike<number>, labels: Int32Array, order: Int32Array): PlainData => {
    const inputs = new Float64Array(order.length * 196)
    order.forEach((picture, k) => {
      for (let row = 0; row < 28; row++)
        for (let column = 0; column < 28; column++)
          inputs[k * 196 + (row >> 1) * 14 + (column >> 1)] +=
            pixels[picture * 784 + row * 28 + column] / 4 / 255 / SPREAD
    })
    return { inputs, columns: 196, labels: Int32Array.from(order, (picture) => labels[picture]) }
  }
  try {
    const learn = await mnist({ folder: dataFolder, split: 'train' })
    const measure = await mnist({ folder: dataFolder, split: 'test' })
    const order = random(seed).permutation(60000)
    return {
      name: 'MNIST, 14 x 14',
      source: learn.source,
      classes: 10,
      train: half(learn.features.data, learn.labels, order.slice(0, 10000)),
      validation: half(learn.features.data, learn.labels, order.slice(10000, 15000)),
      test: half(
        measure.features.data,
        measure.labels,
        Int32Array.from({ length: 10000 }, (_, i) => i),
      ),
    }
  } catch (error) {
    if (isDataAbsent(error)) return null
    throw error
  }
}
