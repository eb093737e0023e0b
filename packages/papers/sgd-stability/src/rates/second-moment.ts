import {
  number,
  options as optionsOf,
  type Report,
  refuse,
  type Solver,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { type Gradients, type Linearization, linearized } from '../linear/linearization.ts'
import { Noise } from '../linear/noise.ts'
import { Triangle } from '../linear/triangle.ts'
import type { StabilityOptions } from './is-stable.ts'
import { noiseFactor } from './noise.ts'

/** Options of {@link secondMoment}. */
export interface SecondMomentOptions extends StabilityOptions {
  /** Where SGD starts, relative to the minimum: a vector of the d parameters. Needs gradients. */
  start?: VectorLike | undefined
  /** Where it starts, by how much each output differs there to first order. For a linearized kernel. */
  startOutputs?: VectorLike | undefined
  /** Steps of SGD. Default 10. */
  steps?: number | undefined
  /** The `checkpoint` of an earlier answer: goes on from there, to the same bits. */
  resume?: SecondMomentCheckpoint | undefined
}

/** State of a recursion, plain JSON. */
export interface SecondMomentCheckpoint {
  /** Steps done. */
  step: number
  /** Lower triangle of M in the eigenbasis of H, with entries off the diagonal times sqrt(2). */
  moment: number[]
  /** The part of the start along which nothing moves, squared. */
  still: number
}

/** Report of {@link secondMoment} after each step. */
export interface SecondMomentReport extends Report {
  step: number
  /** E |x - x*|^2; in the range of H when only a kernel is known. */
  secondMoment: number
  /** Expected loss, E tr(H M) / 2. */
  expectedLoss: number
}

/** Answer of {@link secondMoment}. */
export interface SecondMoments {
  /** E |x - x*|^2 at the start and after each step. */
  secondMoment: Float64Array
  /** Expected loss at the start and after each step. */
  expectedLoss: Float64Array
  checkpoint: SecondMomentCheckpoint
}

/**
 * Computes the expected squared distance and loss of SGD on the linearized model, step by step and exactly:
 * M' = M - eta (HM + MH) + eta^2 ((1 - c) HMH + c (1/n) sum of a_i (a_i'M a_i) a_i').
 *
 * @param gradients n x d, one row for each example, or a linearization.
 * @throws TypeError or RangeError as {@link linearize}, and when an option is missing or wrong.
 */
export const secondMoment: Solver<
  [gradients: Gradients, options: SecondMomentOptions],
  SecondMomentReport,
  SecondMoments
> = solver(
  'secondMoment',
  function* (gradients, options): Generator<SecondMomentReport, SecondMoments, boolean> {
    const { learningRate: eta, steps = 10, resume } = options
    number(eta, 'learningRate', { positive: true })
    number(steps, 'steps', { integer: true, min: 1 })
    const linear = linearized(gradients)
    const h = linear.eigenvalues
    const r = h.length
    const c = noiseFactor(linear.examples, options)
    const triangle = new Triangle(r)
    const ones = triangle.map(() => 1)
    const mean = triangle.map((j, k) => 1 - eta * h[j] - eta * h[k] + (1 - c) * (eta * h[j]) * (eta * h[k]))
    const noise = new Noise(linear)
    const noisy = new Float64Array(triangle.size)
    const from = resume === undefined ? fresh(linear, triangle, options) : checked(resume, triangle.size)
    const x = Float64Array.from(from.moment)

    const measure = () => {
      let [distance, loss] = [from.still, 0]
      for (let k = 0, at = 0; k < r; k++) {
        distance += x[at]
        loss += (h[k] * x[at]) / 2
        at += k + 2
      }
      return { secondMoment: distance, expectedLoss: loss }
    }
    const seen = [measure()]
    let diverged = false
    for (let step = from.step + 1; step <= from.step + steps && !diverged; step++) {
      triangle.expand(x, ones, noise.M)
      noise.apply()
      triangle.collapse(noise.N, ones, noisy)
      for (let i = 0; i < x.length; i++) x[i] = mean[i] * x[i] + eta * (eta * c * noisy[i])
      seen.push(measure())
      diverged = !(seen[seen.length - 1].secondMoment < Infinity)
      if (yield { step, ...seen[seen.length - 1] }) break
    }
    return {
      secondMoment: Float64Array.from(seen, (at) => at.secondMoment),
      expectedLoss: Float64Array.from(seen, (at) => at.expectedLoss),
      checkpoint: { step: from.step + seen.length - 1, moment: Array.from(x), still: from.still },
      ...(diverged ? { status: 'diverged' as const } : {}),
    }
  },
  {
    maxIterations: Number.MAX_SAFE_INTEGER,
    options: ['start', 'startOutputs', 'steps', 'resume', 'learningRate', 'batchSize', 'replacement'],
  },
)

function fresh(
  linear: Linearization,
  triangle: Triangle,
  { start, startOutputs }: SecondMomentOptions,
): SecondMomentCheckpoint {
  const { eigenvalues: h, rows, examples, outputs, gradients } = linear
  const N = examples * outputs
  let length = 0
  let moved: Float64Array
  if (start !== undefined) {
    if (startOutputs !== undefined) refuse('start and startOutputs', 'given one at a time', 'both', 'type')
    if (!gradients) refuse('start', 'left out where only a kernel is known (startOutputs)', 'a vector', 'type')
    const delta = vector(start, 'start', { length: gradients.shape[1] })
    moved = product(gradients.data, N, delta)
    length = delta.reduce((sum, v) => sum + v * v, 0)
  } else moved = vector(startOutputs as VectorLike, gradients ? 'start' : 'startOutputs', { length: N })

  // The start in the eigenbasis: its products with the rows, A delta = rows x, give x = rows'(A delta) / n h.
  const r = h.length
  const x = new Float64Array(r)
  for (let i = 0; i < N; i++) for (let k = 0; k < r; k++) x[k] += rows[i * r + k] * moved[i]
  for (let k = 0; k < r; k++) x[k] /= examples * h[k]
  const inRange = x.reduce((sum, v) => sum + v * v, 0)
  return {
    step: 0,
    moment: Array.from(triangle.map((j, k) => (j === k ? 1 : Math.SQRT2) * x[j] * x[k])),
    still: Math.max(0, length - inRange),
  }
}

function product(A: Float64Array, rows: number, x: Float64Array): Float64Array {
  const d = x.length
  const y = new Float64Array(rows)
  for (let i = 0; i < rows; i++) for (let j = 0; j < d; j++) y[i] += A[i * d + j] * x[j]
  return y
}

function checked(given: SecondMomentCheckpoint, size: number): SecondMomentCheckpoint {
  const { step, moment, still } = optionsOf(given, 'resume')
  number(step, 'resume.step', { integer: true, min: 0 })
  number(still, 'resume.still', { nonnegative: true })
  if (size > 0) vector(moment, 'resume.moment', { length: size })
  return given
}
