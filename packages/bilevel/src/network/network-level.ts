import { dot, type MatrixLike, number, options as optionsOf, refuse, type VectorLike } from '@opt/core'
import type { LowerLevel } from '../problem.ts'
import { checkNetwork, type NetworkOracles, networkExamples } from './network-examples.ts'

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
 * @param network of float64 numbers, without batch normalization and noise.
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
  checkNetwork(network, `${name}network`)
  const given = optionsOf(options, `${name}options`, ['split', 'l2'])
  const total = network.parameters.length
  const split = number(given.split, `${name}split`, { integer: true, min: 1, max: total - 1 })
  const l2 = number(given.l2 ?? 0, `${name}l2`, { nonnegative: true })
  const { rows } = networkExamples(network, inputs, targets, name)
  const flat = new Float64Array(total)
  const direction = new Float64Array(total)

  const set = (x: Float64Array, y: Float64Array) => {
    if (x.length !== split) refuse(`${name}x`, `of length ${split}`, `length ${x.length}`)
    if (y.length !== total - split) refuse(`${name}y`, `of length ${total - split}`, `length ${y.length}`)
    network.parameters.set(x)
    network.parameters.set(y, split)
  }
  /** Divides the flat array into its two parts, and adds l2 w to the second. */
  const divide = (w: Float64Array, first: Float64Array, second: Float64Array) => {
    first.set(flat.subarray(0, split))
    for (let j = 0; j < second.length; j++) second[j] = flat[split + j] + l2 * w[j]
  }
  return {
    value(x, y, batch) {
      set(x, y)
      return network.loss(...rows(batch)) + (l2 / 2) * dot(y, y)
    },
    gradient(x, y, gx, gy, batch) {
      set(x, y)
      network.gradient(...rows(batch), { out: flat })
      divide(y, gx, gy)
    },
    hvp(x, y, v, outX, outY, batch) {
      set(x, y)
      direction.set(v, split)
      network.hvp(...rows(batch), direction, { out: flat })
      divide(v, outX, outY)
    },
  }
}
