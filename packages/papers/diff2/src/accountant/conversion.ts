import { exp, expm1, log, log1p, number, refuse, type VectorLike, vector } from '@opt/core'
import { fraction } from './gaussian.ts'

/** A guarantee and the order that gives it. */
export interface Converted {
  epsilon: number
  /** The Renyi order of the smallest bound. */
  order: number
}

/**
 * Returns the epsilon that Renyi divergences guarantee at a given delta: the least of
 *
 *     rdp + log(1 - 1/order) - log(delta order) / (order - 1)
 *
 * (Canonne, Kamath & Steinke, NeurIPS 2020, Proposition 12), and 0 where delta^2 > 1 - e^-rdp at some order.
 *
 * @param orders above 1.
 * @param rdp the divergence at each order, at least 0; Infinity where none is known.
 * @param delta between 0 and 1, without them.
 * @throws TypeError or RangeError for other values, or lists of different lengths.
 */
export function epsilonFromRdp(orders: VectorLike, rdp: VectorLike, delta: number): Converted {
  const [alphas, values] = curve('epsilonFromRdp', orders, rdp)
  fraction(delta, 'epsilonFromRdp: delta')
  let best: Converted = { epsilon: Infinity, order: alphas[0] }
  alphas.forEach((order, k) => {
    const bound = values[k] + log1p(-1 / order) - (log(delta) + log(order)) / (order - 1)
    const epsilon = delta * delta > -expm1(-values[k]) ? 0 : Math.max(0, bound)
    if (epsilon < best.epsilon) best = { epsilon, order }
  })
  return best
}

/**
 * Returns the delta that Renyi divergences guarantee at a given epsilon: the least of
 *
 *     exp((order - 1) (rdp - epsilon + log(1 - 1/order))) / order   and   sqrt(1 - e^-rdp),
 *
 * at most 1.
 *
 * @param orders above 1.
 * @param rdp the divergence at each order, at least 0; Infinity where none is known.
 * @param epsilon at least 0.
 * @throws TypeError or RangeError for other values, or lists of different lengths.
 */
export function deltaFromRdp(orders: VectorLike, rdp: VectorLike, epsilon: number): number {
  const [alphas, values] = curve('deltaFromRdp', orders, rdp)
  number(epsilon, 'deltaFromRdp: epsilon', { nonnegative: true })
  let best = 1
  alphas.forEach((order, k) => {
    const bound = exp((order - 1) * (values[k] - epsilon + log1p(-1 / order)) - log(order))
    best = Math.min(best, bound, Math.sqrt(-expm1(-values[k])))
  })
  return best
}

function curve(name: string, orders: VectorLike, rdp: VectorLike): [Float64Array, Float64Array] {
  const alphas = vector(orders, `${name}: orders`, { sign: 'positive' })
  alphas.forEach((order, k) => {
    if (!(order > 1)) refuse(`${name}: orders[${k}]`, 'greater than 1', `${order}`)
  })
  return [alphas, vector(rdp, `${name}: rdp`, { sign: 'nonnegative', infinity: true, length: alphas.length })]
}
