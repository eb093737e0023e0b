import { pow, type Random } from '@opt/core'
import { digits, isDataAbsent, mnist } from '@opt/datasets'

/** Pictures with pixels in [0, 1], of classes 0 to 9. */
export interface Pictures {
  columns: number
  inputs: Float64Array
  labels: Int32Array
}

/** An imbalanced training set, and a test set. */
export interface Split {
  train: Pictures
  test: Pictures
}

/** Loads the 1,797 digits of 8 x 8 pixels. */
export async function loadDigits(): Promise<Pictures> {
  const { features, labels } = await digits()
  const inputs = Float64Array.from(features.data, (value) => Number(value) / 16)
  return { columns: 64, inputs, labels: Int32Array.from(labels) }
}

/** Loads MNIST, averaged to 14 x 14 pixels; null where it is neither installed nor in the folder. */
export async function loadMnist(folder: string | undefined): Promise<Split | null> {
  try {
    const [train, test] = [await mnist({ split: 'train', folder }), await mnist({ split: 'test', folder })]
    // Small stand-ins are no MNIST.
    if (train.labels.length < 50_000 || test.labels.length < 10_000) return null
    const read = (images: ArrayLike<number>, labels: ArrayLike<number>): Pictures => ({
      columns: 196,
      inputs: halved(images, labels.length),
      labels: Int32Array.from(labels),
    })
    return { train: read(train.features.data, train.labels), test: read(test.features.data, test.labels) }
  } catch (error) {
    if (isDataAbsent(error)) return null
    throw error
  }
}

/** Averages 2 x 2 pixels of bytes, divided by 255. */
function halved(images: ArrayLike<number>, count: number): Float64Array {
  const out = new Float64Array(count * 196)
  for (let i = 0, o = 0; i < count; i++)
    for (let row = 0; row < 28; row += 2)
      for (let column = 0; column < 28; column += 2) {
        const at = i * 784 + row * 28 + column
        out[o++] = (images[at] + images[at + 1] + images[at + 28] + images[at + 29]) / 1020
      }
  return out
}

/** Class c of 0 to 9 keeps round(most .1^(c/9)) of its pictures for training, in random order; the others are left over. */
export function imbalanced(all: Pictures, most: number, rng: Random): { train: Pictures; rest: Pictures } {
  const room = Array.from({ length: 10 }, (_, c) => Math.round(most * pow(0.1, c / 9)))
  const order = rng.permutation(all.labels.length)
  const [kept, left]: [number[], number[]] = [[], []]
  for (const row of order) (room[all.labels[row]]-- > 0 ? kept : left).push(row)
  return { train: rows(all, kept), rest: rows(all, left) }
}

/** The pictures at these places. */
export function rows({ columns, inputs, labels }: Pictures, places: ArrayLike<number>): Pictures {
  const chosen = new Float64Array(places.length * columns)
  for (let i = 0; i < places.length; i++)
    chosen.set(inputs.subarray(places[i] * columns, (places[i] + 1) * columns), i * columns)
  return { columns, inputs: chosen, labels: Int32Array.from(places, (row) => labels[row]) }
}
