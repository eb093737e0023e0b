import { matrixView, transpose } from '@opt/core'
import type { Buffers } from './buffers.ts'
import { addColumnSums, addOuterProducts, fillRows, toLayerBelow } from './gradient.ts'
import type { Matrix, Pass, PassLayer } from './pass.ts'

/**
 * Derivatives along a direction in the parameters by the R-operator, R{f}(w) = d/dt f(w + t v) at t = 0
 * (Pearlmutter, Neural Computation 6, 1994).
 */

/** Computes R{z}, left in the last layer's sTangent. After {@link forward}. */
export function forwardTangent({ net, n, layers, last }: Pass): void {
  const { kernels, phi, work } = net
  for (const layer of layers) {
    const { direction, sourceTangent, X, XTangent, W, WDirection, STangent, s, sTangent, a, aTangent, norm } = layer
    layer.noise?.forwardTangent(n, sourceTangent)
    fillRows(STangent, direction.bias)
    kernels.gemm(1, X, WDirection, STangent, work)
    if (XTangent) kernels.gemm(1, XTangent, W, STangent, work)
    norm?.forwardTangent(n, sTangent)
    if (layer === last) break
    aTangent.set(sTangent)
    phi.timesSlope(n * STangent.columns, s, a, aTangent)
  }
}

/**
 * Adds R{gradient} to the product, from the last layer's delta = dloss/dz and deltaTangent = R{delta}.
 * After {@link forwardTangent}.
 */
export function backwardTangent({ net, n, layers }: Pass): void {
  const { phi } = net
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l]
    const { product, X, XTangent, D, DTangent, WProduct, delta, deltaTangent, norm } = layer
    if (l < layers.length - 1) slopeTangent(net, n, layer)
    norm?.backwardTangent(n, delta, deltaTangent)
    addOuterProducts(net, layer, X, DTangent, WProduct)
    if (XTangent) addOuterProducts(net, layer, XTangent, D, WProduct)
    addColumnSums(net, DTangent, product.bias)
    if (l === 0) break
    const below = layers[l - 1]
    tangentToLayerBelow(net, layer, below.DTangent)
    // Below a piecewise linear layer whose own input has no tangent, dloss/da is not used.
    if (below.inputTangent || below.norm || phi.timesCurvature) toLayerBelow(net, layer, D, below.D)
  }
}

/** Writes R{gradient in the inputs} to scratch, in rows, after {@link backwardTangent} of a pass whose inputs move. */
export function toInputTangent({ net, n, layers }: Pass): void {
  tangentToLayerBelow(net, layers[0], matrixView(net.scratch, n, net.inputCount))
}

/** out = R{D W'}, through the noise on the inputs. */
function tangentToLayerBelow({ kernels, work }: Buffers, layer: PassLayer, out: Matrix): void {
  const { D, DTangent, W, WDirection, noise } = layer
  out.data.fill(0, 0, out.rows * out.columns)
  kernels.gemm(1, DTangent, transpose(W), out, work)
  kernels.gemm(1, D, transpose(WDirection), out, work)
  noise?.backward(out.rows, out.data)
}

/** From dloss/da to dloss/ds, with tangents: R{delta} = phi' R{back} + phi'' R{s} back and delta = phi' back. */
function slopeTangent({ phi, scratch }: Buffers, n: number, layer: PassLayer): void {
  const { S, s, sTangent, a, delta, deltaTangent } = layer
  const count = n * S.columns
  phi.timesSlope(count, s, a, deltaTangent)
  if (phi.timesCurvature) {
    for (let i = 0; i < count; i++) scratch[i] = delta[i] * sTangent[i]
    phi.timesCurvature(count, s, a, scratch)
    for (let i = 0; i < count; i++) deltaTangent[i] += scratch[i]
  }
  // The delta of a first layer without batch normalization is not used any more.
  if (layer.inputTangent || layer.norm) phi.timesSlope(count, s, a, delta)
}
