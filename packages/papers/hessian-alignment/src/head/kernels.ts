import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../wasm.ts'

/** Products of features, or their squares, with few columns. Rows of Z have D numbers, a multiple of 8. */
export interface HeadKernels {
  /** Writes out_ik = z_i.v_k for n rows z_i and K rows v_k: sums over j mod 2, which are added. */
  products: Product
  /** Writes out_ik = (z_i^2).v_k in the same order. */
  squareProducts: Product
  /** Adds sum_i z_ij x_ik to U_kj, n rows of Z and of X in order. */
  sums: Product
  /** Adds sum_i z_ij^2 x_ik to U_kj in the same order. */
  squareSums: Product
  /**
   * Writes G_ij = x_i.v_j for n rows x_i of C numbers, and v_j in strips of four columns of C numbers; what the first L of
   * them give is multiplied by z_ij before the others follow. With `add`, sums start at G_ij. Rows of G have D numbers, a
   * multiple of 4, rows of Z `stride`, rows of X and of strips `width`.
   */
  outer(
    n: number,
    D: number,
    L: number,
    C: number,
    stride: number,
    width: number,
    Z: Float64Array,
    X: Float64Array,
    V: Float64Array,
    G: Float64Array,
    add: number,
  ): void
}

type Product = (n: number, D: number, K: number, Z: Float64Array, X: Float64Array, out: Float64Array) => void

const square = (z: number) => z * z
const itself = (z: number) => z

const productsOf =
  (f: (z: number) => number): Product =>
  (n, D, K, Z, V, out) => {
    for (let i = 0; i < n; i++)
      for (let k = 0; k < K; k++) {
        const s = [0, 0]
        for (let j = 0; j < D; j++) s[j % 2] += f(Z[i * D + j]) * V[k * D + j]
        out[i * K + k] = s[0] + s[1]
      }
  }

const sumsOf =
  (f: (z: number) => number): Product =>
  (n, D, K, Z, X, U) => {
    for (let i = 0; i < n; i++)
      for (let k = 0; k < K; k++) for (let j = 0; j < D; j++) U[k * D + j] += f(Z[i * D + j]) * X[i * K + k]
  }

const outer: HeadKernels['outer'] = (n, D, L, C, stride, width, Z, X, V, G, add) => {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < D; j++) {
      const strip = 4 * width * Math.floor(j / 4) + (j % 4)
      let sum = add ? G[i * D + j] : 0
      for (let c = 0; c < C; c++) {
        sum += X[i * width + c] * V[strip + 4 * c]
        if (c === L - 1 && C > L) sum *= Z[i * stride + j]
      }
      G[i * D + j] = sum
    }
}

/** {@link HeadKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const headKernels: KernelSet<HeadKernels> = /* @__PURE__ */ kernelSet(wasm, {
  products: productsOf(itself),
  squareProducts: productsOf(square),
  sums: sumsOf(itself),
  squareSums: sumsOf(square),
  outer,
})
