import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from './wasm.ts'

/** The kernels of this package. */
export interface Kernels {
  /**
   * Takes Kaczmarz steps on the rows named by `rows` until |r|^2 <= target: with i = rows[t] and a = r_i inverse_i,
   * y_i -= a and r -= a (row i of the Gram matrix). Vectors have n entries and rows of the Gram matrix stride n; n is a
   * multiple of 8, what lies beyond the system is zero. |r|^2 is eight sums over i mod 8, added as
   * ((0+2)+(4+6)) + ((1+3)+(5+7)).
   *
   * @returns the number of steps taken, at most `count`.
   */
  kaczmarz(
    n: number,
    count: number,
    rows: Int32Array,
    gram: Float64Array,
    inverse: Float64Array,
    y: Float64Array,
    r: Float64Array,
    target: number,
  ): number
  /**
   * Takes steps with Gaussian vectors until |r|^2 <= target: with s = row t of S and v = K s, z -= v (s'r / |v|^2) and
   * r -= K v (s'r / |v|^2), where a v of 0 is left out. Vectors have n entries and rows stride n; n is a multiple of 8,
   * what lies beyond the system is zero. All products are eight sums over i mod 8, added as in `kaczmarz`.
   *
   * @returns the number of steps taken, at most `count`.
   */
  projectVectors(
    n: number,
    count: number,
    K: Float64Array,
    S: Float64Array,
    v: Float64Array,
    z: Float64Array,
    r: Float64Array,
    target: number,
  ): number
}

const kaczmarz: Kernels['kaczmarz'] = (n, count, rows, gram, inverse, y, r, target) => {
  for (let t = 0; t < count; t++) {
    const i = rows[t]
    const step = r[i] * inverse[i]
    y[i] -= step
    const row = i * n
    let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0]
    for (let j = 0; j < n; j += 8) {
      const a = (r[j] -= step * gram[row + j])
      const b = (r[j + 1] -= step * gram[row + j + 1])
      const c = (r[j + 2] -= step * gram[row + j + 2])
      const d = (r[j + 3] -= step * gram[row + j + 3])
      const e = (r[j + 4] -= step * gram[row + j + 4])
      const f = (r[j + 5] -= step * gram[row + j + 5])
      const g = (r[j + 6] -= step * gram[row + j + 6])
      const h = (r[j + 7] -= step * gram[row + j + 7])
      s0 += a * a
      s1 += b * b
      s2 += c * c
      s3 += d * d
      s4 += e * e
      s5 += f * f
      s6 += g * g
      s7 += h * h
    }
    if (s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7)) <= target) return t + 1
  }
  return count
}

/** x'y over n entries from places a and b on. */
function inner(n: number, x: Float64Array, a: number, y: Float64Array, b: number): number {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let j = 0; j < n; j += 8) {
    s0 += x[a + j] * y[b + j]
    s1 += x[a + j + 1] * y[b + j + 1]
    s2 += x[a + j + 2] * y[b + j + 2]
    s3 += x[a + j + 3] * y[b + j + 3]
    s4 += x[a + j + 4] * y[b + j + 4]
    s5 += x[a + j + 5] * y[b + j + 5]
    s6 += x[a + j + 6] * y[b + j + 6]
    s7 += x[a + j + 7] * y[b + j + 7]
  }
  return s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7))
}

const projectVectors: Kernels['projectVectors'] = (n, count, K, S, v, z, r, target) => {
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < n; i++) v[i] = inner(n, K, i * n, S, t * n)
    const size = inner(n, v, 0, v, 0)
    const step = size > 0 ? inner(n, S, t * n, r, 0) / size : 0
    for (let i = 0; i < n; i++) {
      z[i] -= step * v[i]
      r[i] -= step * inner(n, K, i * n, v, 0)
    }
    if (inner(n, r, 0, r, 0) <= target) return t + 1
  }
  return count
}

/** {@link Kernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const kernels: KernelSet<Kernels> = /* @__PURE__ */ kernelSet(wasm, { kaczmarz, projectVectors })
