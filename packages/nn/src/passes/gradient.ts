import { transpose } from '@opt/core'
import type { Real } from '../real.ts'
import type { Buffers } from './buffers.ts'
import type { Matrix, Pass, PassLayer } from './pass.ts'

/** Computes the outputs z of the inputs, left in the last layer's s. */
export function forward({ net, n, layers, last }: Pass, ofBatch: boolean): void {
  const { kernels, phi, work } = net
  for (const layer of layers) {
    const { parameters, source, X, W, S, s, a, norm, noise } = layer
    noise?.forward(n, source)
    fillRows(S, parameters.bias)
    kernels.gemm(1, X, W, S, work)
    norm?.forward(n, s, ofBatch)
    if (layer !== last) phi.value(n * S.columns, s, a)
  }
}

/**
 * Adds J' delta to the gradients, where delta = dloss/dz is the last layer's. Leaves the derivative in x W + b in every
 * layer's delta.
 */
export function backward(pass: Pass): void {
  backwardFrom(pass, pass.layers.length - 1)
}

/**
 * {@link backward} from the derivative in the activations of layer `top`, in its delta. With `keepsScaled`, the
 * derivatives in s of layers with batch normalization are left in their deltaTangent.
 */
export function backwardFrom({ net, n, layers }: Pass, top: number, keepsScaled = false): void {
  for (let l = top; l >= 0; l--) {
    const { gradients, X, D, delta, deltaTangent, WGradient, norm } = layers[l]
    throughActivation(net, layers, l)
    if (norm && keepsScaled) deltaTangent.set(delta)
    norm?.backward(n, delta)
    addOuterProducts(net, layers[l], X, D, WGradient)
    addColumnSums(net, D, gradients.bias)
    if (l > 0) toLayerBelow(net, layers[l], D, layers[l - 1].D)
  }
}

/** Options of {@link backwardSeparately}. */
export interface SeparateOptions {
  readonly top?: number
  readonly lowest?: number
  readonly out?: Matrix | null
  readonly visit?: (l: number) => void
}

/**
 * Passes derivatives back without adding to the gradients, for constant statistics of batch normalization: from the
 * delta of layer `top`, as {@link backward}, down to that of layer `lowest`, or to the inputs in `out` if it is given.
 * `visit(l)` is called when the derivative in the activations of layer l is in its delta. Leaves derivatives as
 * {@link backwardFrom} with `keepsScaled`.
 */
export function backwardSeparately(pass: Pass, options: SeparateOptions = {}): void {
  const { net, n, layers } = pass
  const { top = layers.length - 1, lowest = 0, out = null, visit } = options
  for (let l = top; l >= lowest; l--) {
    const { D, delta, deltaTangent, norm } = layers[l]
    visit?.(l)
    throughActivation(net, layers, l)
    if (norm) deltaTangent.set(delta)
    norm?.backwardInput(n, delta)
    const below = l > 0 ? layers[l - 1].D : out
    if (below && (l > lowest || out)) toLayerBelow(net, layers[l], D, below)
  }
}

/** In a hidden layer, delta = dloss/da becomes dloss/ds. */
export function throughActivation({ phi }: Buffers, layers: readonly PassLayer[], l: number): void {
  const { S, s, a, delta } = layers[l]
  if (l < layers.length - 1) phi.timesSlope(S.rows * S.columns, s, a, delta)
}

/** Passes derivatives to the layer below: out = D W', through the noise on the inputs. */
export function toLayerBelow({ kernels, work }: Buffers, { W, noise }: PassLayer, D: Matrix, out: Matrix): void {
  out.data.fill(0, 0, out.rows * out.columns)
  kernels.gemm(1, D, transpose(W), out, work)
  noise?.backward(out.rows, out.data)
}

/** Adds X'D to a gradient of the weights, through the noise on the weights. */
export function addOuterProducts(net: Buffers, { noise }: PassLayer, X: Matrix, D: Matrix, sum: Matrix): void {
  const { kernels, work } = net
  if (!noise?.weights) {
    kernels.gemm(1, transpose(X), D, sum, work)
    return
  }
  const { keep, scratch } = noise.weights
  scratch.fill(0)
  kernels.gemm(1, transpose(X), D, { ...sum, data: scratch }, work)
  for (let i = 0; i < keep.length; i++) sum.data[i] += keep[i] * scratch[i]
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
