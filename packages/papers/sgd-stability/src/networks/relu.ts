import { calling, type Matrix, type MatrixLike, type VectorLike } from '@opt/core'
import ndarray from 'ndarray'
import { inputs, network, pathNormOf, product, unitScales } from './relu-network.ts'

/**
 * Returns the path norm of a two-layer ReLU network, sum_j |a_j| |w_j|.
 *
 * @param W m x d, the weights w_j of unit j in row j.
 * @param a m weights of the output.
 * @throws TypeError or RangeError when the shapes do not fit or an entry is not finite.
 */
export function pathNorm(W: MatrixLike, a: VectorLike): number {
  return calling('pathNorm', () => pathNormOf(network(W, a)))
}

/**
 * Returns the gradients of a two-layer ReLU network's output in its weights: n x (m d + m), the entries of W
 * row by row and then those of a. The derivative of relu at 0 is 0.
 *
 * @param X n x d, the inputs.
 * @param W m x d, the weights of unit j in row j.
 * @param a m weights of the output.
 * @throws TypeError or RangeError when the shapes do not fit or an entry is not finite.
 */
export function reluGradients(X: MatrixLike, W: MatrixLike, a: VectorLike): Matrix {
  return calling('reluGradients', () => {
    const net = network(W, a)
    const Z = inputs(X, net)
    const { m, d } = net
    const width = m * d + m
    const out = new Float64Array(Z.n * width)
    for (let i = 0; i < Z.n; i++)
      for (let j = 0; j < m; j++) {
        const s = product(Z.data, i * d, net.W, j * d, d)
        if (!(s > 0)) continue
        for (let k = 0; k < d; k++) out[i * width + j * d + k] = net.a[j] * Z.data[i * d + k]
        out[i * width + m * d + j] = s
      }
    return ndarray(out, [Z.n, width])
  })
}

/**
 * Rescales the units of a two-layer ReLU network, w_j by k and a_j by 1 / k with k^2 = |a_j| e_j / (|w_j| c_j):
 * the same function, with the least trace. Units that are 0 on all examples, or have a zero weight, stay.
 *
 * @param X n x d, the inputs.
 * @param W m x d, the weights of unit j in row j; not changed.
 * @param a m weights of the output; not changed.
 * @throws TypeError or RangeError when the shapes do not fit or an entry is not finite.
 */
export function balance(X: MatrixLike, W: MatrixLike, a: VectorLike): { W: Matrix; a: Float64Array } {
  return calling('balance', () => {
    const net = network(W, a)
    const { c, e } = unitScales(inputs(X, net), net)
    const { m, d } = net
    const balanced = { W: net.W.slice(), a: net.a.slice() }
    for (let j = 0; j < m; j++) {
      const [first, second] = [net.norms[j] * c[j], Math.abs(net.a[j]) * e[j]]
      if (!(first > 0 && second > 0)) continue
      const k = Math.sqrt(second) / Math.sqrt(first)
      balanced.a[j] /= k
      for (let i = 0; i < d; i++) balanced.W[j * d + i] *= k
    }
    return { W: ndarray(balanced.W, [m, d]), a: balanced.a }
  })
}
