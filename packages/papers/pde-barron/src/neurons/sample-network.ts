import {
  calling,
  cos,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options,
  type Random,
  randomFrom,
  refuse,
  sin,
} from '@opt/core'
import ndarray from 'ndarray'
import { checkSum, type TrigSum } from '../sums/trig-sum.ts'

/** What a sampled neuron computes: cos z, 1 for z > 0, or max(z, 0). */
export type SampledActivation = 'cos' | 'step' | 'relu'

export const ACTIVATIONS: readonly SampledActivation[] = ['cos', 'step', 'relu']

/** Options of {@link sampleNetwork}. */
export interface SampleOptions {
  /** Default 'cos'. */
  activation?: SampledActivation | undefined
  /** Terms are drawn in proportion to |c| (1 + a)^order. Default 0; 1 controls the error in H1. */
  order?: 0 | 1 | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

/** The network constant + linear . x + sum_k a_k s(w_k . x + b_k). */
export interface SampledNetwork {
  activation: SampledActivation
  /** n x d. */
  inputWeights: Matrix
  /** n. */
  biases: Float64Array
  /** n. */
  outputWeights: Float64Array
  constant: number
  /** d numbers. */
  linear: Float64Array
  /** The term that each neuron stands for. */
  terms: Int32Array
  /** Returns the values at points, the rows of a matrix of d columns. */
  value(points: MatrixLike): Float64Array
}

/**
 * Draws a network of n neurons whose expectation is u, term by term: each term of the sum is a mean of cosines of plane
 * waves, and each such cosine of steps or hinges. With cosines of order 0 the mean square error at every point is at most
 * |u|_0^2 / n; {@link networkNorm} is the constant of the others.
 *
 * @throws TypeError or RangeError when an argument is invalid or u has no terms.
 */
export function sampleNetwork(u: TrigSum, n: number, given?: SampleOptions): SampledNetwork {
  return calling('sampleNetwork', () => {
    checkSum(u, 'u')
    number(n, 'n', { integer: true, min: 1, max: 10_000_000 })
    const { activation = 'cos', order = 0, seed = 0 } = options(given, 'options', ['activation', 'order', 'seed'])
    oneOf(activation, 'activation', ACTIVATIONS)
    if (order !== 0 && order !== 1) refuse('order', '0 or 1', `${order}`)
    const rng = randomFrom(seed, 'seed')
    const squares = u.squares()
    const cumulative = new Float64Array(u.terms)
    let total = 0
    for (let t = 0; t < u.terms; t++) {
      total += Math.abs(u.coefficients[t]) * (order === 1 ? 1 + Math.sqrt(squares[t]) : 1)
      cumulative[t] = total
    }
    if (!(total > 0 && total < Infinity)) refuse('u', 'a sum of terms that are not 0', 'one without')
    const d = u.dimension
    const made = {
      activation,
      inputWeights: ndarray(new Float64Array(n * d), [n, d]),
      biases: new Float64Array(n),
      outputWeights: new Float64Array(n),
      constant: 0,
      linear: new Float64Array(d),
      terms: new Int32Array(n),
    }
    const wave = { k: new Float64Array(d), phase: 0, weight: 0 }
    for (let i = 0; i < n; i++) {
      const t = firstAbove(cumulative, rng.uniform() * total)
      made.terms[i] = t
      drawWave(u, t, rng, wave)
      wave.weight *= total / (n * (cumulative[t] - (t > 0 ? cumulative[t - 1] : 0)))
      place(made, i, wave, rng)
    }
    return { ...made, value: (points) => calling('sampleNetwork.value', () => evaluateSampled(made, points)) }
  })
}

type Wave = { k: Float64Array; phase: number; weight: number }
type Parts = Omit<SampledNetwork, 'value'>

/** The first index whose cumulative weight is above the draw. */
function firstAbove(cumulative: Float64Array, draw: number): number {
  let [low, high] = [0, cumulative.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle] > draw) high = middle
    else low = middle + 1
  }
  return low
}

