import {
  allocate,
  calling,
  gemmScratch,
  matrixKernels,
  nrm2,
  number,
  options as optionsOf,
  type Random,
  randomFrom,
} from '@opt/core'
import { type SystemMatrix, systemOf } from '../system/system.ts'
import { ritzCoefficients } from './ritz-vectors.ts'

/** Options of {@link ritzDataset}. */
export interface RitzDatasetOptions {
  /** Lanczos steps, m. Default 128, at most n; 10 000 in the paper, for 64^3 cells. */
  vectors?: number | undefined
  /** Right-hand sides. Default 1000; 20 000 in the paper. */
  count?: number | undefined
  /** The m / 2 + theta smoothest Ritz vectors weigh more. Default m / 20, rounded down. */
  theta?: number | undefined
  /** Default 0. */
  seed?: number | Random | undefined
}

/** How much more the smooth half weighs. */
const WEIGHT = 9
/** Samples computed at a time. */
const BLOCK = 64

/**
 * Draws right-hand sides to train on, as the paper does: from the Ritz vectors of Lanczos steps that start at A g, g
 * standard normal, b = sum c_j v_j / |...| with normal c_j, nine times as large for the smoothest half (and theta more).
 *
 * @param A symmetric positive definite.
 * @returns `count` vectors of unit length.
 * @throws TypeError or RangeError when A or an option is wrong.
 */
export function ritzDataset(A: SystemMatrix, options?: RitzDatasetOptions): Float64Array[] {
  return calling('ritzDataset', () => {
    const system = systemOf(A)
    const { n } = system
    const {
      vectors,
      count = 1000,
      theta,
      seed = 0,
    } = optionsOf(options, 'options', ['vectors', 'count', 'theta', 'seed'])
    const m = Math.min(n, number(vectors ?? 128, 'vectors', { integer: true, min: 1, max: 65536 }))
    number(count, 'count', { integer: true, min: 1, max: 16777216 })
    const more = number(theta ?? Math.floor(m / 20), 'theta', { integer: true, min: 0 })
    const rng = randomFrom(seed, 'seed')

    const g = Float64Array.from({ length: n }, () => rng.normal())
    const start = new Float64Array(n)
    system.multiply(g, start)
    const { coefficients, basis } = ritzCoefficients(n, system.multiply, start, m)
    const [kept, steps] = [coefficients.length, basis.length]
    const smooth = Math.floor(m / 2) + more

    const { kernels, C, S, V, Q, B, work } = allocate([matrixKernels], (views) => ({
      C: views.matrix(BLOCK, kept),
      S: views.matrix(kept, steps),
      V: views.matrix(BLOCK, steps),
      Q: views.matrix(steps, n),
      B: views.matrix(BLOCK, n),
      work: views.f64(Math.max(gemmScratch(BLOCK, steps, kept), gemmScratch(BLOCK, n, steps))),
    }))
    for (const [j, s] of coefficients.entries()) S.data.set(s, j * S.stride)
    for (const [i, q] of basis.entries()) Q.data.set(q, i * Q.stride)
    const samples: Float64Array[] = []
    while (samples.length < count) {
      const block = Math.min(BLOCK, count - samples.length)
      for (let k = 0; k < block; k++)
        for (let j = 0; j < kept; j++) C.data[k * C.stride + j] = (j < smooth ? WEIGHT : 1) * rng.normal()
      V.data.fill(0)
      B.data.fill(0)
      kernels.gemm(1, C, S, V, work)
      kernels.gemm(1, V, Q, B, work)
      for (let k = 0; k < block; k++) {
        const b = B.data.slice(k * B.stride, k * B.stride + n)
        const length = nrm2(b)
        for (let i = 0; i < n; i++) b[i] /= length
        samples.push(b)
      }
    }
    return samples
  })
}
