import {
  dot,
  type MatrixLike,
  number,
  options as optionsOf,
  refuse,
  show,
  sigmoid,
  type VectorLike,
  vector,
} from '@opt/core'
import type { LowerLevel } from '../problem.ts'
import type { Indices } from '../problems/examples.ts'
import type { CleaningProblem } from '../problems/hyper-cleaning.ts'
import { Weights } from '../problems/weights.ts'
import { checkNetwork, type NetworkOracles, networkExamples } from './network-examples.ts'

/** What {@link weightedNetwork} needs of a network; those of @opt/nn have it. */
export interface PerExampleOracles extends NetworkOracles {
  perExampleLosses(inputs: Float64Array, targets: ArrayLike<number>): Float64Array
  perExampleDirectionalDerivatives(inputs: Float64Array, targets: ArrayLike<number>, v: Float64Array): Float64Array
}

/** Examples of a network. */
export interface NetworkData {
  /** Examples x features. */
  inputs: MatrixLike
  /** One label for each example, or all rows of outputs, one after the other. */
  targets: VectorLike
}

/**
 * Makes the hyper-cleaning problem of a network: x holds one logit for each training example, y all parameters, and
 * g(x, y) = mean_i sigmoid(x_i) loss_i(y) + l2 ||y||^2 / 2; F is the mean loss over validation examples, without weights.
 *
 * `hvp` takes one Hessian-vector product and one pass of directional derivatives. With hidden layers g has many minima,
 * and what is said of y(x) holds for the one that {@link solveLower} finds from its start. Each call sets the network's
 * parameters.
 *
 * @param network of float64 numbers, without batch normalization and noise.
 * @param validation clean examples.
 * @throws TypeError or RangeError when an argument is wrong; functions refuse vectors and batches that do not fit.
 */
export function weightedNetwork(
  network: PerExampleOracles,
  training: NetworkData,
  validation: NetworkData,
  options?: { l2?: number | undefined },
): CleaningProblem {
  const name = 'weightedNetwork: '
  checkNetwork(network, `${name}network`)
  const l2 = number(optionsOf(options, `${name}options`, ['l2']).l2 ?? 0.01, `${name}l2`, { nonnegative: true })
  for (const [label, data] of Object.entries({ training, validation }))
    if (typeof data !== 'object' || data === null)
      refuse(`${name}${label}`, 'an object with inputs and targets', show(data), 'type')
  const train = networkExamples(network, training.inputs, training.targets, name, 'training.')
  const clean = networkExamples(network, validation.inputs, validation.targets, name, 'validation.')
  const dimensions = { x: train.count, y: network.parameters.length }
  const known = new Weights(train.count)

  const set = (x: Float64Array, y: Float64Array) => {
    if (x.length !== dimensions.x) refuse(`${name}x`, `of length ${dimensions.x}`, `length ${x.length}`)
    if (y.length !== dimensions.y) refuse(`${name}y`, `of length ${dimensions.y}`, `length ${y.length}`)
    network.parameters.set(y)
  }
  /** The rows of a batch with their weights. */
  const weighted = (x: Float64Array, y: Float64Array, batch: Indices | undefined) => {
    set(x, y)
    const [inputs, targets] = train.rows(batch)
    const count = batch ? batch.length : train.count
    const { weights, slopes } = known.at(x, batch)
    return { inputs, targets, count, weights: weights.subarray(0, count), slopes }
  }
  /** Writes out_i = slope_i values_i / count to the entries of the batch. */
  const spread = (slopes: Float64Array, values: Float64Array, batch: Indices | undefined, out: Float64Array) => {
    out.fill(0)
    for (let k = 0; k < values.length; k++) out[batch ? batch[k] : k] += (slopes[k] * values[k]) / values.length
  }
  const lower: LowerLevel = {
    value(x, y, batch) {
      const { inputs, targets, count, weights } = weighted(x, y, batch)
      return dot(weights, network.perExampleLosses(inputs, targets)) / count + (l2 / 2) * dot(y, y)
    },
    gradient(x, y, gx, gy, batch) {
      const { inputs, targets, weights, slopes } = weighted(x, y, batch)
      spread(slopes, network.perExampleLosses(inputs, targets), batch, gx)
      network.gradient(inputs, targets, { weights, out: gy })
      for (let j = 0; j < gy.length; j++) gy[j] += l2 * y[j]
    },
    hvp(x, y, v, outX, outY, batch) {
      const { inputs, targets, weights, slopes } = weighted(x, y, batch)
      spread(slopes, network.perExampleDirectionalDerivatives(inputs, targets, v), batch, outX)
      network.hvp(inputs, targets, v, { weights, out: outY })
      for (let j = 0; j < outY.length; j++) outY[j] += l2 * v[j]
    },
  }
  return {
    dimensions,
    weights: (x) => vector(x, `${name}weights: x`, { length: dimensions.x }).map(sigmoid),
    upper: {
      value(x, y, batch) {
        set(x, y)
        return network.loss(...clean.rows(batch))
      },
      gradient(x, y, gx, gy, batch) {
        set(x, y)
        gx.fill(0)
        network.gradient(...clean.rows(batch), { out: gy })
      },
    },
    lower,
  }
}
