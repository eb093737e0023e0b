import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../wasm.ts'

/** Loops over the features of a head with one output: its gradient, diagonal and variances in few passes. */
export interface HeadKernels {
  /**
   * Writes a_i = z_i.x and b_i = (z_i^2).y for n rows z_i of d numbers: sums over j mod 4, added as (0 + 2) + (1 + 3), then
   * the last d mod 4 entries.
   */
  twoProducts(
    n: number,
    d: number,
    Z: Float64Array,
    x: Float64Array,
    y: Float64Array,
    a: Float64Array,
    b: Float64Array,
  ): void
  /** Adds z_ij x_i to u_j and z_ij^2 y_i to v_j for n rows z_i of d numbers, in the order of i. */
  twoSums(
    n: number,
    d: number,
    Z: Float64Array,
    x: Float64Array,
    y: Float64Array,
    u: Float64Array,
    v: Float64Array,
  ): void
  /**
   * Writes D_ij = f_i m_j + g_i l_j + (z_ij h_i) k_j for the first d of the `rows` columns of Z, and adds z_ij g_i to s_j
   * for all of them, in the order of i.
   */
  featureGradient(
    n: number,
    d: number,
    rows: number,
    Z: Float64Array,
    f: Float64Array,
    m: Float64Array,
    g: Float64Array,
    l: Float64Array,
    h: Float64Array,
    k: Float64Array,
    D: Float64Array,
    s: Float64Array,
  ): void
}

const twoProducts: HeadKernels['twoProducts'] = (n, d, Z, x, y, a, b) => {
  const end = d - (d % 4)
  for (let i = 0, at = 0; i < n; i++, at += d) {
    const s = [0, 0, 0, 0]
    const t = [0, 0, 0, 0]
    for (let j = 0; j < end; j++) {
      const z = Z[at + j]
      s[j % 4] += z * x[j]
      t[j % 4] += z * z * y[j]
    }
    a[i] = s[0] + s[2] + (s[1] + s[3])
    b[i] = t[0] + t[2] + (t[1] + t[3])
    for (let j = end; j < d; j++) {
      const z = Z[at + j]
      a[i] += z * x[j]
      b[i] += z * z * y[j]
    }
  }
}

const twoSums: HeadKernels['twoSums'] = (n, d, Z, x, y, u, v) => {
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < d; j++, at++) {
      const z = Z[at]
      u[j] += z * x[i]
      v[j] += z * z * y[i]
    }
}

const featureGradient: HeadKernels['featureGradient'] = (n, d, rows, Z, f, m, g, l, h, k, D, s) => {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < rows; j++) {
      const z = Z[i * rows + j]
      if (j < d) D[i * d + j] = f[i] * m[j] + g[i] * l[j] + z * h[i] * k[j]
      s[j] += z * g[i]
    }
}

/** {@link HeadKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const headKernels: KernelSet<HeadKernels> = /* @__PURE__ */ kernelSet(wasm, {
  twoProducts,
  twoSums,
  featureGradient,
})
