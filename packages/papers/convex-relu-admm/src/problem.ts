import { type MatrixLike, matrix, number, oneOf, random, refuse, type VectorLike, vector } from '@opt/core'
import { takeFlags, takeRandom } from './arguments.ts'
import { LOSSES, type Loss, type LossName, losses } from './losses.ts'
import { sumOfSquares } from './measures.ts'
import type { BlockOptions, ConvexReluOptions, Method } from './options.ts'
import { type Patterns, takePatterns } from './patterns.ts'

/** Training data, checked. */
export interface Data {
  n: number
  d: number
  /** n x d, row-major. */
  X: Float64Array
  y: Float64Array
  loss: Loss
}

/** The convex program with the loss summed over rows, and how to solve it. */
export interface Problem extends Data {
  patterns: Patterns
  beta: number
  /** What sums are multiplied by when they are told: 1, or 1 / n. */
  scale: number
  method: Method | 'robust'
  form: 'auto' | 'rows' | 'dense'
  rho: number
  gamma: number
  relaxation: number
  epsilon: number
  /** The features that may be perturbed. */
  perturbed: Int32Array
  gapStops: boolean
  measureEvery: number
  blocks: Required<BlockOptions>
  initial: ConvexReluOptions['initial']
}

/** Checks X (n x d), y (n) and that labels are -1 and 1 where the loss wants it. */
export function takeData(X: MatrixLike, y: VectorLike, loss: LossName = 'squared'): Data {
  oneOf(loss, 'loss', LOSSES)
  const x = matrix(X, 'X')
  const [n, d] = x.shape as [number, number]
  const targets = vector(y, 'y', { length: n })
  if (loss !== 'squared') checkLabels(targets, 'y', loss)
  else if (!(sumOfSquares(targets) < Infinity)) refuse('y', 'of a finite sum of squares', 'more')
  return { n, d, X: x.data, y: targets, loss: losses[loss] }
}

/** Refuses labels other than -1 and 1. */
export function checkLabels(y: Float64Array, label: string, user: string): void {
  for (const [k, v] of y.entries())
    if (v !== 1 && v !== -1)
      refuse(`${label}[${k}]`, `-1 or 1 for ${user}${v === 0 ? ' (map labels 0 and 1 by 2 y - 1)' : ''}`, String(v))
}

/** The features that may be perturbed, from d flags. */
export function takePerturbed(
  flags: ArrayLike<boolean | number> | undefined,
  d: number,
  label = 'perturbed',
): Int32Array {
  if (flags === undefined) return Int32Array.from({ length: d }, (_, j) => j)
  takeFlags(flags, label)
  if (flags.length !== d) refuse(label, `of length ${d}, a flag for each feature`, `length ${flags.length}`)
  return Int32Array.from({ length: d }, (_, j) => j).filter((j) => Boolean(flags[j]))
}

const within = (value: number, label: string, low: number, high: number): number => {
  number(value, label)
  if (!(value > low && value < high)) refuse(label, `strictly between ${low} and ${high}`, String(value))
  return value
}

export function takeBlockOptions(options: BlockOptions): Required<BlockOptions> {
  const {
    random: chance = random(0),
    step = 'safe',
    blockSize = 1,
    threshold = 1.3e-3,
    thresholdDecay = 0.96,
  } = options
  oneOf(step, 'step', ['safe', 'armijo'])
  number(blockSize, 'blockSize', { integer: true, min: 1 })
  number(threshold, 'threshold', { nonnegative: true })
  number(thresholdDecay, 'thresholdDecay', { positive: true, max: 1 })
  return { random: takeRandom(chance, 'random'), step, blockSize, threshold, thresholdDecay }
}

/** Checks everything {@link convexRelu} is given. */
export function takeProblem(X: MatrixLike, y: VectorLike, options: ConvexReluOptions): Problem {
  const data = takeData(X, y, options.loss)
  const { n, d, loss } = data
  if (!(sumOfSquares(data.X) < Infinity)) refuse('X', 'of a finite sum of squares', 'more')
  if (options.patterns === undefined) refuse('patterns', 'given (see samplePatterns)', 'undefined', 'type')
  const patterns = takePatterns(options.patterns, n)
  const mean = oneOf(options.reduction ?? 'sum', 'reduction', ['sum', 'mean']) === 'mean'
  const beta = number(options.beta ?? 1e-4, 'beta', { nonnegative: true }) * (mean ? n : 1)
  const perturbed = takePerturbed(options.perturbed, d)
  const epsilon = number(options.epsilon ?? 0, 'epsilon', { nonnegative: true })

  const robust = epsilon > 0 && perturbed.length > 0
  const named = oneOf(options.method ?? (loss.name === 'squared' ? 'admm' : 'split'), 'method', [
    'admm',
    'split',
    'rbcd',
  ])
  if (robust && options.method !== undefined) refuse('method', 'left out when epsilon > 0', `'${named}'`)
  if (named === 'admm' && loss.name !== 'squared')
    refuse('method', `'split' or 'rbcd' for the loss ${loss.name}`, "'admm'")
  if (named === 'rbcd' && loss.name === 'hinge')
    refuse('method', "'split' for the hinge, which has no gradient", "'rbcd'")
  const method = robust ? 'robust' : named

  const squaredRho = robust ? 1 : beta > 0 ? beta : 0.1
  const rho = options.rho ?? (method === 'rbcd' ? 1 : loss.name === 'squared' ? squaredRho : 0.1)
  number(rho, 'rho', { positive: true })
  const gamma = number(options.gamma ?? (method === 'rbcd' ? rho / 3 : rho), 'gamma', { positive: true })
  if (robust && options.gamma !== undefined) refuse('gamma', 'left out when epsilon > 0', String(gamma))
  return {
    ...data,
    ...{ patterns, beta, method, rho, gamma, epsilon, perturbed },
    scale: mean ? 1 / n : 1,
    form: oneOf(options.form ?? 'auto', 'form', ['auto', 'rows', 'dense']),
    relaxation: within(options.relaxation ?? (method === 'rbcd' ? 1 : 1.6), 'relaxation', 0, 2),
    gapStops: oneOf(options.stopping ?? 'residuals', 'stopping', ['residuals', 'gap']) === 'gap',
    measureEvery: number(options.measureEvery ?? 10, 'measureEvery', { integer: true, min: 1 }),
    blocks: takeBlockOptions(options),
    initial: options.initial,
  }
}
