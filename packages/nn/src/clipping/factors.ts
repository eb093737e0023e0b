import type { LayerViews } from '../layers/parameters.ts'
import type { Block, ClippingMemory, Factors, Weights } from './memory.ts'

/** Computes the factors of a block's examples at some parameters. */
export function computeFactors(memory: ClippingMemory, { layers }: Weights, block: Block, { a, d }: Factors): void {
  const { kernels, columns, noBias, s } = memory
  const last = layers.length - 1
  for (const [l, { inputs, outputs, weight, bias }] of layers.entries()) {
    const X = l === 0 ? block.X : a[l - 1]
    kernels.affine(columns, outputs, inputs, weight as Float64Array, (bias ?? noBias) as Float64Array, X, s)
    if (l < last) activate(memory, columns * outputs, a[l], d[l])
  }
  lossDerivatives(memory, layers[last], block, d[last])
  // The slopes become derivatives.
  for (let l = last; l > 0; l--) {
    const { inputs, outputs, weight } = layers[l]
    kernels.timesBackward(columns, outputs, inputs, weight as Float64Array, d[l], d[l - 1])
  }
}

/** Writes the activations and their slopes at s. */
function activate(
  { kernels, activation, isSoftplus, s }: ClippingMemory,
  n: number,
  a: Float64Array,
  slope: Float64Array,
): void {
  if (isSoftplus) {
    kernels.softplusAndSlope(n, s, a, slope)
    return
  }
  activation.value(n, s, a)
  slope.fill(1)
  activation.timesSlope(n, s, a, slope)
}

/** Writes the derivatives of each example's loss in its outputs, which are in s; 0 in empty columns. */
function lossDerivatives(
  { kernels, loss, isLogistic, columns, s, outputs: z, derivatives: e }: ClippingMemory,
  { outputs: k }: LayerViews,
  { used, targets: y }: Block,
  d: Float64Array,
): void {
  if (isLogistic) {
    kernels.vsigmoid(k * columns, s, d)
    for (let j = 0; j < k; j++) for (let i = 0; i < used; i++) d[j * columns + i] -= y[i * k + j]
  } else if (k === 1) loss.gradient(used, 1, s, y, 1, d)
  else {
    for (let j = 0; j < k; j++) for (let i = 0; i < used; i++) z[i * k + j] = s[j * columns + i]
    loss.gradient(used, k, z, y, 1, e)
    for (let j = 0; j < k; j++) for (let i = 0; i < used; i++) d[j * columns + i] = e[i * k + j]
  }
  for (let j = 0; j < k; j++) d.fill(0, j * columns + used, (j + 1) * columns)
}
