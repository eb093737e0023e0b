import { type Array as JaxArray, nn, numpy as np, scipySpecial } from '@jax-js/jax'
import { random } from '@opt/core'

export interface Layer {
  w: JaxArray
  b: JaxArray
}

export interface Batch {
  u: JaxArray
  y: JaxArray
}

/** A row-major array of normal numbers. */
export const normals = (seed: number, length: number, spread = 1): Float32Array => {
  const rng = random(seed)
  return Float32Array.from({ length }, () => rng.normal(0, spread))
}

/** Parameters of a dense network, in the order of @opt/nn. */
export const layers = (sizes: number[], dtype: 'float32' | 'float64' = 'float32'): Layer[] =>
  sizes.slice(1).map((outputs, l) => ({
    w: np.zeros([sizes[l], outputs], { dtype: np[dtype] }),
    b: np.zeros([outputs], { dtype: np[dtype] }),
  }))

/** tanh between the layers. Uses both up. */
export const dense = (params: Layer[], inputs: JaxArray): JaxArray =>
  params.reduce((h, { w, b }, l) => {
    const s = np.matmul(h, w).add(b)
    return l < params.length - 1 ? np.tanh(s) : s
  }, inputs)

/** Mean cross-entropy with labels. */
export const crossEntropy = (params: Layer[], { u, y }: Batch): JaxArray => {
  const classes = params.at(-1)!.b.shape[0]
  return nn
    .oneHot(y, classes)
    .mul(scipySpecial.logSoftmax(dense(params, u), -1))
    .sum(-1)
    .mean()
    .mul(-1)
}

/** ||a - b|| / ||b|| */
export function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [square, scale] = [0, 0]
  for (let i = 0; i < b.length; i++) {
    square += (a[i] - b[i]) ** 2
    scale += b[i] ** 2
  }
  return a.length === b.length ? Math.sqrt(square / scale) : Number.NaN
}
