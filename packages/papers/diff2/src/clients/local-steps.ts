import type { Noise } from '../noise/noise.ts'
import { addNoise, deviationOf } from '../noise/noise.ts'
import { sensitivityOfSum } from '../sensitivity.ts'
import { type Client, writeMessage } from './client.ts'

/** What neighbouring data sets are: with one record replaced, or with one that counts as nothing. */
export type Adjacency = 'replace' | 'zero-out'

/** Options of {@link localSteps}. */
export interface LocalStepsOptions {
  /** eta */
  learningRate: number
  /** C3: differences are clipped to it, times the length of the step. */
  clip: number
  /** The batch of each step after the first; null: all records. One less than there are steps. */
  batches: readonly (ArrayLike<number> | null)[]
  /** b, by which the sum over a batch is divided. */
  batchSize: number
  adjacency: Adjacency
  /** s3, the noise's deviation / the sensitivity of a batch's mean. */
  multiplier: number
  noise: Noise
  /** Adds nothing here that depends on data: writes the gradient of a regularizer at y. */
  regularizer?: ((y: Float64Array, out: Float64Array) => void) | undefined
}

/**
 * Takes the steps of Bias-Variance Reduced Local SGD (Murata & Suzuki, ICML 2021) on one client, from y_0 = x with the
 * estimate w = v of the gradient:
 *
 *     y_{k+1} = y_k - eta w,   c = C3 |y_{k+1} - y_k|,
 *     w = w + (1/b) sum over B of clip(gradient at y_{k+1} - gradient at y_k, c) + s3 Delta(c) xi
 *
 * with Delta(c) = 2c/b for a replaced record and c/b for one that counts as nothing. Returns the last y.
 *
 * @internal the arguments are not checked.
 */
export function localSteps(
  client: Client,
  start: Float64Array,
  estimate: Float64Array,
  options: LocalStepsOptions,
): Float64Array {
  const { learningRate, clip, batches, batchSize, adjacency, multiplier, noise, regularizer } = options
  const d = start.length
  let [y, next] = [start.slice(), new Float64Array(d)]
  const w = estimate.slice()
  const [m, scratch, penalty] = [new Float64Array(d), new Float64Array(d), new Float64Array(d)]
  for (let k = 0; k <= batches.length; k++) {
    regularizer?.(y, penalty)
    const length = step(y, w, penalty, learningRate, next)
    if (k < batches.length) {
      const c = clip * length
      const indices = batches[k]
      const batch = indices ? { indices, size: batchSize } : undefined
      // Copies: no client can change the points of the run.
      const [at, before] = [next.slice(), y.slice()]
      writeMessage(m, (out) => client.clippedDifference(at, before, c, out, batch))
      const sensitivity = (sensitivityOfSum(indices?.length ?? client.count, adjacency) * c) / batchSize
      addNoise(noise, m, deviationOf(noise, sensitivity, multiplier, d), scratch)
      for (let j = 0; j < d; j++) w[j] += m[j]
    }
    ;[y, next] = [next, y]
  }
  return y
}

/** Writes next = x - eta (v + penalty); returns |next - x|. */
export function step(x: Float64Array, v: Float64Array, penalty: Float64Array, eta: number, next: Float64Array): number {
  let square = 0
  for (let j = 0; j < x.length; j++) {
    next[j] = x[j] - eta * (v[j] + penalty[j])
    const moved = next[j] - x[j]
    square += moved * moved
  }
  return Math.sqrt(square)
}
