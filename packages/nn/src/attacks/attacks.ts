import { allFinite, number, Random, refuse, show } from '@opt/core'
import { finiteRows, type Inputs } from '../data/intake.ts'
import {
  type Attack,
  type Attackable,
  type AttackOptions,
  checkAttack,
  checkDistance,
  type InputGradient,
} from './checks.ts'
import { project, randomStart, step } from './steps.ts'

/** Options of {@link pgd}. */
export interface PgdOptions extends AttackOptions {
  /** The number of steps (default 40). */
  steps?: number | undefined
  /** The length of a step in the norm (default 2.5 epsilon / steps). */
  stepSize?: number | undefined
  /** Draws the start uniformly from the ball around each input; without it the attack starts at the inputs. */
  random?: Random | undefined
  /** The points to start from, examples x inputs, instead: those of another attack, or the last ones, to go on. */
  start?: Inputs | undefined
}

/**
 * Attacks by one step of length epsilon along the sign of the gradient, or along the gradient for `norm: 'l2'`: the
 * fast gradient sign method.
 *
 * Goodfellow, Shlens and Szegedy, Explaining and harnessing adversarial examples, ICLR 2015.
 *
 * @param model A network, or anything with the gradient of a loss in the inputs; see {@link Attackable}.
 * @param inputs Rows; for a network also a flat array.
 * @param targets Passed on to the model: the true ones, or the wanted ones of a targeted attack.
 * @returns The attacked inputs, examples x inputs.
 * @throws TypeError or RangeError that names the invalid argument, or a gradient that is not finite.
 */
export function fgsm<T>(
  model: Attackable<T> | InputGradient<T>,
  inputs: Inputs,
  targets: T,
  options: AttackOptions,
): Float64Array {
  const attack = checkAttack('fgsm', model, inputs, options)
  const points = attack.centers.slice()
  step(attack, points, gradientAt(attack, points, targets), attack.epsilon)
  return points
}

/**
 * Attacks by projected gradient descent: steps by the sign of the gradient, or of fixed length along the gradient for
 * `norm: 'l2'`, each followed by the projection onto the ball of radius epsilon and onto the box of valid inputs.
 *
 * Madry, Makelov, Schmidt, Tsipras and Vladu, Towards deep learning models resistant to adversarial attacks, ICLR 2018.
 *
 * @param model A network, or anything with the gradient of a loss in the inputs; see {@link Attackable}.
 * @param inputs Rows; for a network also a flat array.
 * @param targets Passed on to the model: the true ones, or the wanted ones of a targeted attack.
 * @returns The attacked inputs, examples x inputs.
 * @throws TypeError or RangeError that names the invalid argument, or a gradient that is not finite.
 */
export function pgd<T>(
  model: Attackable<T> | InputGradient<T>,
  inputs: Inputs,
  targets: T,
  options: PgdOptions,
): Float64Array {
  const attack = checkAttack('pgd', model, inputs, options)
  const { epsilon, centers, rows, columns, features } = attack
  const { random, start } = options
  const steps = number(options.steps ?? 40, 'pgd: steps', { integer: true, min: 1 })
  const stepSize = checkDistance(options.stepSize ?? (2.5 * epsilon) / steps, 'pgd: stepSize')
  const points = centers.slice()
  if (random !== undefined) {
    if (!(random instanceof Random)) refuse('pgd: random', 'a generator of random numbers', show(random), 'type')
    if (start !== undefined) refuse('pgd: start', 'given without random', 'both')
    randomStart(attack, points, random)
  } else if (start !== undefined) {
    const given = finiteRows(start, rows, columns, 'float64', 'pgd: start')
    for (let row = 0; row < points.length; row += columns) for (const j of features) points[row + j] = given[row + j]
    project(attack, points)
  }
  for (let t = 0; t < steps; t++) step(attack, points, gradientAt(attack, points, targets), stepSize)
  return points
}

/** Returns the model's gradient at the points, after checking it. */
function gradientAt<T>(attack: Attack<T>, points: Float64Array, targets: T): ArrayLike<number> {
  const { name, gradient, columns } = attack
  const g = gradient(points, targets)
  if (g?.length !== points.length)
    refuse(
      `${name}: model`,
      `one whose gradient has the size of the inputs, ${points.length} numbers in a flat array`,
      typeof g?.length === 'number' ? `${g.length}` : show(g),
      'type',
    )
  if ((g instanceof Float64Array || g instanceof Float32Array) && allFinite(g)) return g
  for (let at = 0; at < points.length; at++)
    if (!Number.isFinite(g[at]))
      refuse(
        `${name}: model`,
        'one with a finite gradient',
        `${show(g[at])} in inputs[${Math.floor(at / columns)}][${at % columns}]`,
      )
  return g
}
