import type { Random } from '@opt/core'
import { mnist } from '@opt/datasets'

/** The pictures of the experiment, 28 x 28 bytes and 14 x 14 averages of them. */
export interface Digits {
  pictures: Uint8Array
  small: Float32Array
  labels: Int32Array
  source: string
}

export const SIDE = 28
export const INPUTS = 196
export const CLASSES = 10
const COUNT = 10_000

/** The first 10,000 training digits, pixels in 0..1 averaged over 2 x 2. */
export async function loadDigits(folder: string | undefined): Promise<Digits> {
  const { features, labels, source } = await mnist({ split: 'train', ...(folder === undefined ? {} : { folder }) })
  const pictures = features.data.slice(0, COUNT * SIDE * SIDE)
  const small = new Float32Array(COUNT * INPUTS)
  for (let i = 0, o = 0; i < COUNT; i++)
    for (let y = 0; y < SIDE; y += 2)
      for (let x = 0; x < SIDE; x += 2) {
        const at = i * SIDE * SIDE + y * SIDE + x
        small[o++] = (pictures[at] + pictures[at + 1] + pictures[at + SIDE] + pictures[at + SIDE + 1]) / 1020
      }
  return { pictures, small, labels: labels.slice(0, COUNT), source }
}

/** One repeat's data: 8000 to train, 2000 to test, divided by the deviation of the training pixels and not centred. */
export interface Split {
  /** Indices into the digits. */
  rows: Int32Array
  inputs: Float32Array
  labels: Int32Array
  testInputs: Float32Array
  testLabels: Int32Array
}

export function splitDigits({ small, labels }: Digits, chance: Random): Split {
  const order = chance.permutation(COUNT)
  const [rows, testRows] = [order.slice(0, 8000), order.slice(8000)]
  const take = (from: Int32Array) => {
    const out = new Float32Array(from.length * INPUTS)
    from.forEach((row, i) => void out.set(small.subarray(row * INPUTS, (row + 1) * INPUTS), i * INPUTS))
    return out
  }
  const [inputs, testInputs] = [take(rows), take(testRows)]
  let [sum, squares] = [0, 0]
  for (const v of inputs) {
    sum += v
    squares += v * v
  }
  const mean = sum / inputs.length
  const deviation = Math.sqrt(squares / inputs.length - mean * mean)
  for (const x of [inputs, testInputs]) for (let i = 0; i < x.length; i++) x[i] /= deviation
  const labelsOf = (from: Int32Array) => from.map((row) => labels[row])
  return { rows, inputs, labels: labelsOf(rows), testInputs, testLabels: labelsOf(testRows) }
}
