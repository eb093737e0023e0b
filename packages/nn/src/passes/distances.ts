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
 * parameters. After a backward pass that kept the derivatives in s.
 */
export function addSquaredDeviations({ net, n, layers }: Pass, sums: Float64Array): void {
  layerViews(net.architecture, sums).forEach((own, l) => {
    const { direction, input, delta, deltaTangent, norm } = layers[l]
    const { inputs, outputs, weight, bias, scale, shift } = direction
    const sumsOfWeight = own.weight
    // Input by input, so that one row of sums stays in the cache for all examples.
    for (let p = 0; p < inputs; p++)
      for (let i = 0; i < n; i++) {
        const x = input[i * inputs + p]
        for (let j = i * outputs, at = p * outputs; j < (i + 1) * outputs; j++, at++) {
          const deviation = x * delta[j] - weight[at]
          sumsOfWeight[at] += deviation * deviation
        }
      }
    for (let i = 0; i < n; i++) {
      const row = i * outputs
      for (let j = 0; j < outputs; j++) {
        if (bias) own.bias![j] += square(delta[row + j] - bias[j])
        if (!norm) continue
        own.scale![j] += square(deltaTangent[row + j] * norm.normalized[row + j] - scale![j])
        own.shift![j] += square(deltaTangent[row + j] - shift![j])
      }
    }
  })
}

const square = (x: number) => x * x
