import { dot, type MatrixLike, matrix, number, oneOf, random, refuse, type VectorLike, vector } from '@opt/core'
import { checkLabels, checkPerturbed, checkRandom } from '../checks.ts'
import { checkPatterns, type Patterns } from '../patterns/patterns.ts'
import { LOSSES, type Loss, type LossName, losses } from './losses.ts'
import type { BlockOptions, ConvexReluOptions, Method } from './options.ts'

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
  /** Factor from sums to reported values: 1, or 1 / n. */
  scale: number
  method: Method | 'robust'
  form: 'auto' | 'rows' | 'dense'
  rho: number
  gamma: number
  relaxation: number
  epsilon: number
  /** Indices of the features that may be perturbed. */
  perturbed: Int32Array
  stopping: 'residuals' | 'gap'
  measureEvery: number
  blocks: Required<BlockOptions>
  initial: ConvexReluOptions['initial']
}

/** Checks X (n x d), y (n) and, for hinge and bce, that labels are -1 and 1. */
export function checkData(X: MatrixLike, y: VectorLike, loss: LossName = 'squared'): Data {
  oneOf(loss, 'loss', LOSSES)
  const x = matrix(X, 'X')
  const [n, d] = x.shape as [number, number]
  const targets = vector(y, 'y', { length: n })
  if (loss !== 'squared') checkLabels(targets, 'y', loss)
  else if (!(dot(targets, targets) < Infinity)) refuse('y', 'of a finite sum of squares', 'more')
  return { n, d, X: x.data, y: targets, loss: losses[loss] }
}

const within = (value: number, label: string, low: number, high: number): number => {
  number(value, label)
  if (!(value > low && value < high)) refuse(label, `strictly between ${low} and ${high}`, String(value))
  return value
}

function checkBlockOptions(options: BlockOptions): Required<BlockOptions> {
  const { step = 'safe', blockSize = 1, threshold = 1.3e-3, thresholdDecay = 0.96 } = options
  oneOf(step, 'step', ['safe', 'armijo'])
  number(blockSize, 'blockSize', { integer: true, min: 1 })
  number(threshold, 'threshold', { nonnegative: true })
  number(thresholdDecay, 'thresholdDecay', { positive: true, max: 1 })
  return { random: checkRandom(options.random ?? random(0), 'random'), step, blockSize, threshold, thresholdDecay }
}

const METHODS: readonly Method[] = ['admm', 'split', 'rbcd']

/** Chooses the splitting, and refuses those that do not apply to the loss. */
function checkMethod(given: Method | undefined, loss: Loss, robust: boolean): Problem['method'] {
  const method = oneOf(given ?? (loss.name === 'squared' ? 'admm' : 'split'), 'method', METHODS)
  if (robust && given !== undefined) refuse('method', 'left out when epsilon > 0', `'${method}'`)
  if (method === 'admm' && loss.name !== 'squared')
    refuse('method', `'split' or 'rbcd' for the loss ${loss.name}`, "'admm'")
  if (method === 'rbcd' && loss.name === 'hinge')
    refuse('method', "'split' for the hinge, which has no gradient", "'rbcd'")
  return robust ? 'robust' : method
}

/** Checks everything that {@link convexRelu} is given. */
export function checkProblem(X: MatrixLike, y: VectorLike, options: ConvexReluOptions): Problem {
  const data = checkData(X, y, options.loss)
  const { n, d, loss } = data
  if (!(dot(data.X, data.X) < Infinity)) refuse('X', 'of a finite sum of squares', 'more')
  if (options.patterns === undefined) refuse('patterns', 'given (see samplePatterns)', 'undefined', 'type')
  const patterns = checkPatterns(options.patterns, n)
  const mean = oneOf(options.reduction ?? 'sum', 'reduction', ['sum', 'mean']) === 'mean'
  const beta = number(options.beta ?? 1e-4, 'beta', { nonnegative: true }) * (mean ? n : 1)
  const perturbed = checkPerturbed(options.perturbed, d)
  const epsilon = number(options.epsilon ?? 0, 'epsilon', { nonnegative: true })

  const robust = epsilon > 0 && perturbed.length > 0
  const method = checkMethod(options.method, loss, robust)
  const squaredRho = robust ? 1 : beta > 0 ? beta : 0.1
  const rho = options.rho ?? (method === 'rbcd' ? 1 : loss.name === 'squared' ? squaredRho : 0.1)
  number(rho, 'rho', { positive: true })
  const gamma = number(options.gamma ?? (method === 'rbcd' ? rho / 3 : rho), 'gamma', { positive: true })
  if (robust && options.gamma !== undefined) refuse('gamma', 'left out when epsilon > 0', String(gamma))
  return {
    ...data,
    patterns,
    beta,
    method,
    rho,
    gamma,
    epsilon,
    perturbed,
    scale: mean ? 1 / n : 1,
    form: oneOf(options.form ?? 'auto', 'form', ['auto', 'rows', 'dense']),
    relaxation: within(options.relaxation ?? (method === 'rbcd' ? 1 : 1.6), 'relaxation', 0, 2),
    stopping: oneOf(options.stopping ?? 'residuals', 'stopping', ['residuals', 'gap']),
    measureEvery: number(options.measureEvery ?? 10, 'measureEvery', { integer: true, min: 1 }),
    blocks: checkBlockOptions(options),
    initial: options.initial,
  }
}
