import { transpose } from '@opt/core'
import { type LayerViews, layerViews } from '../layers/parameters.ts'
import type { Buffers } from './buffers.ts'
import { fillRows } from './gradient.ts'
import type { Pass, PassLayer } from './pass.ts'

/**
 * Below this share of the terms, a squared distance in closed form has lost too many digits to cancellation, and is
 * summed entry by entry instead.
 */
const CANCELLED = { float64: 1e-4, float32: 1e-2 }

/** Whether rounding matters in a squared distance that is the difference of terms of this size. */
export const cancels = ({ dtype }: Pass['net'], distance: number, terms: number): boolean =>
  !(distance > CANCELLED[dtype] * terms)

/**
 * Adds the inner products of the examples' gradients in layer l with the direction to `products`, and their squared
 * distances from it to `distances`, from entry `start` on. After a backward pass that kept the derivatives in s, and
 * {@link layerSquaredNorms}.
 *
 * In W and b the product is (x V + c) . delta for the direction (V, c): one matrix product for all examples.
 */
export function layerProducts(
  pass: Pass,
  l: number,
  { products, distances, start }: { products: Float64Array; distances: Float64Array; start: number },
): void {
  const { net, n, layers } = pass
  const { squares, scratch, kernels, work } = net
  const layer = layers[l]
  const { direction, X, WDirection, S, delta, deltaTangent, norm } = layer
  const { outputs, scale, shift } = direction
  const along = { ...S, data: scratch }
  fillRows(along, direction.bias)
  kernels.gemm(1, X, WDirection, along, work)
  const own = directionSquare(net, direction)
  for (let i = 0, at = 0; i < n; i++) {
    let product = 0
    for (let j = 0; j < outputs; j++, at++) {
      product += delta[at] * scratch[at]
      if (norm) product += deltaTangent[at] * (norm.normalized[at] * scale![j] + shift![j])
    }
    const square = squares[i * layers.length + l]
    let distance = square - 2 * product + own
    if (cancels(net, distance, square + own)) distance = explicitDistance(layer, i)
    products[start + i] += product
    distances[start + i] += distance
  }
}

function directionSquare({ kernels }: Buffers, { weight, bias, scale, shift }: LayerViews): number {
  let sum = 0
  for (const part of [weight, bias, scale, shift]) if (part) sum += kernels.squaredNorm(part.length, part)
  return sum
}

/** Returns the squared distance of example i's gradient in a layer from the direction, entry by entry. */
function explicitDistance({ direction, input, delta, deltaTangent, norm }: PassLayer, i: number): number {
  const { inputs, outputs, weight, bias, scale, shift } = direction
  const row = i * outputs
  let sum = 0
  for (let p = 0, at = 0; p < inputs; p++) {
    const x = input[i * inputs + p]
    for (let j = 0; j < outputs; j++, at++) sum += square(x * delta[row + j] - weight[at])
  }
  for (let j = 0; j < outputs; j++) {
    if (bias) sum += square(delta[row + j] - bias[j])
    if (norm)
      sum +=
        square(deltaTangent[row + j] * norm.normalized[row + j] - scale![j]) + square(deltaTangent[row + j] - shift![j])
  }
  return sum
}

/**
 * Adds the squares of the entries of each example's gradient minus the direction to `sums`, which has the layout of the
 * parameters. After a backward pass that kept the derivatives in s. With `isMean` the direction is the mean of these
 * gradients: then the sums in the weights are one product of squares, (x^2)' delta^2 - n V^2, but where that cancels.
 */
export function addSquaredDeviations(pass: Pass, sums: Float64Array, isMean: boolean): void {
  const { net, n, layers } = pass
  layerViews(net.architecture, sums).forEach((own, l) => {
    const { direction, WProduct, delta, deltaTangent, norm } = layers[l]
    const { inputs, outputs, weight, bias, scale, shift } = direction
    if (isMean) squareProducts(pass, l)
    for (let p = 0, at = 0; p < inputs; p++)
      for (let j = 0; j < outputs; j++, at++) {
        const total = isMean ? WProduct.data[at] : 0
        const less = n * square(weight[at])
        own.weight[at] += cancels(net, total - less, total + less) ? deviations(layers[l], n, p, j) : total - less
      }
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j < outputs; j++, at++) {
        if (bias) own.bias![j] += square(delta[at] - bias[j])
        if (!norm) continue
        own.scale![j] += square(deltaTangent[at] * norm.normalized[at] - scale![j])
        own.shift![j] += square(deltaTangent[at] - shift![j])
      }
  })
}

/** Writes (x^2)' delta^2 to the product. Overwrites sTangent and scratch. */
function squareProducts({ net, n, layers }: Pass, l: number): void {
  const { input, delta, X, D, STangent, WProduct } = layers[l]
  const { kernels, scratch, work } = net
  for (let at = 0; at < n * X.columns; at++) scratch[at] = square(input[at])
  for (let at = 0; at < n * D.columns; at++) STangent.data[at] = square(delta[at])
  WProduct.data.fill(0)
  kernels.gemm(1, transpose({ ...X, data: scratch }), STangent, WProduct, work)
}

/** Returns the sum over n examples of the squared deviations in the weight of input p and output j. */
function deviations({ direction, input, delta }: PassLayer, n: number, p: number, j: number): number {
  const { inputs, outputs, weight } = direction
  const center = weight[p * outputs + j]
  let sum = 0
  for (let i = 0; i < n; i++) sum += square(input[i * inputs + p] * delta[i * outputs + j] - center)
  return sum
}

const square = (x: number) => x * x
