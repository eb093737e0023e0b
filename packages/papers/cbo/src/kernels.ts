import { type KernelSet, kernelSet, Random } from '@opt/core'
import { wasm } from './wasm.ts'

/** What a move takes. */
type Move = [
  count: number,
  d: number,
  rows: Int32Array,
  X: Float64Array,
  m: Float64Array,
  drift: number,
  noise: number,
  Z: Float64Array,
]

/** The kernels of this package. X holds one particle a row, d numbers each; rows are numbers of particles. */
export interface Kernels {
  /**
   * Writes n standard normals, with the bits of `Random.normal()` of @opt/core.
   *
   * @param words the state of its generator: four words.
   * @param spare whether a number is left of the last pair (1 or 0), and that number.
   */
  normals(n: number, words: Int32Array, spare: Float64Array, out: Float64Array): void
  /** Returns 0 if all n entries of x are finite, else NaN. */
  unsound(n: number, x: Float64Array): number
  /**
   * Writes out_i = |x_i - m|: sums of squares over even and odd places, added, then an odd place's; where squares
   * overflow or vanish, the differences are divided by the largest first.
   */
  distances(count: number, d: number, X: Float64Array, m: Float64Array, out: Float64Array): void
  /** x = x - drift D + (noise |D|) z entrywise for the given rows, D = x - m. */
  moveAnisotropic(...move: Move): void
  /** x_i = x_i - drift D + (noise lengths_i) z_i for the given rows, D = x_i - m. */
  moveIsotropic(...move: [...Move, lengths: Float64Array]): void
}

const normals: Kernels['normals'] = (n, words, spare, out) => {
  const rng = new Random({ generator: [...words], spare: null })
  let i = 0
  if (n > 0 && spare[0] !== 0) {
    out[i++] = spare[1]
    spare[0] = 0
  }
  while (i < n) out[i++] = rng.normal()
  const state = rng.state()
  words.set(state.generator)
  if (state.spare !== null) spare.set([1, state.spare])
}

const unsound: Kernels['unsound'] = (n, x) => {
  let sum = 0
  for (let i = 0; i < n; i++) sum += x[i] - x[i]
  return sum
}

function scaledLength(d: number, X: Float64Array, at: number, m: Float64Array): number {
  let most = 0
  for (let j = 0; j < d; j++) most = Math.max(most, Math.abs(X[at + j] - m[j]))
  if (!(most > 0 && most < Infinity)) return most
  let s = 0
  for (let j = 0; j < d; j++) {
    const q = (X[at + j] - m[j]) / most
    s += q * q
  }
  return most * Math.sqrt(s)
}

const distances: Kernels['distances'] = (count, d, X, m, out) => {
  const even = d - (d % 2)
  for (let i = 0; i < count; i++) {
    const at = i * d
    let a = 0
    let b = 0
    for (let j = 0; j < even; j += 2) {
      const D = X[at + j] - m[j]
      const E = X[at + j + 1] - m[j + 1]
      a += D * D
      b += E * E
    }
    let sum = a + b
    if (even < d) sum += (X[at + even] - m[even]) * (X[at + even] - m[even])
    out[i] = sum > 1e-280 && sum < 1e300 ? Math.sqrt(sum) : scaledLength(d, X, at, m)
  }
}

const moveAnisotropic: Kernels['moveAnisotropic'] = (count, d, rows, X, m, drift, noise, Z) => {
  for (let k = 0; k < count; k++) {
    const at = rows[k] * d
    for (let j = 0; j < d; j++) {
      const D = X[at + j] - m[j]
      X[at + j] = X[at + j] - drift * D + noise * Math.abs(D) * Z[at + j]
    }
  }
}

const moveIsotropic: Kernels['moveIsotropic'] = (count, d, rows, X, m, drift, noise, Z, lengths) => {
  for (let k = 0; k < count; k++) {
    const at = rows[k] * d
    const width = noise * lengths[rows[k]]
    for (let j = 0; j < d; j++) {
      const D = X[at + j] - m[j]
      X[at + j] = X[at + j] - drift * D + width * Z[at + j]
    }
  }
}

/** {@link Kernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const kernels: KernelSet<Kernels> = /* @__PURE__ */ kernelSet(wasm, {
  normals,
  unsound,
  distances,
  moveAnisotropic,
  moveIsotropic,
})
