import type { LowerLevel } from '@opt/bilevel'
import { callback, options as optionsOf, refuse, show, type VectorLike, vectorCopy } from '@opt/core'
import { LowerSteps } from './lower-steps.ts'
import { type RefineOptions, refineParameters, type UpdateOptions, updateParameters } from './options.ts'

/** The batches of {@link refineLower} and {@link updateLower}. */
export interface BatchOption {
  /** Returns the batch of the next gradient; undefined, and by default: all data. */
  batch?: (() => unknown) | undefined
}

/**
 * Refines a start y towards the minimiser of g(x, .) (Hao, Gong and Liu 2024, algorithm 2, epoch-SGD): in each epoch, gradient
 * steps in a ball around y, whose average becomes y; then the step is halved, their number doubled, and the radius
 * divided by sqrt(2).
 *
 * @param x upper variables; not changed.
 * @param y start; not changed.
 * @returns the refined y.
 * @throws TypeError or RangeError when an argument is wrong or the steps are so long that the result is not finite.
 */
export function refineLower(
  lower: LowerLevel<never>,
  x: VectorLike,
  y: VectorLike,
  options: RefineOptions & BatchOption = {},
): Float64Array {
  const name = 'refineLower: '
  const given = optionsOf(options, `${name}options`, ['step', 'steps', 'radius', 'epochs', 'batch'])
  const parameters = refineParameters(given, 1, `${name}options.`)
  return descend(lower, x, y, given, name, (steps, from, out) => steps.refine(from, out, parameters))
}

/**
 * Takes gradient steps on g(x, .) from y in a ball around y (Hao, Gong and Liu 2024, algorithm 3).
 *
 * @param x upper variables; not changed.
 * @param y start; not changed.
 * @returns the last iterate, or with `average` the mean of the points at which gradients were taken.
 * @throws TypeError or RangeError when an argument is wrong or the steps are so long that the result is not finite.
 */
export function updateLower(
  lower: LowerLevel<never>,
  x: VectorLike,
  y: VectorLike,
  options: UpdateOptions & BatchOption = {},
): Float64Array {
  const name = 'updateLower: '
  const given = optionsOf(options, `${name}options`, ['step', 'steps', 'radius', 'average', 'batch'])
  const parameters = updateParameters(given, `${name}options.`)
  return descend(lower, x, y, given, name, (steps, from, out) => steps.update(from, out, parameters))
}

function descend(
  lower: LowerLevel<never>,
  givenX: VectorLike,
  givenY: VectorLike,
  { batch = () => undefined }: BatchOption,
  name: string,
  run: (steps: LowerSteps, x: Float64Array, y: Float64Array) => void,
): Float64Array {
  if (typeof lower !== 'object' || lower === null)
    refuse(`${name}lower`, 'an object with gradient', show(lower), 'type')
  callback(lower.gradient, `${name}lower.gradient`)
  callback(batch, `${name}options.batch`)
  const x = vectorCopy(givenX, `${name}x`)
  const y = vectorCopy(givenY, `${name}y`)
  run(new LowerSteps(lower, x.length, y.length, batch), x, y)
  const at = y.findIndex((value) => !Number.isFinite(value))
  if (at >= 0)
    refuse(`${name}options.step`, 'below 2 / L, where L is the largest curvature of g in y', `a y[${at}] of ${y[at]}`)
  return y
}
