import { normalize, normalizeBackward, normalizeTangent, normalizeTangentBackward } from './batch-norm.ts'
import type { Buffers, LayerBuffers } from './buffers.ts'
import type { LayerViews } from './layout.ts'
import type { Real } from './real.ts'

/** Every row of `matrix` becomes `row`, or zeros. */
function fillRows(n: number, m: number, row: Real | null, matrix: Real): void {
  if (!row) {
    matrix.fill(0, 0, n * m)
    return
  }
  matrix.set(row)
  for (let filled = 1; filled < n; filled *= 2) matrix.copyWithin(filled * m, 0, Math.min(filled, n - filled) * m)
}

/** out += x W for n examples. */
function timesWeight(
  { products, work }: Buffers,
  n: number,
  x: Real,
  { inputs, outputs, weight }: LayerViews,
  out: Real,
) {
  products.gemm(n, outputs, inputs, 1, x, inputs, 1, weight, outputs, 1, out, outputs, work)
}

/** out += d W'. */
function timesWeightT(
  { products, work }: Buffers,
  n: number,
  d: Real,
  { inputs, outputs, weight }: LayerViews,
  out: Real,
) {
  products.gemm(n, inputs, outputs, 1, d, outputs, 1, weight, 1, outputs, out, inputs, work)
}

/** out.weight += x'd. */
function weightGradient(
  { products, work }: Buffers,
  n: number,
  x: Real,
  d: Real,
  { inputs, outputs, weight }: LayerViews,
) {
  products.gemm(inputs, outputs, n, 1, x, 1, inputs, d, outputs, 1, weight, outputs, work)
}

/** out.bias += the column sums of d. */
function biasGradient({ products, ones }: Buffers, n: number, d: Real, { outputs, bias }: LayerViews) {
  if (bias) products.gemvT(n, outputs, d, outputs, ones, bias)
}

const hidden = (net: Buffers, layer: LayerBuffers) => layer !== net.layers[net.layers.length - 1]

/** The outputs z of the first n inputs, left in the last layer's s. */
export function forward(net: Buffers, n: number, ofBatch: boolean): Real {
  for (const layer of net.layers) {
    const { parameters, input, s, a, norm } = layer
    fillRows(n, parameters.outputs, parameters.bias, s)
    timesWeight(net, n, input, parameters, s)
    if (norm) normalize(n, s, parameters, norm, ofBatch)
    if (hidden(net, layer)) net.activation.value(n * parameters.outputs, s, a)
  }
  return net.layers[net.layers.length - 1].s
}

/** Adds to `gradients` what the last layer's delta = dloss/dz leads to: J' delta. Every layer's delta is dloss/du afterwards. */
export function backward(net: Buffers, n: number, ofBatch: boolean): void {
  for (let l = net.layers.length - 1; l >= 0; l--) {
    const { parameters, gradients, input, s, a, delta, norm } = net.layers[l]
    if (hidden(net, net.layers[l])) net.activation.timesSlope(n * parameters.outputs, s, a, delta)
    if (norm) normalizeBackward(n, delta, parameters, norm, ofBatch, gradients)
    weightGradient(net, n, input, delta, gradients)
    biasGradient(net, n, delta, gradients)
    if (l > 0) passDown(net, n, l, delta, net.layers[l - 1].delta)
  }
}

/** out = d W', one layer down. */
export function passDown(net: Buffers, n: number, l: number, d: Real, out: Real): void {
  const { parameters } = net.layers[l]
  out.fill(0, 0, n * parameters.inputs)
  timesWeightT(net, n, d, parameters, out)
}

/** R{z} along `tangent`, after {@link forward}; left in the last layer's sTangent. */
export function forwardTangent(net: Buffers, n: number, ofBatch: boolean): Real {
  for (const layer of net.layers) {
    const { parameters, tangents, input, inputTangent, s, sTangent, a, aTangent, norm } = layer
    const { outputs } = parameters
    fillRows(n, outputs, tangents.bias, sTangent)
    timesWeight(net, n, input, tangents, sTangent)
    if (inputTangent) timesWeight(net, n, inputTangent, parameters, sTangent)
    if (norm) normalizeTangent(n, sTangent, parameters, tangents, norm, ofBatch)
    if (!hidden(net, layer)) continue
    aTangent.set(sTangent)
    net.activation.timesSlope(n * outputs, s, a, aTangent)
  }
  return net.layers[net.layers.length - 1].sTangent
}

/**
 * Adds to `product` the derivative of the gradient along `tangent` (Pearlmutter, Neural Computation 6, 1994), from the last layer's
 * delta = dloss/dz and deltaTangent = R{delta}, after {@link forwardTangent}.
 */
export function backwardTangent(net: Buffers, n: number, ofBatch: boolean): void {
  const { activation } = net
  for (let l = net.layers.length - 1; l >= 0; l--) {
    const { parameters, tangents, products, input, inputTangent, delta, deltaTangent, norm } = net.layers[l]
    if (hidden(net, net.layers[l])) slopeTangent(net, n, net.layers[l])
    if (norm) normalizeTangentBackward(n, delta, deltaTangent, parameters, tangents, norm, ofBatch, products)
    weightGradient(net, n, input, deltaTangent, products)
    if (inputTangent) weightGradient(net, n, inputTangent, delta, products)
    biasGradient(net, n, deltaTangent, products)
    if (l === 0) break
    const below = net.layers[l - 1]
    passDown(net, n, l, deltaTangent, below.deltaTangent)
    timesWeightT(net, n, delta, tangents, below.deltaTangent)
    // Below a piecewise linear layer whose own input has no tangent, dloss/da is needed for nothing.
    if (below.inputTangent || below.norm || activation.timesCurvature) passDown(net, n, l, delta, below.delta)
  }
}

/** From dloss/da to dloss/ds, with tangents: R{delta} = phi' R{back} + phi'' R{s} back and delta = phi' back. */
function slopeTangent({ activation, scratch }: Buffers, n: number, layer: LayerBuffers): void {
  const { s, sTangent, a, delta, deltaTangent } = layer
  const count = n * layer.parameters.outputs
  activation.timesSlope(count, s, a, deltaTangent)
  if (activation.timesCurvature) {
    for (let i = 0; i < count; i++) scratch[i] = delta[i] * sTangent[i]
    activation.timesCurvature(count, s, a, scratch)
    for (let i = 0; i < count; i++) deltaTangent[i] += scratch[i]
  }
  // In a first layer without batch normalisation nobody asks for delta any more.
  if (layer.inputTangent || layer.norm) activation.timesSlope(count, s, a, delta)
}
