import { number, refuse } from '@opt/core'
import type { Domain } from './domain.ts'

/**
 * The longest gradient, the furthest point and the largest constant of a loss: squares and quotients of them stay
 * finite.
 */
export const LONGEST = 1e60
/** The shortest positive diameter and the smallest constant of a loss. */
export const SHORTEST = 1e-60

/** Checks G, L, lambda and their like. */
export function positive(value: unknown, name: string, option: string): number {
  const label = `${name}: ${option}`
  number(value, label, { positive: true })
  return number(value, label, { min: SHORTEST, max: LONGEST })
}

/** Checks a number that is added to the square of G under a root. */
export function squareLike(value: unknown, name: string, option: string): number {
  const label = `${name}: ${option}`
  number(value, label, { nonnegative: true })
  return value === 0 ? 0 : number(value, label, { min: 1e-240, max: 1e240 })
}

/** Returns the diameter of a domain that is more than a single point. */
export function positiveDiameter({ diameter }: Domain, name: string): number {
  return diameter > 0 ? diameter : refuse(`${name}: domain`, 'of positive diameter', 'a single point')
}
