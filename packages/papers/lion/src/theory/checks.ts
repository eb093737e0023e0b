import { number, options, refuse, show, type VectorLike, vector } from '@opt/core'
import { type ConvexFunction, checkConvexFunction } from '../convex/convex-function.ts'

/** The constants of a run of Lion-K. */
export interface LionConstants {
  /** K. */
  kernel: ConvexFunction
  learningRate: number
  /** Default 0.9. */
  beta1?: number | undefined
  /** Default 0.99. */
  beta2?: number | undefined
  /** lambda > 0. */
  weightDecay: number
}

/** A differentiable f on flat vectors, such as the objectives of @opt/nn. */
export interface Objective {
  value(x: Float64Array): number
  /** Writes the gradient at x into `out`. */
  gradient(x: Float64Array, out: Float64Array): unknown
}

/** {@link LionConstants} with the defaults. */
export type CheckedConstants = LionConstants & { beta1: number; beta2: number }

/** Checks the constants of the discrete theory, which needs beta1 < beta2. */
export function checkConstants(caller: string, constants: LionConstants): CheckedConstants {
  const {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.99,
    weightDecay,
    ...rest
  } = options(constants, `${caller}: constants`, ['kernel', 'learningRate', 'beta1', 'beta2', 'weightDecay'])
  const kernel = checkAnswers(rest.kernel, `${caller}: kernel`)
  number(learningRate, `${caller}: learningRate`, { positive: true })
  number(weightDecay, `${caller}: weightDecay`, { positive: true })
  number(beta1, `${caller}: beta1`, { nonnegative: true })
  number(beta2, `${caller}: beta2`, { nonnegative: true })
  if (!(beta2 < 1)) refuse(`${caller}: beta2`, 'less than 1', show(beta2))
  if (!(beta1 < beta2)) refuse(`${caller}: beta1`, `less than beta2 = ${beta2}`, show(beta1))
  return { kernel, learningRate, beta1, beta2, weightDecay }
}

/**
 * Checks a convex function, and returns it with checks on its answers: values that are NaN would pass
 * through comparisons unseen, and violations must be finite.
 */
export function checkAnswers(K: ConvexFunction, label: string): ConvexFunction {
  checkConvexFunction(K, label)
  const answer = (method: 'value' | 'conjugate') => (x: Float64Array) => {
    const given: unknown = K[method](x)
    if (typeof given !== 'number' || Number.isNaN(given))
      refuse(`${label}.${method}(x)`, 'a number', show(given), 'type')
    return given
  }
  return {
    name: K.name,
    value: answer('value'),
    conjugate: answer('conjugate'),
    violation: (x) => number(K.violation(x), `${label}.violation(x)`),
    subgradient: (x, out) => K.subgradient(x, out),
    conjugateSubgradient: (y, out) => K.conjugateSubgradient(y, out),
    bound: K.bound && ((size) => K.bound!(size)),
    check: (length, name) => K.check?.(length, name),
  }
}

/** Checks vectors such as x and m: finite, and of one length that suits K. */
export function checkVectors<Name extends string>(
  caller: string,
  K: ConvexFunction,
  given: Record<Name, VectorLike>,
): Record<Name, Float64Array> {
  let length: number | undefined
  const checked: Partial<Record<Name, Float64Array>> = {}
  for (const name of Object.keys(given) as Name[]) {
    const x = vector(given[name], `${caller}: ${name}`, { length })
    if (length === undefined) K.check?.(x.length, `${caller}: ${name}`)
    length = x.length
    checked[name] = x
  }
  return checked as Record<Name, Float64Array>
}

/** Checks that an argument has the methods of an objective. */
export function checkObjective(objective: unknown, label: string): void {
  for (const method of ['value', 'gradient'] as const)
    if (typeof (objective as Partial<Objective> | undefined)?.[method] !== 'function')
      refuse(label, `an object with a function ${method}`, show(objective), 'type')
}
