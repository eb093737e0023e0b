import { number, refuse } from '@opt/core'

/** @throws TypeError or RangeError when a momentum is not in [0, 1). */
export function checkMomentum(momentum: unknown): number {
  const rho = number(momentum, 'momentum', { min: 0, max: 1 })
  return rho < 1 ? rho : refuse('momentum', 'less than 1', '1')
}

/** @throws RangeError when an answer overflows. */
export function finite(answer: number): number {
  return Math.abs(answer) < Infinity ? answer : refuse('the answer', 'finite', String(answer))
}
