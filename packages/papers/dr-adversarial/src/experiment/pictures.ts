import { type Matrix, pow, type Random } from '@opt/core'
import { digits, divideFeatures, halvePictures, ifPresent, mnist, type PictureSet } from '@opt/datasets'

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
  return plain(divideFeatures(await digits(), 16))
}

/** Loads MNIST, averaged to 14 x 14 pixels; null where it is neither installed nor in the folder. */
export async function loadMnist(folder: string | undefined): Promise<Split | null> {
  const train = await ifPresent(mnist({ split: 'train', folder }))
  const test = await ifPresent(mnist({ split: 'test', folder }))
  // Small stand-ins are no MNIST.
  if (!train || !test || train.labels.length < 50_000 || test.labels.length < 10_000) return null
  const read = (set: PictureSet) => plain(divideFeatures(halvePictures(set), 255))
  return { train: read(train), test: read(test) }
}

const plain = ({ features, labels }: { features: Matrix; labels: ArrayLike<number> }): Pictures => ({
  columns: features.shape[1],
  inputs: features.data as Float64Array,
  labels: Int32Array.from(labels),
})

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
