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

/** {@link Kernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const kernels: KernelSet<Kernels> = /* @__PURE__ */ kernelSet(wasm, { kaczmarz })
