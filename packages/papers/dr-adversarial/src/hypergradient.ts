import {
  boolean,
  calling,
  conjugateGradient,
  oneOf,
  options as optionsOf,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import type { DenseNetwork, Inputs } from '@opt/nn'
import { BarrierProblem, checkBarrier } from './attacks/barrier.ts'
import { type BoxOptions, checkBox, checkInside } from './attacks/box.ts'
import { openProblem, type Problem, readInputs } from './model/data.ts'
import { checkGradient, type TrainableModel } from './model/oracle.ts'
import { checkTemperature, klWeights } from './weights/kl-weights.ts'
import { crossEntropies } from './weights/softmax.ts'

/** Options of {@link hypergradient}. */
export interface HypergradientOptions extends BoxOptions {
  /** The constant of the barrier (default 2e-3). */
  c?: number | undefined
  /** The factor of |delta|^2 / 2 (default 0). */
  lambda?: number | undefined
  /** The temperature of the KL weights (default 2); Infinity: uniform. */
  r?: number | undefined
  /** Weights of the examples, instead of KL weights. */
  weights?: VectorLike | undefined
  /**
   * 'diagonal' (default) leaves the Hessian of the loss in the inputs out of H: exact for networks of ReLU up to the
   * curvature of softmax. 'exact' solves with all of H by conjugate gradients.
   */
  method?: 'diagonal' | 'exact' | undefined
  /** Whether q stays within [lo - delta, hi - delta] (default true for 'diagonal'; not for 'exact'). */
  clamp?: boolean | undefined
  /**
   * How the mixed derivative is computed: 'exact' (default), by the R-operator of a network, or by central 'differences',
   * as for any other model.
   */
  cross?: 'exact' | 'differences' | undefined
}

/** The answer of {@link hypergradient}. */
export interface Hypergradient {
  /** sum_i w_i [grad_theta l_i + (d^2 l_i / dtheta dx) q_i]. */
  gradient: Float64Array
  /** sum_i w_i grad_theta l_i, the gradient with delta held fixed. */
  plain: Float64Array
  /** q, examples x inputs: how the attacked points would move along the gradient of the loss. */
  direction: Float64Array
  /** The losses at the attacked points. */
  losses: Float64Array
  weights: Float64Array
  /** The value of the problem for KL weights, the weighted sum of losses for given ones. */
  value: number
}

/**
 * Returns the gradient in the parameters of the weighted loss at the attacked points, where the attack is itself the
 * solution of the barrier's lower level and moves with the parameters: by the implicit function theorem
 *
 *     dl_i/dtheta = grad_theta l_i + (d^2 l_i / dtheta dx) q_i,    H_i q_i = grad_x l_i,
 *     H_i = -grad_xx l_i + lambda I + c diag(1/(hi - delta)^2 + 1/(delta - lo)^2)
 *
 * @param model a network, or anything with logits, inputGradient and weightedGradient.
 * @param delta perturbations strictly within their intervals, examples x inputs: those of {@link barrierAttack}.
 * @throws TypeError or RangeError for arguments that do not fit, gradients that are not finite, and, with 'exact', for an H
 *   that is not positive definite: lambda must be larger.
 */
export function hypergradient(
  model: DenseNetwork | TrainableModel,
  inputs: Inputs,
  targets: VectorLike,
  delta: Inputs,
  options: HypergradientOptions,
): Hypergradient {
  return calling('hypergradient', () => {
    const given = optionsOf(options, 'options', [
      'epsilon',
      'low',
      'high',
      'c',
      'lambda',
      'r',
      'weights',
      'method',
      'clamp',
      'cross',
    ])
    const { c, lambda, r = 2, method = 'diagonal', clamp = method === 'diagonal', cross = 'exact' } = given
    oneOf(method, 'method', ['diagonal', 'exact'])
    boolean(clamp, 'clamp')
    checkTemperature(r, 'r')
    oneOf(cross, 'cross', ['exact', 'differences'])
    const problem = openProblem(model, inputs, targets, true)
    const { oracle, inputs: x, labels: y, columns } = problem
    const box = checkBox(given, columns)
    checkInside(x, box, 'inputs')
    const settings = checkBarrier({ c, lambda }, box.epsilon)
    const barrier = new BarrierProblem(x.length, box, settings)
    barrier.center(x)
    barrier.delta.set(insideOf(delta, barrier, columns))
    const points = barrier.pointsOf(x)
    return oracle.quietly(() => {
      const { logits, gradient: inX } = oracle.crossEntropy(points, y)
      checkGradient('inputs', inX, columns)
      const losses = crossEntropies(logits, y, oracle.classes)
      const { weights, value } = weigh(losses, r, given.weights)
      const q =
        method === 'diagonal'
          ? barrier.implicit(inX, clamp).slice()
          : exactDirection(problem, points, inX, barrier, settings, clamp)
      const plain = Float64Array.from(oracle.weighted(points, y, weights))
      const correction = oracle.cross(points, y, weights, q, cross === 'exact')
      return { gradient: plain.map((g, p) => g + correction[p]), plain, direction: q, losses, weights, value }
    })
  })
}

function weigh(losses: Float64Array, r: number, given: VectorLike | undefined) {
  if (given === undefined) return klWeights(losses, r)
  const weights = Float64Array.from(vector(given, 'weights', { length: losses.length }))
  return { weights, value: weights.reduce((sum, w, i) => sum + w * losses[i], 0) }
}

/** Reads perturbations strictly inside their intervals. */
function insideOf(delta: Inputs, { low, high, size }: BarrierProblem, columns: number): Float64Array {
  const { data } = readInputs(delta, { sizes: [columns] }, 'delta')
  if (data.length !== size) refuse('delta', `${size / columns} rows of ${columns}`, `${data.length} numbers`)
  for (let at = 0; at < size; at++)
    if (!(low[at] < data[at] && data[at] < high[at]))
      refuse(
        `delta[${Math.floor(at / columns)}][${at % columns}]`,
        `strictly between ${low[at]} and ${high[at]}`,
        `${data[at]}`,
      )
  return data
}

/** Solves H q = grad_x l for all examples at once: their H are the blocks of one matrix. */
function exactDirection(
  { oracle, labels }: Problem,
  points: Float64Array,
  inX: Float64Array,
  barrier: BarrierProblem,
  { c, lambda }: { c: number; lambda: number },
  clamp: boolean,
): Float64Array {
  const { delta, low, high, size } = barrier
  const diagonal = Float64Array.from({ length: size }, (_, i) => {
    const [above, below] = [high[i] - delta[i], delta[i] - low[i]]
    return lambda + c * (1 / (above * above) + 1 / (below * below))
  })
  const operator = {
    rows: size,
    columns: size,
    apply(v: Float64Array, out: Float64Array) {
      const curved = oracle.inputHessian(points, labels, v)
      for (let i = 0; i < size; i++) out[i] = diagonal[i] * v[i] - curved[i]
      return out
    },
  }
  if (inX.every((g) => g === 0)) return new Float64Array(size)
  const { x: q, status } = conjugateGradient(operator, inX, {
    preconditioner: diagonal.map((entry) => 1 / entry),
    tolerance: 1e-13,
    maxIterations: 10 * size + 100,
    history: false,
  })
  if (status !== 'converged' && !solves(operator, q, inX))
    refuse('lambda', 'so large that H is positive definite at delta (the lower level convex)', `${lambda}`)
  return clamp ? q.map((move, i) => Math.max(low[i] - delta[i], Math.min(high[i] - delta[i], move))) : q
}

/** Whether |H q - b| is at rounding level, where a tolerance of 1e-13 cannot be reached. */
function solves(
  { apply }: { apply(v: Float64Array, out: Float64Array): void },
  q: Float64Array,
  b: Float64Array,
): boolean {
  const out = new Float64Array(q.length)
  apply(q, out)
  let [error, scale] = [0, 0]
  for (let i = 0; i < b.length; i++) {
    error += (out[i] - b[i]) * (out[i] - b[i])
    scale += b[i] * b[i]
  }
  return error <= 1e-14 * scale
}
