import type { Random } from '@opt/core'
import { divideFeatures, halvePictures, mnist, takeRows } from '@opt/datasets'

/** The pictures of the experiment: 28 x 28 bytes, and 14 x 14 averages of them. */
export interface Digits {
  pictures: Uint8Array
  small: Float32Array
  labels: Int32Array
  source: string
}

export const SIDE = 28
export const INPUTS = 196
export const HIDDEN = 128
export const CLASSES = 10
const COUNT = 10_000
const TRAINING = 8000

/** Loads the first 10,000 training digits of MNIST, pixels in 0..1 averaged over 2 x 2. */
export async function loadDigits(folder: string | undefined): Promise<Digits> {
  const rows = Array.from({ length: COUNT }, (_, i) => i)
  const first = takeRows(await mnist({ split: 'train', folder }), rows)
  const small = Float32Array.from(divideFeatures(halvePictures(first), 255).features.data)
  return { pictures: first.features.data, small, labels: first.labels, source: first.source }
}

/**
 * The data of one repeat: 8000 digits to train on and 2000 to test on, divided by the deviation of
 * the training pixels.
 */
export interface Split {
  /** Indices of the training digits. */
  rows: Int32Array
  inputs: Float32Array
  labels: Int32Array
  testInputs: Float32Array
  testLabels: Int32Array
}

/** Splits the digits at random. */
export function splitDigits({ small, labels }: Digits, rng: Random): Split {
  const order = rng.permutation(COUNT)
  const [rows, testRows] = [order.slice(0, TRAINING), order.slice(TRAINING)]
  const [inputs, testInputs] = [picturesAt(small, rows), picturesAt(small, testRows)]
  let [sum, squares] = [0, 0]
  for (const v of inputs) {
    sum += v
    squares += v * v
  }
  const mean = sum / inputs.length
  const deviation = Math.sqrt(squares / inputs.length - mean * mean)
  for (const x of [inputs, testInputs]) for (let i = 0; i < x.length; i++) x[i] /= deviation
  const labelsAt = (from: Int32Array) => from.map((row) => labels[row])
  return { rows, inputs, labels: labelsAt(rows), testInputs, testLabels: labelsAt(testRows) }
}

/** Copies the pictures at some indices, 14 x 14 pixels each. */
export function picturesAt(pictures: Float32Array, indices: Int32Array): Float32Array {
  const out = new Float32Array(indices.length * INPUTS)
  indices.forEach((at, i) => void out.set(pictures.subarray(at * INPUTS, (at + 1) * INPUTS), i * INPUTS))
  return out
}