/** A random plane wave cos(pi k . x + phase) whose mean, times its weight, is the term: k = w with random signs. */
function drawWave(u: TrigSum, t: number, rng: Random, wave: Wave): void {
  const d = u.dimension
  let sines = 0
  wave.weight = u.coefficients[t]
  for (let j = 0; j < d; j++) {
    const w = u.frequencies[t * d + j]
    const sign = w > 0 && rng.uniform() < 0.5 ? -1 : 1
    wave.k[j] = sign * w
    if (u.parity[j] === 'sin') {
      sines++
      wave.weight *= sign
    }
  }
  wave.phase = -0.5 * Math.PI * sines
}

/** Adds neuron i for a wave: the cosine itself, or one of the steps or hinges that its values along z = k . x are made of. */
function place(made: Parts, i: number, { k, phase, weight }: Wave, rng: Random): void {
  const d = k.length
  const scale = made.activation === 'cos' ? Math.PI : 1
  for (let j = 0; j < d; j++) made.inputWeights.data[i * d + j] = scale * k[j]
  if (made.activation === 'cos') {
    made.biases[i] = phase
    made.outputWeights[i] = weight
    return
  }
  let [z0, z1] = [0, 0]
  for (let j = 0; j < d; j++) {
    z0 += Math.min(k[j], 0)
    z1 += Math.max(k[j], 0)
  }
  const s = z0 + (z1 - z0) * rng.uniform()
  made.biases[i] = -s
  const [atStart, there] = [Math.PI * z0 + phase, Math.PI * s + phase]
  made.constant += weight * cos(atStart)
  if (made.activation === 'step') made.outputWeights[i] = -weight * Math.PI * (z1 - z0) * sin(there)
  else {
    const slope = -weight * Math.PI * sin(atStart)
    made.constant -= slope * z0
    for (let j = 0; j < d; j++) made.linear[j] += slope * k[j]
    made.outputWeights[i] = -weight * Math.PI * Math.PI * (z1 - z0) * cos(there)
  }
}

function evaluateSampled(
  { activation, inputWeights, biases, outputWeights, constant, linear }: Parts,
  points: MatrixLike,
) {
  const d = linear.length
  const { data, shape } = matrix(points, 'points', { columns: d })
  const out = new Float64Array(shape[0]).fill(constant)
  for (let p = 0; p < out.length; p++) {
    const at = p * d
    for (let j = 0; j < d; j++) out[p] += linear[j] * data[at + j]
    for (let i = 0; i < biases.length; i++) {
      let z = biases[i]
      for (let j = 0; j < d; j++) z += inputWeights.data[i * d + j] * data[at + j]
      if (activation === 'cos') out[p] += outputWeights[i] * cos(z)
      else if (z > 0) out[p] += outputWeights[i] * (activation === 'step' ? 1 : z)
    }
  }
  return out
}

/**
 * Returns the constant C of |u - network| <= C / sqrt n in the mean: the sum of |c| for cosines, of |c| (1 + pi |w|_1) for
 * steps, of |c| (1 + pi |w|_1 + pi^2 |w|_1^2) for hinges.
 *
 * @throws TypeError or RangeError when an argument is invalid.
 */
export function networkNorm(u: TrigSum, activation: SampledActivation = 'cos'): number {
  return calling('networkNorm', () => {
    checkSum(u, 'u')
    oneOf(activation, 'activation', ACTIVATIONS)
    const d = u.dimension
    let total = 0
    for (let t = 0; t < u.terms; t++) {
      let length = 0
      for (let j = 0; j < d; j++) length += Math.PI * u.frequencies[t * d + j]
      const factor = activation === 'cos' ? 1 : activation === 'step' ? 1 + length : 1 + length + length * length
      total += factor * Math.abs(u.coefficients[t])
    }
    return total
  })
}

/**
 * Returns how many sampled neurons bring the expected error below epsilon: ceil((norm / epsilon)^2).
 *
 * @throws TypeError or RangeError when the norm is negative or epsilon is not positive.
 */
export function neuronsFor(norm: number, epsilon: number): number {
  number(norm, 'neuronsFor: norm', { nonnegative: true })
  number(epsilon, 'neuronsFor: epsilon', { positive: true })
  const ratio = norm / epsilon
  return Math.ceil(ratio * ratio)
}
