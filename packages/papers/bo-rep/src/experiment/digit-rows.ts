import type { ExperimentContext, Random } from '@opt/core'
import { digits, ifPresent } from '@opt/datasets'

/** Pixels / 16 and labels. */
export interface Rows {
  inputs: Float64Array[]
  labels: number[]
}

/** Returns the digits; undefined, with a note, where they are absent. */
export async function digitRows(context: ExperimentContext, part: string): Promise<Rows | undefined> {
  const table = await ifPresent(digits({ folder: context.dataFolder }), (reason) =>
    context.note(`${part} is left out: ${reason}`),
  )
  if (!table) return undefined
  const { features, labels } = table
  const [n, d] = features.shape as [number, number]
  return {
    inputs: Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: d }, (_, j) => (features.get(i, j) as number) / 16),
    ),
    labels: Array.from(labels),
  }
}

/** Divides rows at random into parts of the given sizes and a rest. */
export function split(rows: Rows, sizes: number[], rng: Random): Rows[] {
  const order = rng.permutation(rows.labels.length)
  const ends = [0, ...sizes].map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0))
  return ends.map((from, i) => {
    const indices = Array.from(order.subarray(from, i < sizes.length ? from + sizes[i] : undefined))
    return { inputs: indices.map((k) => rows.inputs[k]), labels: indices.map((k) => rows.labels[k]) }
  })
}

/** Appends a feature 1. */
export const withOnes = ({ inputs, labels }: Rows): Rows => ({
  inputs: inputs.map((row) => Float64Array.of(...row, 1)),
  labels,
})
