import { allocate, gemmScratch, type MatrixView, transpose } from '@opt/core'
import { productKernels } from './kernels.ts'
import type { Linearization } from './linearization.ts'

/** Columns of a triangle that are multiplied at a time: the blocks above it are left out. */
const BLOCK = 64

/**
 * The noise that a second moment M of the distance from the minimum brings into a step,
 * N(M) = (1/n) sum of J_i'(J_i M J_i')J_i, in the eigenbasis of H.
 */
export class Noise {
  /** Argument of {@link apply}: the lower triangle of M, with entries off the diagonal twice, and zeros above. */
  readonly M: MatrixView
  /** Result of {@link apply}: the lower triangle of N(M); above it there is anything. */
  readonly N: MatrixView
  /** trace J_i M J_i' of each example, from the last {@link apply}. */
  readonly spread: Float64Array
  readonly #outputs: number
  readonly #J: MatrixView
  readonly #Z: MatrixView
  readonly #block: Float64Array
  readonly #work: Float64Array
  readonly #kernels

  constructor({ eigenvalues, examples, outputs, rows }: Linearization) {
    const r = eigenvalues.length
    const all = examples * outputs
    const width = Math.min(r, BLOCK)
    const { kernels, M, N, J, Z, work } = allocate([productKernels], (views) => ({
      M: views.matrix(r, r),
      N: views.matrix(r, r),
      J: views.matrix(all, r),
      Z: views.matrix(all, r),
      work: views.f64(Math.max(gemmScratch(all, width, r), gemmScratch(r, width, all))),
    }))
    for (let i = 0; i < all; i++) J.data.set(rows.subarray(i * r, (i + 1) * r), i * J.stride)
    this.M = M
    this.N = N
    this.spread = new Float64Array(examples)
    this.#outputs = outputs
    this.#J = J
    this.#Z = Z
    this.#block = new Float64Array(outputs * outputs)
    this.#work = work
    this.#kernels = kernels
  }

  /** Writes N = N(M). */
  apply(): void {
    const [J, Z, M, N] = [this.#J, this.#Z, this.M, this.N]
    const { rows, columns: r } = J
    Z.data.fill(0)
    for (let from = 0; from < r; from += BLOCK) {
      const width = Math.min(BLOCK, r - from)
      const left = part(J, 0, from, rows, r - from)
      this.#kernels.gemm(1, left, part(M, from, from, r - from, width), part(Z, 0, from, rows, width), this.#work)
    }
    this.#weigh()
    N.data.fill(0)
    for (let from = 0; from < r; from += BLOCK) {
      const width = Math.min(BLOCK, r - from)
      const left = transpose(part(J, 0, from, rows, r - from))
      const below = part(N, from, from, r - from, width)
      this.#kernels.gemm(1 / this.spread.length, left, part(Z, 0, from, rows, width), below, this.#work)
    }
  }

  /** Replaces the rows Z_i = J_i M of each example by (J_i M J_i') J_i, where Z_i J_i' has J_i M J_i' as its symmetric part. */
  #weigh(): void {
    const outputs = this.#outputs
    const { data: Z, stride, columns: r } = this.#Z
    const J = this.#J.data
    const block = this.#block
    for (let i = 0; i < this.spread.length; i++) {
      const from = i * outputs * stride
      let trace = 0
      for (let a = 0; a < outputs; a++)
        for (let b = 0; b <= a; b++) {
          let sum = 0
          const [first, second] = [from + a * stride, from + b * stride]
          if (a === b) for (let k = 0; k < r; k++) sum += Z[first + k] * J[first + k]
          else for (let k = 0; k < r; k++) sum += (Z[first + k] * J[second + k] + Z[second + k] * J[first + k]) / 2
          block[a * outputs + b] = block[b * outputs + a] = sum
          if (a === b) trace += sum
        }
      this.spread[i] = trace
      for (let a = 0; a < outputs; a++) {
        const row = from + a * stride
        for (let k = 0; k < r; k++) Z[row + k] = block[a * outputs] * J[from + k]
        for (let b = 1; b < outputs; b++)
          for (let k = 0; k < r; k++) Z[row + k] += block[a * outputs + b] * J[from + b * stride + k]
      }
    }
  }
}

function part({ data, stride }: MatrixView, row: number, column: number, rows: number, columns: number): MatrixView {
  return { data: data.subarray(row * stride + column), rows, columns, stride }
}
