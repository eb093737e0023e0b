import type { AlignedModel } from '../training/aligned-model.ts'
import type { InputDomain } from '../training/domains.ts'
import type { AcrossOptions } from '../training/options.ts'

/** How a network is trained: plain options. */
export type Recipe = Pick<
  AcrossOptions,
  | 'method'
  | 'unbiased'
  | 'alpha'
  | 'beta'
  | 'weight'
  | 'startWeight'
  | 'annealSteps'
  | 'steps'
  | 'batchSize'
  | 'learningRate'
  | 'l2'
  | 'rescale'
>

/** Copies the chosen pictures. */
export function take(images: Uint8Array, rows: Int32Array, pixels: number): Uint8Array {
  const out = new Uint8Array(rows.length * pixels)
  rows.forEach((row, i) => void out.set(images.subarray(row * pixels, (row + 1) * pixels), i * pixels))
  return out
}

/** The share of a domain that is predicted right. */
export function accuracy(model: AlignedModel, { inputs, targets }: InputDomain): number {
  const found = model.predict(inputs)
  return found.reduce((right, k, i) => right + (k === (targets as Int32Array)[i] ? 1 : 0), 0) / found.length
}
