import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../clipping-wasm.ts'

/**
 * Loops over blocks of examples that lie side by side: an array of k rows has n columns, one for each example, and n is a
 * multiple of 8. Matrices of weights are k x m, k being the inputs of a layer and m its outputs.
 */
export interface ClippingKernels {
  /** Writes Y = W'X + b: row j is b_j + w_0j X_0 + w_1j X_1 + ... in this order. */
  affine(n: number, m: number, k: number, W: Float64Array, b: Float64Array, X: Float64Array, Y: Float64Array): void
  /** Y *= W D, entry by entry: row p times w_p0 D_0 + w_p1 D_1 + ... in this order, from 0 on. */
  timesBackward(n: number, m: number, k: number, W: Float64Array, D: Float64Array, Y: Float64Array): void
  /** squares += |d|^2 (|x|^2 + one) for each example's k numbers x and m numbers d. */
  addSquares(
    n: number,
    k: number,
    m: number,
    X: Float64Array,
    D: Float64Array,
    one: number,
    squares: Float64Array,
  ): void
  /**
   * squares += |d x' - c y'|^2 + one |d - c|^2 for each example, in closed form: with u = d - c and e = x - y it is
   *
   *     |u|^2 |x|^2 + |c|^2 |e|^2 + 2 (u . c) (x . e) + one |u|^2,
   *
   * which, unlike |g|^2 - 2 <g, h> + |h|^2, loses no digits when the two are close. Where u x' and c e' cancel, so that less
   * than `limit` of the first two terms is left, it is summed entry by entry, and `slack` times these terms is added.
   */
  // biome-ignore format: sizes, then factors
  addDifferenceSquares(
    n: number, k: number, m: number, X: Float64Array, Y: Float64Array, D: Float64Array, C: Float64Array,
    one: number, limit: number, slack: number, squares: Float64Array,
  ): void
  /**
   * Writes counts min(1, clip / sqrt(squares)), and NaN where a square is not finite. Returns how many of the squares are
   * not.
   */
  clipWeights(n: number, squares: Float64Array, counts: Float64Array, clip: number, weights: Float64Array): number
  /** Writes w A, each column times its weight; 0 where the weight is NaN. */
  weigh(n: number, k: number, A: Float64Array, w: Float64Array, out: Float64Array): void
  /** Writes w (A - B), likewise. */
  weighDifference(n: number, k: number, A: Float64Array, B: Float64Array, w: Float64Array, out: Float64Array): void
  /** G += X D', k x m; each entry is the sum over even examples plus that over odd ones. */
  outer(n: number, k: number, m: number, X: Float64Array, D: Float64Array, G: Float64Array): void
  /** sums += the sums of k rows, each of even examples plus that of odd ones. */
  rowSums(n: number, k: number, D: Float64Array, sums: Float64Array): void
}

const affine: ClippingKernels['affine'] = (n, m, k, W, b, X, Y) => {
  for (let j = 0; j < m; j++)
    for (let i = 0; i < n; i++) {
      let sum = b[j]
      for (let p = 0; p < k; p++) sum += W[p * m + j] * X[p * n + i]
      Y[j * n + i] = sum
    }
}

const timesBackward: ClippingKernels['timesBackward'] = (n, m, k, W, D, Y) => {
  for (let p = 0; p < k; p++)
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let j = 0; j < m; j++) sum += W[p * m + j] * D[j * n + i]
      Y[p * n + i] *= sum
    }
}

/** The squared length of column i. */
function columnSquare(n: number, k: number, X: Float64Array, i: number): number {
  let sum = 0
  for (let at = i; at < k * n; at += n) sum += X[at] * X[at]
  return sum
}

const addSquares: ClippingKernels['addSquares'] = (n, k, m, X, D, one, squares) => {
  for (let i = 0; i < n; i++) squares[i] += columnSquare(n, m, D, i) * (columnSquare(n, k, X, i) + one)
}

const addDifferenceSquares: ClippingKernels['addDifferenceSquares'] = (
  n,
  k,
  m,
  X,
  Y,
  D,
  C,
  one,
  limit,
  slack,
  squares,
) => {
  for (let i = 0; i < n; i++) {
    let [xx, ee, xe, uu, cc, uc] = [0, 0, 0, 0, 0, 0]
    for (let at = i; at < k * n; at += n) {
      const e = X[at] - Y[at]
      xx += X[at] * X[at]
      ee += e * e
      xe += X[at] * e
    }
    for (let at = i; at < m * n; at += n) {
      const u = D[at] - C[at]
      uu += u * u
      cc += C[at] * C[at]
      uc += u * C[at]
    }
    const terms = uu * xx + cc * ee
    let sum = terms + 2 * uc * xe
    if (!(terms === 0 || sum > limit * terms)) {
      sum = 0
      for (let p = i; p < k * n; p += n)
        for (let j = i; j < m * n; j += n) {
          const entry = (D[j] - C[j]) * X[p] + C[j] * (X[p] - Y[p])
          sum += entry * entry
        }
      sum += slack * terms
    }
    squares[i] += sum + one * uu
  }
}

const clipWeights: ClippingKernels['clipWeights'] = (n, squares, counts, clip, weights) => {
  let infinite = 0
  for (let i = 0; i < n; i++) {
    const square = squares[i]
    weights[i] = square <= clip * clip ? counts[i] : (counts[i] * clip) / Math.sqrt(square)
    if (square < Infinity) continue
    weights[i] = Number.NaN
    infinite++
  }
  return infinite
}

const weigh: ClippingKernels['weigh'] = (n, k, A, w, out) => {
  for (let p = 0, at = 0; p < k; p++) for (let i = 0; i < n; i++, at++) out[at] = Number.isNaN(w[i]) ? 0 : w[i] * A[at]
}

const weighDifference: ClippingKernels['weighDifference'] = (n, k, A, B, w, out) => {
  for (let p = 0, at = 0; p < k; p++)
    for (let i = 0; i < n; i++, at++) out[at] = Number.isNaN(w[i]) ? 0 : w[i] * (A[at] - B[at])
}

const outer: ClippingKernels['outer'] = (n, k, m, X, D, G) => {
  for (let p = 0; p < k; p++)
    for (let j = 0; j < m; j++) {
      let [even, odd] = [0, 0]
      for (let i = 0; i < n; i += 2) {
        even += X[p * n + i] * D[j * n + i]
        odd += X[p * n + i + 1] * D[j * n + i + 1]
      }
      G[p * m + j] += even + odd
    }
}

const rowSums: ClippingKernels['rowSums'] = (n, k, D, sums) => {
  for (let j = 0, at = 0; j < k; j++) {
    let [even, odd] = [0, 0]
    for (let i = 0; i < n; i += 2, at += 2) {
      even += D[at]
      odd += D[at + 1]
    }
    sums[j] += even + odd
  }
}

export const clippingKernels: KernelSet<ClippingKernels> = /* @__PURE__ */ kernelSet(wasm, {
  affine,
  timesBackward,
  addSquares,
  addDifferenceSquares,
  clipWeights,
  weigh,
  weighDifference,
  outer,
  rowSums,
})
