import type { Constraints, UpperLevel } from '@opt/bilevel'
import { boolean, callback, number, refuse, show } from '@opt/core'

/** The lower level f(x, y): its gradient is all that is asked of it. */
export type ConvexLevel = UpperLevel<never>

/**
 * min over (x, y) of F(x, y) where y minimises f(x, .) over Y subject to g(x, .) <= 0 (or = 0), with (x, y) in
 * C = { x in X, y in Y, g(x, y) <= 0 }. f(x, .) and g(x, .) are convex, C is convex. Problems of @opt/bilevel without
 * constraints are such problems.
 *
 * Scale g such that its Jacobian in y has norm at most 1: the steps of the multipliers depend on it.
 */
export interface ConstrainedProblem {
  readonly upper: UpperLevel<never>
  readonly lower: ConvexLevel
  readonly constraints?: Constraints | undefined
  /**
   * Replaces x and y by the nearest point of C: of both together, not one after the other. Needed with constraints;
   * without, default `projectLower` on y.
   */
  projectJoint?(x: Float64Array, y: Float64Array): void
  /** Replaces y by the nearest point of Y. Default: all y are allowed. */
  projectLower?(y: Float64Array): void
}

/** A problem whose optional parts are there. */
export interface CompleteProblem {
  readonly upper: UpperLevel<never>
  readonly lower: ConvexLevel
  readonly constraints: Constraints
  projectJoint(x: Float64Array, y: Float64Array): void
  projectLower(y: Float64Array): void
}

const NONE: Constraints = {
  count: 0,
  value() {},
  transposed(_x, _y, _multipliers, gx, gy) {
    gx.fill(0)
    gy.fill(0)
  },
}

/**
 * Checks a problem and adds what it leaves out.
 *
 * @throws TypeError or RangeError that names the part.
 */
export function completeProblem(problem: ConstrainedProblem, name = ''): CompleteProblem {
  const object = (value: unknown, label: string, parts: string) => {
    if (typeof value !== 'object' || value === null)
      refuse(`${name}${label}`, `an object with ${parts}`, show(value), 'type')
  }
  object(problem, 'problem', 'upper and lower')
  for (const label of ['upper', 'lower'] as const) {
    object(problem[label], label, 'value and gradient')
    callback(problem[label].value, `${name}${label}.value`)
    callback(problem[label].gradient, `${name}${label}.gradient`)
  }
  const { upper, lower, constraints = NONE } = problem
  object(constraints, 'constraints', 'count, value and transposed')
  const count = number(constraints.count, `${name}constraints.count`, { integer: true, min: 0, max: 2147483647 })
  callback(constraints.value, `${name}constraints.value`)
  callback(constraints.transposed, `${name}constraints.transposed`)
  const { equality } = constraints
  if (equality !== undefined) {
    if (!Array.isArray(equality) || equality.length !== count)
      refuse(`${name}constraints.equality`, `an array of length ${count}`, show(equality), 'type')
    for (const [i, value] of equality.entries()) boolean(value, `${name}constraints.equality[${i}]`)
  }
  if (problem.projectLower !== undefined) callback(problem.projectLower, `${name}projectLower`)
  if (problem.projectJoint !== undefined) callback(problem.projectJoint, `${name}projectJoint`)
  else if (count > 0)
    refuse(
      `${name}projectJoint`,
      'given where there are constraints (to project x and y one after the other is wrong)',
      'undefined',
      'type',
    )
  const projectLower = (y: Float64Array) => problem.projectLower?.(y)
  return {
    upper: withNumbers(upper, `${name}upper.value`),
    lower: withNumbers(lower, `${name}lower.value`),
    constraints,
    projectLower,
    projectJoint: (x, y) => (problem.projectJoint ? problem.projectJoint(x, y) : projectLower(y)),
  }
}

/** Refuses values of a level that are no numbers; NaN and infinities are numbers. */
function withNumbers(level: ConvexLevel, label: string): ConvexLevel {
  return {
    value(x, y) {
      const value: unknown = level.value(x, y)
      if (typeof value !== 'number') refuse(label, 'a function that returns a number', show(value), 'type')
      return value
    },
    gradient: (x, y, gx, gy) => level.gradient(x, y, gx, gy),
  }
}

/** The set Z of multipliers: [0, bound] for inequalities, [-bound, bound] for equations. */
export class MultiplierSet {
  readonly least: Float64Array
  readonly bound: number

  constructor({ count, equality }: Constraints, bound: number) {
    this.least = Float64Array.from({ length: count }, (_, i) => (equality?.[i] ? -bound : 0))
    this.bound = bound
  }

  /** Returns the nearest allowed value of multiplier i. */
  clip(i: number, value: number): number {
    return Math.min(this.bound, Math.max(this.least[i], value))
  }

  /** Replaces multipliers by the nearest allowed ones. */
  project(z: Float64Array): void {
    for (let i = 0; i < z.length; i++) z[i] = this.clip(i, z[i])
  }
}

/** The largest amount by which g(x, y) breaks a constraint. */
export function violationOf({ equality }: Constraints, values: Float64Array): number {
  let most = 0
  for (let i = 0; i < values.length; i++) most = Math.max(most, equality?.[i] ? Math.abs(values[i]) : values[i])
  return most
}
