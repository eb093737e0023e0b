import { calling, number, oneOf, options as optionsOf, Random, refuse, show, type VectorLike } from '@opt/core'
import { type DenseNetwork, type Inputs, type PgdOptions, pgd } from '@opt/nn'
import { openProblem, readInputs } from '../model/data.ts'
import { type AdversarialModel, checkGradient, type Oracle, type Sight } from '../model/oracle.ts'
import { type BarrierOptions, BarrierProblem, checkBarrier, runBarrier } from './barrier.ts'
import { type Box, type BoxOptions, checkBox, checkInside } from './box.ts'

/** Where an attack starts. */
export interface StartOptions {
  /** Draws the start from the set; without it, and without `start`, the attack starts from the middle of the set. */
  random?: Random | undefined
  /** The perturbations to start from, examples x inputs, instead. */
  start?: Inputs | undefined
}

/** Options of {@link barrierAttack}. */
export interface BarrierAttackOptions extends BoxOptions, BarrierOptions, StartOptions {}

const BOX = ['epsilon', 'low', 'high'] as const
export const BARRIER = ['c', 'lambda', 'steps', 'stepSize', 'method', 'tau'] as const

/**
 * Attacks by steps inside the barrier of |delta|_inf <= epsilon and the box: minimizes
 *
 *     b(delta) = -l(x + delta) + (lambda/2)|delta|^2 - c sum_j [log(hi_j - delta_j) + log(delta_j - lo_j)]
 *
 * where l is the cross-entropy, lo = max(-epsilon, low - x) and hi = min(epsilon, high - x). After each step perturbations
 * are clamped to tau of each interval away from its ends.
 *
 * @param model a network, or anything with logits and inputGradient.
 * @param inputs rows within the box; for a network also flat.
 * @param targets integers from 0 to classes - 1.
 * @returns the perturbations, examples x inputs, flat: the attacked inputs are inputs + delta.
 * @throws TypeError or RangeError that names the invalid argument, or a gradient that is not finite.
 */
export function barrierAttack(
  model: DenseNetwork | AdversarialModel,
  inputs: Inputs,
  targets: VectorLike,
  options: BarrierAttackOptions,
): Float64Array {
  return calling('barrierAttack', () => {
    const given = optionsOf(options, 'options', [...BOX, ...BARRIER, 'random', 'start'])
    const { oracle, inputs: x, labels: y, columns } = openProblem(model, inputs, targets)
    const box = checkBox(given, columns)
    checkInside(x, box, 'inputs')
    const problem = new BarrierProblem(x.length, box, checkBarrier(given, box.epsilon))
    problem.center(x)
    problem.start(startOf(given, x.length, columns))
    oracle.quietly(() =>
      runBarrier(problem, oracle, x, y, ({ gradient }) => {
        checkGradient('inputs', gradient, columns)
        return gradient
      }),
    )
    return problem.delta.slice()
  })
}

/** Checks where an attack starts. */
function startOf({ random, start }: StartOptions, size: number, columns: number): Random | Float64Array | null {
  if (random !== undefined) {
    if (!(random instanceof Random)) refuse('random', 'a generator of random numbers', show(random), 'type')
    if (start !== undefined) refuse('start', 'given without random', 'both')
    return random
  }
  if (start === undefined) return null
  const { data } = readInputs(start, { sizes: [columns] }, 'start')
  if (data.length !== size) refuse('start', `${size / columns} rows of ${columns}`, `${data.length} numbers`)
  return data
}

/** Options of {@link marginPgd}. */
export interface MarginPgdOptions extends BoxOptions, StartOptions {
  /** The number of steps (default 40). */
  steps?: number | undefined
  /** The length of a step in the norm (default 2.5 epsilon / steps). */
  stepSize?: number | undefined
  /** The norm of the ball: 'linf' (default) or 'l2'. */
  norm?: 'linf' | 'l2' | undefined
}

/**
 * Attacks by projected gradient ascent on the margin max_{j != y} z_j - z_y, which does not saturate as cross-entropy does
 * where a model is very sure. The same ascent on cross-entropy is `pgd` of @opt/nn.
 *
 * @param model a network, or anything with logits and inputGradient.
 * @param inputs rows within the box; for a network also flat.
 * @param targets integers from 0 to classes - 1.
 * @returns the perturbations, examples x inputs, flat: the attacked inputs are inputs + delta.
 * @throws TypeError or RangeError that names the invalid argument, or a gradient that is not finite.
 */
export function marginPgd(
  model: DenseNetwork | AdversarialModel,
  inputs: Inputs,
  targets: VectorLike,
  options: MarginPgdOptions,
): Float64Array {
  return calling('marginPgd', () => {
    const given = optionsOf(options, 'options', [...BOX, 'random', 'start', 'steps', 'stepSize', 'norm'])
    const { oracle, inputs: x, labels: y, columns } = openProblem(model, inputs, targets)
    const box = checkBox(given, columns)
    checkInside(x, box, 'inputs')
    const from = startOf(given, x.length, columns)
    const { norm = 'linf' } = given
    oneOf(norm, 'norm', ['linf', 'l2'])
    const steps = number(given.steps ?? 40, 'steps', { integer: true, min: 1 })
    const stepSize = number(given.stepSize ?? (2.5 * box.epsilon) / steps, 'stepSize', { min: 0, max: 1e60 })
    const start = from instanceof Float64Array ? from.map((d, i) => x[i] + d) : undefined
    const random = from instanceof Random ? from : undefined
    const points = oracle.quietly(() =>
      runPgd(oracle, x, y, { box, norm, steps, stepSize, start, random }, 'margin', ({ gradient }) => {
        checkGradient('inputs', gradient, columns)
        return gradient
      }),
    )
    return points.map((p, i) => p - x[i])
  })
}

/** Settings of {@link runPgd}. */
export interface PgdSettings extends Pick<PgdOptions, 'norm' | 'steps' | 'stepSize' | 'random'> {
  readonly box: Box
  /** Points, not perturbations. */
  readonly start?: Float64Array | undefined
}

/** Runs `pgd` of @opt/nn; `seen` is called with what the model sees at every point but the last. Returns the points. */
export function runPgd(
  oracle: Oracle,
  inputs: Float64Array,
  labels: Int32Array,
  { box, norm, steps, stepSize, random, start }: PgdSettings,
  loss: 'crossEntropy' | 'margin',
  seen: (sight: Sight) => Float64Array,
): Float64Array {
  const model = {
    sizes: [box.low.length],
    inputGradient: (points: Float64Array, y: Int32Array) => seen(oracle[loss](points, y)),
  }
  const { epsilon, low: lower, high: upper } = box
  return pgd(model, inputs, labels, { epsilon, lower, upper, norm, steps, stepSize, random, start })
}
