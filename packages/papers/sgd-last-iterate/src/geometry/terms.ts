import { number, refuse, show } from '@opt/core'
import type { Indicator, L1NormInBox, NegativeEntropy, ProximalTerm } from '@opt/sets'
import type { ConvexityMap } from './maps.ts'

/** The ball |x| <= radius around 0 in the norm of the map, as a term h: 0 inside, Infinity outside. */
export interface NormBall {
  readonly kind: 'normBall'
  readonly radius: number
}

/**
 * What h may be: a term of @opt/sets, such as l1Norm(0.1) or indicator(box({ dimension: 3 })), one with
 * the same methods, or a {@link normBall}.
 */
export type Term = Pick<ProximalTerm, 'kind' | 'value' | 'proxInPlace'> | NormBall

/**
 * Returns the ball |x| <= radius around 0 in the norm of the map.
 *
 * @throws RangeError or TypeError when the radius is not positive.
 */
export function normBall(radius = 1): NormBall {
  return { kind: 'normBall', radius: number(radius, 'normBall: radius', { positive: true }) }
}

/** Returns h(x); Infinity outside its domain. Points within 1e-9 of a set count as inside. */
export function termValue(term: Term | undefined, map: ConvexityMap, x: Float64Array): number {
  if (term === undefined) return 0
  if (!isBall(term)) {
    const value: unknown = term.value(x)
    if (typeof value !== 'number' || Number.isNaN(value)) refuse('term.value(x)', 'a number', show(value), 'type')
    return value
  }
  return map.normOf(x) <= term.radius * (1 + 1e-9) ? 0 : Infinity
}

/** Turns theta = grad psi(x^t) - eta ghat^t into x^{t+1} = argmin h(x) - <theta, x>/eta + psi(x)/eta. */
export type Solve = (theta: Float64Array, eta: number) => void

/**
 * Returns the solution of the composite step in closed form.
 *
 * @throws RangeError when the pair has none.
 */
export function solveFor(map: ConvexityMap, term: Term | undefined, label: string): Solve {
  checkTerm(term, `${label}: term`)
  const { inverseInPlace } = map
  if (term === undefined) return inverseInPlace
  // grad psi is a positive multiple of the gradient of a power of the norm: scaling is exact.
  if (isBall(term) && map.name !== 'entropy')
    return (theta) => {
      inverseInPlace(theta)
      const size = map.normOf(theta)
      if (size > term.radius) for (let i = 0; i < theta.length; i++) theta[i] *= term.radius / size
    }
  if (isBall(term)) return refusePair(map, term, label)
  if (map.name === 'euclidean') return (theta, eta) => term.proxInPlace(theta, eta)
  if (map.name === 'entropy') return onSimplex(map, term, label)
  // grad psi keeps signs and zeros, so that the subgradients of ||x||_1 are those at theta.
  if (term.kind === 'l1Norm')
    return (theta, eta) => {
      term.proxInPlace(theta, eta)
      inverseInPlace(theta)
    }
  if (map.name === 'power') return onBox(map, term, label)
  return refusePair(map, term, label)
}

/** x_i in proportion to exp(theta_i / (1 + eta weight)); the simplex itself is built into the map. */
function onSimplex(map: ConvexityMap, term: Exclude<Term, NormBall>, label: string): Solve {
  const { kind } = term
  if (kind === 'indicator' && (term as Indicator).set.kind === 'simplex') {
    const total = ((term as Indicator).set as { total?: number }).total
    if (total === 1) return map.inverseInPlace
  }
  if (kind !== 'negativeEntropy') return refusePair(map, term, label)
  const { weight } = term as NegativeEntropy
  return (theta, eta) => {
    const divisor = 1 + eta * weight
    for (let i = 0; i < theta.length; i++) theta[i] /= divisor
    map.inverseInPlace(theta)
  }
}

/** psi is separable: the constraints of a box are met one by one. */
function onBox(map: ConvexityMap, term: Exclude<Term, NormBall>, label: string): Solve {
  const { inverseInPlace } = map
  if (term.kind === 'indicator' && ['box', 'orthant'].includes((term as Indicator).set.kind))
    return (theta, eta) => {
      inverseInPlace(theta)
      term.proxInPlace(theta, eta)
    }
  if (term.kind !== 'l1NormInBox') return refusePair(map, term, label)
  const { weight, box } = term as L1NormInBox
  return (theta, eta) => {
    const threshold = eta * weight
    for (let i = 0; i < theta.length; i++) theta[i] -= Math.min(Math.max(theta[i], -threshold), threshold)
    inverseInPlace(theta)
    box.projectInPlace(theta)
  }
}

function refusePair(map: ConvexityMap, term: Term, label: string): never {
  const set = term.kind === 'indicator' ? ` of a ${(term as Indicator).set.kind}` : ''
  return refuse(
    `${label}: term`,
    `one whose step with the map ${map.name}() has a closed form`,
    `${show(term.kind)}${set}`,
  )
}

const isBall = (term: Term | undefined): term is NormBall => term?.kind === 'normBall'

/** Checks that an argument is a term, or undefined. */
export function checkTerm(term: Term | undefined, label: string): void {
  if (term === undefined) return
  if (typeof term !== 'object' || term === null) refuse(label, 'a term such as l1Norm(0.1)', show(term), 'type')
  if (isBall(term)) {
    number(term.radius, `${label}.radius`, { positive: true })
    return
  }
  if (['l1Norm', 'l1NormInBox', 'negativeEntropy'].includes(term.kind))
    number((term as L1NormInBox).weight, `${label}.weight`, { nonnegative: true })
  for (const method of ['value', 'proxInPlace'] as const)
    if (typeof term[method] !== 'function')
      refuse(label, 'a term such as l1Norm(0.1) or indicator(set)', `an object without ${method}()`, 'type')
}
