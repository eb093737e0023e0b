import { allocate, type Matrix } from '@opt/core'
import ndarray from 'ndarray'
import { type UnmixingKernels, unmixingKernels } from './kernels/kernels.ts'

/** No abundance and no entry of an end-member falls below this. */
export const FLOOR = 1e-12

/** The arrays of the kernels. */
type Views = { kernels: UnmixingKernels } & Record<
  'Y' | 'M' | 'W' | 'A' | 'h' | 'logs' | 'powers' | 'S' | 'G' | 'H' | 'work',
  Float64Array
>

/** Layout of the arrays: pixels and end-members are rows; the bands of a pixel are padded to an even number. */
const layout = (bands: number, pixels: number, K: number): Views => {
  const width = bands + (bands % 2)
  const entries = pixels * K
  return allocate([unmixingKernels], (views) => ({
    Y: views.f64(pixels * width),
    M: views.f64(K * width),
    W: views.f64(K * width),
    A: views.f64(entries),
    h: views.f64(pixels),
    logs: views.f64(entries),
    powers: views.f64(entries),
    S: views.f64(K * K),
    G: views.f64(K * width),
    H: views.f64(K * K),
    work: views.f64(4 * K),
  }))
}

/** The image Y and the factors M, A and h, where the kernels want them, and the ways in and out. */
export class Factors {
  readonly bands: number
  readonly pixels: number
  readonly K: number
  /** Bands that are zero everywhere. */
  readonly zeroBands: number[]
  protected readonly width: number
  protected readonly views: Views
  /** |y_l|^2. */
  protected readonly bandPowers: Float64Array

  /** @param Y bands x pixels, nonnegative, about 1. */
  constructor(Y: Matrix, K: number) {
    const [bands, pixels] = Y.shape
    this.bands = bands
    this.pixels = pixels
    this.K = K
    this.width = bands + (bands % 2)
    this.views = layout(bands, pixels, K)
    this.bandPowers = new Float64Array(bands)
    for (let l = 0; l < bands; l++)
      for (let n = 0; n < pixels; n++) {
        const y = Y.data[l * pixels + n]
        this.views.Y[n * this.width + l] = y
        this.bandPowers[l] += y * y
      }
    this.zeroBands = Array.from(this.bandPowers.keys()).filter((l) => this.bandPowers[l] === 0)
  }

  /** Sets M (bands x K) and A (K x pixels); `mix` moves A towards equal parts. */
  protected set(endmembers: Matrix, abundances: Matrix, mix: number): void {
    const { M, A } = this.views
    const { bands, pixels, K } = this
    for (let k = 0; k < K; k++) {
      for (let l = 0; l < bands; l++) M[k * this.width + l] = Math.max(endmembers.data[l * K + k], FLOOR)
      for (let n = 0; n < pixels; n++)
        A[n * K + k] = Math.max((1 - mix) * abundances.data[k * pixels + n] + mix / K, FLOOR)
    }
  }

  /** Sets M (K rows of bands), A (pixels x K) and h. */
  protected load(M: Float64Array, A: Float64Array, h: Float64Array): void {
    for (let k = 0; k < this.K; k++) this.views.M.set(M.subarray(k * this.bands, (k + 1) * this.bands), k * this.width)
    this.views.A.set(A)
    this.views.h.set(h)
  }

  /** M, bands x K. */
  endmembers(unit: number): Matrix {
    const { bands, K } = this
    const out = Float64Array.from(
      { length: bands * K },
      (_, i) => unit * this.views.M[(i % K) * this.width + Math.floor(i / K)],
    )
    return ndarray(out, [bands, K])
  }

  /** A, K x pixels. */
  abundances(): Matrix {
    const { pixels, K } = this
    const out = Float64Array.from(
      { length: K * pixels },
      (_, i) => this.views.A[(i % pixels) * K + Math.floor(i / pixels)],
    )
    return ndarray(out, [K, pixels])
  }

  /** M as K rows, A as pixels x K, and h: what `load` takes. */
  saved(): { M: Float64Array; A: Float64Array; h: Float64Array } {
    const { M, A, h } = this.views
    const rows = new Float64Array(this.K * this.bands)
    for (let k = 0; k < this.K; k++) rows.set(M.subarray(k * this.width, k * this.width + this.bands), k * this.bands)
    return { M: rows, A: A.slice(0, this.pixels * this.K), h: h.slice() }
  }
}
