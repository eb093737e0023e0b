import { type MatrixLike, matrix, number, refuse, show, type VectorLike, vector } from '@opt/core'

/** Options of a network's methods: a weight for each example's loss. */
interface Weighted {
  weights?: ArrayLike<number> | undefined
}

/** What levels need of a network; those of @opt/nn have it. */
export interface NetworkOracles {
  /** The number of units per layer, from the inputs to the outputs. */
  readonly sizes: readonly number[]
  readonly dtype: string
  readonly parameters: Float64Array | Float32Array
  loss(inputs: Float64Array, targets: ArrayLike<number>): number
  gradient(
    inputs: Float64Array,
    targets: ArrayLike<number>,
    options?: Weighted & { out?: Float64Array | undefined },
  ): ArrayLike<number>
  hvp(
    inputs: Float64Array,
    targets: ArrayLike<number>,
    v: Float64Array,
    options?: Weighted & { out?: Float64Array | undefined },
  ): ArrayLike<number>
}

/** Inputs and targets of some examples, row by row. */
export type NetworkRows = [inputs: Float64Array, targets: Float64Array]

/** The examples of a level made from a network. */
export interface NetworkExamples {
  count: number
  /** Returns those of a batch, all without one; valid until the next call. */
  rows(batch: ArrayLike<number> | undefined): NetworkRows
}

/** Refuses what is no network of float64 numbers. */
export function checkNetwork(network: NetworkOracles, label: string): void {
  if (typeof network?.hvp !== 'function') refuse(label, 'a network of @opt/nn', show(network), 'type')
  if (network.dtype !== 'float64') refuse(label, "of dtype 'float64'", show(network.dtype))
}

/**
 * Checks and copies the examples of a network.
 *
 * @param targets one label for each example, or all rows of outputs, one after the other.
 * @param part of the arguments' names, such as 'training.'.
 */
export function networkExamples(
  network: NetworkOracles,
  inputs: MatrixLike,
  targets: VectorLike,
  name: string,
  part = '',
): NetworkExamples {
  const given = matrix(inputs, `${name}${part}inputs`, { columns: network.sizes[0] })
  const [count, features] = given.shape as [number, number]
  const all = given.data.slice()
  const goals = vector(targets, `${name}${part}targets`).slice()
  const outputs = network.sizes[network.sizes.length - 1]
  const width = goals.length / count
  if (width !== 1 && width !== outputs)
    refuse(`${name}${part}targets`, `of length ${count} or ${count * outputs}`, `length ${goals.length}`)
  // Room for a batch, used again by the next one of the same size.
  let some = new Float64Array(0)
  let theirs = new Float64Array(0)
  return {
    count,
    rows(batch) {
      if (batch === undefined) return [all, goals]
      const n = number(batch?.length, `${name}batch.length`, { integer: true, min: 1 })
      if (some.length !== n * features) [some, theirs] = [new Float64Array(n * features), new Float64Array(n * width)]
      for (let k = 0; k < n; k++) {
        const i = batch[k]
        if (!(i >= 0 && i < count && Math.floor(i) === i))
          number(i, `${name}batch[${k}]`, { integer: true, min: 0, max: count - 1 })
        for (let j = 0; j < features; j++) some[k * features + j] = all[i * features + j]
        for (let j = 0; j < width; j++) theirs[k * width + j] = goals[i * width + j]
      }
      return [some, theirs]
    },
  }
}
