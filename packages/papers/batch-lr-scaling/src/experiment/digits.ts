import { random } from '@opt/core'
import { loadTable } from '@opt/datasets-tables'
import { type DenseNetwork, mlp } from '@opt/nn'

/** Rows of pixels from 0 to 1, and labels. */
export interface Part {
  inputs: Float64Array
  labels: Int32Array
}

export interface Digits {
  train: Part
  test: Part
  /** Units of the network. */
  sizes: number[]
}

const PIXELS = 64
const SIZES = [PIXELS, 32, 10]

/** The 1797 digits in random order: 1400 to train, 397 to test. */
export async function loadDigits(seed: number): Promise<Digits> {
  const { features, labels } = await loadTable('digits')
  const order = random(seed).permutation(labels.length)
  const part = (places: Int32Array): Part => ({
    inputs: Float64Array.from({ length: places.length * PIXELS }, (_, k) => {
      return features[places[Math.floor(k / PIXELS)] * PIXELS + (k % PIXELS)] / 16
    }),
    labels: places.map((place) => labels[place]),
  })
  return { train: part(order.slice(0, 1400)), test: part(order.slice(1400)), sizes: [...SIZES] }
}

export const makeNetwork = (seed: number, sizes: number[] = SIZES): DenseNetwork =>
  mlp({ sizes, activation: 'relu', seed })
