import { transpose } from '@opt/core'
import type { Real } from '../real.ts'
import type { Buffers } from './buffers.ts'
import type { Matrix, Pass, PassLayer } from './pass.ts'

/** Computes the outputs z of the inputs, left in the last layer's s. */
export function forward({ net, n, layers, last }: Pass, ofBatch: boolean): void {
  const { kernels, activation, work } = net
  for (const layer of layers) {
    const { parameters, X, W, S, s, a, norm } = layer
    fillRows(S, parameters.bias)
    kernels.gemm(1, X, W, S, work)
    norm?.forward(n, s, ofBatch)
    if (layer !== last) activation.value(n * S.columns, s, a)
  }
}

/**
 * Adds J' delta to the gradients, where delta = dloss/dz is the last layer's. Leaves the derivative in x W + b in every
 * layer's delta.
 */
export function backward({ net, n, layers }: Pass): void {
  const { kernels, work } = net
  for (let l = layers.length - 1; l >= 0; l--) {
    const { gradients, X, D, delta, WGradient, norm } = layers[l]
    throughActivation(net, layers, l)
    norm?.backward(n, delta)
    kernels.gemm(1, transpose(X), D, WGradient, work)
    addColumnSums(net, D, gradients.bias)
    if (l > 0) toLayerBelow(net, layers[l], D, layers[l - 1].D)
  }
}

/** Writes the gradient of each example's loss in its own inputs to `out`, from the last layer's delta. */
export function backwardToInputs({ net, n, layers }: Pass, out: Matrix): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { D, delta, norm } = layers[l]
    throughActivation(net, layers, l)
    norm?.backwardInput(n, delta)
    toLayerBelow(net, layers[l], D, l > 0 ? layers[l - 1].D : out)
  }
}

/** In a hidden layer, delta = dloss/da becomes dloss/ds. */
export function throughActivation({ activation }: Buffers, layers: readonly PassLayer[], l: number): void {
  const { S, s, a, delta } = layers[l]
  if (l < layers.length - 1) activation.timesSlope(S.rows * S.columns, s, a, delta)
}

/** Passes derivatives to the layer below: out = D W'. */
export function toLayerBelow({ kernels, work }: Buffers, { W }: PassLayer, D: Matrix, out: Matrix): void {
  out.data.fill(0, 0, out.rows * out.columns)
  kernels.gemm(1, D, transpose(W), out, work)
}

/** sums += the column sums of D. */
export function addColumnSums({ kernels, ones }: Buffers, D: Matrix, sums: Real | null): void {
  if (sums) kernels.gemvT(D, ones, sums)
}

/** Sets every row to `row`, or to zeros. */
export function fillRows({ data, rows, columns }: Matrix, row: Real | null): void {
  if (!row) {
    data.fill(0, 0, rows * columns)
    return
  }
  data.set(row)
  for (let filled = 1; filled < rows; filled *= 2)
    data.copyWithin(filled * columns, 0, Math.min(filled, rows - filled) * columns)
}
