import { type MatrixLike, matrix, number, options as optionsOf, refuse, show, type VectorLike, vector } from '@opt/core'
import type { LowerLevel } from './problem.ts'

/** What {@link networkLevel} needs of a network; those of @opt/nn have it. */
export interface NetworkOracles {
  /** The number of units per layer, from the inputs to the outputs. */
  readonly sizes: readonly number[]
  readonly dtype: string
  readonly parameters: Float64Array | Float32Array
  loss(inputs: Float64Array, targets: ArrayLike<number>): number
  gradient(inputs: Float64Array, targets: ArrayLike<number>, out?: Float64Array): ArrayLike<number>
  hvp(inputs: Float64Array, targets: ArrayLike<number>, v: Float64Array, out?: Float64Array): ArrayLike<number>
}

/** Options of {@link networkLevel}. */
export interface NetworkLevelOptions {
  /** How many parameters, from the first on, are x; the others are y. For instance those of all layers but the last. */
  split: number
  /** mu in the term mu ||y||^2 / 2, which makes a last layer's loss strongly convex. Default 0. */
  l2?: number | undefined
}

/**
 * Makes a level, upper or lower, from a network's mean loss over some examples: its first parameters are x, the
 * others y. `hvp` is one Hessian-vector product of the network in the direction (0, v). A batch is a list of
 * indices of examples. Levels on the same network may share it: each call sets its parameters.
 *
 * @param network of float64 numbers, without batch normalization.
 * @param inputs examples x features.
 * @param targets one label for each example, or all rows of outputs, one after the other.
 * @throws TypeError or RangeError when an argument is wrong; functions refuse batches that do not fit.
 */
export function networkLevel(
  network: NetworkOracles,
  inputs: MatrixLike,
  targets: VectorLike,
  options: NetworkLevelOptions,
): LowerLevel & Required<Pick<LowerLevel, 'hvp'>> {
  const name = 'networkLevel: '
  if (typeof network?.hvp !== 'function') refuse(`${name}network`, 'a network of @opt/nn', show(network), 'type')
  if (network.dtype !== 'float64') refuse(`${name}network`, "of dtype 'float64'", show(network.dtype))
  const given = optionsOf(options, `${name}options`)
  const total = network.parameters.length
  const split = number(given.split, `${name}split`, { integer: true, min: 1, max: total - 1 })
  const l2 = number(given.l2 ?? 0, `${name}l2`, { nonnegative: true })
  const rows = matrix(inputs, `${name}inputs`, { columns: network.sizes[0] })
  const [count, features] = rows.shape as [number, number]
  const all = rows.data.slice()
  const goals = vector(targets, `${name}targets`).slice()
  const width = goals.length / count
  if (width !== 1 && width !== network.sizes.at(-1))
    refuse(`${name}targets`, `of length ${count} or ${count * network.sizes.at(-1)!}`, `length ${goals.length}`)
  const flat = new Float64Array(total)

  const examples = (batch: ArrayLike<number> | undefined): [Float64Array, ArrayLike<number>] => {
    if (batch === undefined) return [all, goals]
    const n = number(batch?.length, `${name}batch.length`, { integer: true, min: 1 })
    const [some, theirs] = [new Float64Array(n * features), new Float64Array(n * width)]
    for (let k = 0; k < n; k++) {
      const i = number(batch[k], `${name}batch[${k}]`, { integer: true, min: 0, max: count - 1 })
      some.set(all.subarray(i * features, (i + 1) * features), k * features)
      theirs.set(goals.subarray(i * width, (i + 1) * width), k * width)
    }
    return [some, theirs]
  }
  const set = (x: Float64Array, y: Float64Array) => {
    if (x.length !== split) refuse(`${name}x`, `of length ${split}`, `length ${x.length}`)
    if (y.length !== total - split) refuse(`${name}y`, `of length ${total - split}`, `length ${y.length}`)
    network.parameters.set(x)
    network.parameters.set(y, split)
  }
  /** Divides a flat array into its two parts, and adds l2 w to the second. */
  const divide = (out: Float64Array, w: Float64Array, first: Float64Array, second: Float64Array) => {
    first.set(out.subarray(0, split))
    for (let j = 0; j < second.length; j++) second[j] = out[split + j] + l2 * w[j]
  }
  return {
    value(x, y, batch) {
      set(x, y)
      let square = 0
      for (let j = 0; j < y.length; j++) square += y[j] * y[j]
      return network.loss(...examples(batch)) + (l2 / 2) * square
    },
    gradient(x, y, gx, gy, batch) {
      set(x, y)
      network.gradient(...examples(batch), flat)
      divide(flat, y, gx, gy)
    },
    hvp(x, y, v, outX, outY, batch) {
      set(x, y)
      const direction = new Float64Array(total)
      direction.set(v, split)
      network.hvp(...examples(batch), direction, flat)
      divide(flat, v, outX, outY)
    },
  }
}
