import { exp, log, pow, refuse, show } from '@opt/core'
import { boundOf, type CheckedKnowledge, convexSums, noisePrice } from '../theory/bound.ts'
import { type CheckedHeavyKnowledge, heavyBoundOf } from '../theory/heavy-bound.ts'
import { capOf, KINDS, type StepKind, sequence } from './rules.ts'

const NONE = { muF: 0, muH: 0, p: 2 }

/**
 * Returns the eta with the smallest bound. With L = 0 the bound is A / eta + B eta, least at sqrt(A / B);
 * otherwise it is minimised over log eta.
 */
export function bestEta(kind: StepKind, steps: number, knowledge: CheckedKnowledge, label: string): number {
  const { L, distance } = knowledge
  const shape = sequence(KINDS[kind].rule({ ...NONE, steps, eta: 1, L: 0 }), steps)
  const price = noisePrice(knowledge)
  const { a, noise } = convexSums(shape)
  const free = Math.sqrt(distance) * Math.sqrt(a / (price * noise))
  if (L === 0) return checkEta(free, label)
  // From this eta on, all steps are cut off.
  const most = capOf(L) / shape.reduce((least, v) => Math.min(least, v))
  if (price === 0) return checkEta(most, label)
  const rule = (eta: number) => sequence(KINDS[kind].rule({ ...NONE, steps, eta, L }), steps)
  const value = (eta: number) => boundOf(rule(eta), { ...knowledge, muF: 0, muH: 0 }, label)
  return checkEta(minimise(value, Math.min(free, most) / 1000, most), label)
}

/** Returns the eta with the smallest {@link heavyBoundOf}; for L = 0 of A / eta + B eta^(p - 1). */
export function bestHeavyEta(kind: StepKind, steps: number, knowledge: CheckedHeavyKnowledge, label: string): number {
  const { p, L } = knowledge
  const rule = (eta: number) => sequence(KINDS[kind].rule({ ...NONE, p, steps, eta, L }), steps)
  const value = (eta: number) => heavyBoundOf(rule(eta), knowledge)
  const A = heavyBoundOf(rule(1), { ...knowledge, M: 0, sigma: 0, L: 0 })
  const B = heavyBoundOf(rule(1), { ...knowledge, distance: 0, L: 0 })
  const free = pow(A / ((p - 1) * B), 1 / p)
  if (L === 0) return checkEta(free, label)
  // The search goes from far below both scales to steps beyond 1 / L.
  const scale = Math.min(free, 1 / L)
  return checkEta(minimise(value, scale * 1e-4, scale * steps * 10), label)
}

/** The choice of the theorems, up to their constants, where T is not known. */
export function orderOfMagnitude(knowledge: CheckedKnowledge, label: string): number {
  const { L, M, sigma, distance, delta, tails } = knowledge
  const variance = sigma * sigma * (delta === undefined || tails === 'finiteVariance' ? 1 : 1 + 2 * log(2 / delta))
  const size = M * M + variance
  return checkEta(size === 0 && L > 0 ? capOf(L) : Math.sqrt(distance) / Math.sqrt(size), label)
}

/** The same for heavy tails. */
export const heavyOrderOfMagnitude = ({ p, M, sigma, distance }: CheckedHeavyKnowledge, label: string): number =>
  checkEta(pow(distance / (pow(M, p) + pow(sigma, p)), 1 / p), label)

function checkEta(eta: number, label: string): number {
  if (!(eta > 0 && eta < Infinity))
    refuse(`${label}: eta`, 'given, as L, M, sigma and distance determine none', show(eta))
  return eta
}

const GRID = 40
const GOLDEN = 0.6180339887498949

/** Returns the minimiser of a function of log eta: the best of a grid, refined by golden section. */
function minimise(value: (eta: number) => number, least: number, most: number): number {
  const [from, width] = [log(least), log(most) - log(least)]
  const at = (k: number) => value(exp(from + (width * k) / GRID))
  let best = 0
  let lowest = Infinity
  for (let k = 0; k <= GRID; k++) {
    const height = at(k)
    if (height < lowest) {
      best = k
      lowest = height
    }
  }
  let [low, high] = [Math.max(best - 1, 0), Math.min(best + 1, GRID)]
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [leftHeight, rightHeight] = [at(left), at(right)]
  for (let k = 0; k < 40; k++) {
    if (leftHeight < rightHeight) {
      high = right
      right = left
      rightHeight = leftHeight
      left = high - GOLDEN * (high - low)
      leftHeight = at(left)
    } else {
      low = left
      left = right
      leftHeight = rightHeight
      right = low + GOLDEN * (high - low)
      rightHeight = at(right)
    }
  }
  return exp(from + (width * (low + high)) / 2 / GRID)
}
