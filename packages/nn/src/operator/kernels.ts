import { type KernelSet, kernelSet } from '@opt/core'
import type { Real } from '../real.ts'
import { wasm } from '../wasm.ts'

/**
 * Loops over what is not zero. A pattern holds, row by row, how many places of the row count, and then these places, in
 * whose order sums run. Rows of `vectors` vectors of 16 bytes, 2, 3 or 5, are those of an output layer. Names with 32
 * work on float32.
 */
export interface ProductKernels {
  /**
   * C += S B, where C has m rows of q numbers, B p rows, and S a pattern and its values. `work` has room for 16 p
   * numbers in float64 and 32 p in float32.
   */
  // biome-ignore format: sizes, then matrices
  spmm(
    m: number, q: number, p: number, pattern: Int32Array, values: Real,
    B: Real, C: Real, work: Real,
  ): void
  spmm32: ProductKernels['spmm']
  /** C += A V + S W: of m rows of p numbers of A and S those in the pattern count; V, W and C have rows of vectors. */
  // biome-ignore format: sizes, then matrices
  forward(
    m: number, p: number, vectors: number, pattern: Int32Array,
    A: Real, S: Real, V: Real, W: Real, C: Real,
  ): void
  forward32: ProductKernels['forward']
  /**
   * P += A'E + S'D for such A and S, and writes E W' + D V' where the pattern is, to an `out` of m rows of p numbers;
   * without `both` P += A'E, and E W'.
   */
  // biome-ignore format: sizes, then matrices
  backward(
    m: number, p: number, vectors: number, pattern: Int32Array,
    A: Real, S: Real, E: Real, D: Real, W: Real, V: Real, P: Real, out: Real, both: number,
  ): void
  backward32: ProductKernels['backward']
  /** Writes h = share p (v - <p, v>), n rows of q numbers: the Hessian of the cross-entropy of softmax p times v. */
  softmax(n: number, q: number, p: Real, shares: Real, v: Real, h: Real): void
  softmax32: ProductKernels['softmax']
  /** d *= slope, n numbers. */
  times(n: number, slope: Real, d: Real): void
  times32: ProductKernels['times']
  /** d = slope d + curvature t, n numbers. */
  bend(n: number, slope: Real, curvature: Real, t: Real, d: Real): void
  bend32: ProductKernels['bend']
}

type Round = (x: number) => number
const asIs: Round = (x) => x

/** Calls `visit` with each row of a pattern and its places from..to. */
function eachRow(m: number, pattern: Int32Array, visit: (i: number, from: number, to: number) => void): void {
  for (let i = 0, at = 0; i < m; i++) {
    const to = at + 1 + pattern[at]
    visit(i, at + 1, to)
    at = to
  }
}

const spmmOf =
  (round: Round): ProductKernels['spmm'] =>
  (m, q, _p, pattern, values, B, C) => {
    let value = 0
    eachRow(m, pattern, (i, from, to) => {
      for (let k = from; k < to; k++, value++)
        for (let j = 0; j < q; j++) C[i * q + j] += round(values[value] * B[pattern[k] * q + j])
    })
  }

/** `lanes`: numbers in a vector. */
const forwardOf =
  (round: Round, lanes: number): ProductKernels['forward'] =>
  (m, p, vectors, pattern, A, S, V, W, C) => {
    const q = vectors * lanes
    eachRow(m, pattern, (i, from, to) => {
      for (let k = from; k < to; k++) {
        const at = i * p + pattern[k]
        for (let j = 0; j < q; j++) {
          const w = pattern[k] * q + j
          C[i * q + j] += round(round(A[at] * V[w]) + round(S[at] * W[w]))
        }
      }
    })
  }

const backwardOf =
  (round: Round, lanes: number): ProductKernels['backward'] =>
  (m, p, vectors, pattern, A, S, E, D, W, V, P, out, both) => {
    const q = vectors * lanes
    eachRow(m, pattern, (i, from, to) => {
      for (let k = from; k < to; k++) {
        const at = i * p + pattern[k]
        const [e, w] = [i * q, pattern[k] * q]
        const sums = [0, 0, 0, 0]
        for (let j = 0; j < q; j++) {
          let outer = round(A[at] * E[e + j])
          let inner = round(E[e + j] * W[w + j])
          if (both) {
            outer = round(outer + round(S[at] * D[e + j]))
            inner = round(inner + round(D[e + j] * V[w + j]))
          }
          P[w + j] += outer
          // The first products are not added to 0, which would lose the sign of a zero.
          sums[j % lanes] = j < lanes ? inner : round(sums[j % lanes] + inner)
        }
        const sum = round(sums[0] + sums[1])
        out[at] = lanes === 4 ? round(sum + round(sums[2] + sums[3])) : sum
      }
    })
  }

const softmaxOf =
  (round: Round, lanes: number): ProductKernels['softmax'] =>
  (n, q, p, shares, v, h) => {
    const whole = q - (q % lanes)
    for (let i = 0, row = 0; i < n; i++, row += q) {
      const sums = [0, 0, 0, 0]
      for (let j = 0; j < whole; j++) sums[j % lanes] = round(sums[j % lanes] + round(p[row + j] * v[row + j]))
      let mean = round(sums[0] + sums[1])
      if (lanes === 4) mean = round(mean + round(sums[2] + sums[3]))
      for (let j = row + whole; j < row + q; j++) mean = round(mean + round(p[j] * v[j]))
      for (let j = row; j < row + q; j++) h[j] = round(shares[i] * p[j]) * round(v[j] - mean)
    }
  }

const timesPlain: ProductKernels['times'] = (n, slope, d) => {
  for (let i = 0; i < n; i++) d[i] *= slope[i]
}

const bendOf =
  (round: Round): ProductKernels['bend'] =>
  (n, slope, curvature, t, d) => {
    for (let i = 0; i < n; i++) d[i] = round(slope[i] * d[i]) + round(curvature[i] * t[i])
  }

export const productKernels: KernelSet<ProductKernels> = /* @__PURE__ */ kernelSet(wasm, {
  spmm: /* @__PURE__ */ spmmOf(asIs),
  spmm32: /* @__PURE__ */ spmmOf(Math.fround),
  forward: /* @__PURE__ */ forwardOf(asIs, 2),
  forward32: /* @__PURE__ */ forwardOf(Math.fround, 4),
  backward: /* @__PURE__ */ backwardOf(asIs, 2),
  backward32: /* @__PURE__ */ backwardOf(Math.fround, 4),
  softmax: /* @__PURE__ */ softmaxOf(asIs, 2),
  softmax32: /* @__PURE__ */ softmaxOf(Math.fround, 4),
  times: timesPlain,
  times32: timesPlain,
  bend: /* @__PURE__ */ bendOf(asIs),
  bend32: /* @__PURE__ */ bendOf(Math.fround),
})
