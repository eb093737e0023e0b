import { dot, norm } from '@opt/core'
import type { ConvexReluReport } from '../program/options.ts'
import type { Problem } from '../program/problem.ts'
import { evaluate } from '../program/solution.ts'
import type { RobustState } from './blocks.ts'
import { robustBound } from './robust-bound.ts'
import type { RobustMap } from './robust-map.ts'

/**
 * Returns a function that measures the iterate, with the loss summed over rows. It overwrites h and
 * right. The lower bound is the best so far.
 */
export function measuring(problem: Problem, map: RobustMap, state: RobustState): () => ConvexReluReport {
  const { y, rho, stopping } = problem
  const { x, z, lambda, previousZ, h, right } = state
  const scale = gradientScale(problem, map, state)
  let lowerBound = 0
  return () => {
    map.apply(x, h)
    const primal = distance(h.all, z.all)
    const size = Math.sqrt(Math.max(dot(h.all, h.all), dot(y, y)))
    for (let i = 0; i < h.all.length; i++) h.all[i] = z.all[i] - previousZ[i]
    map.adjoint(h, right)
    const dual = rho * norm(right.all)
    lowerBound = Math.max(lowerBound, robustBound(problem, map, lambda, { mu: h, x: right }))
    const { objective, networkObjective, violation } = evaluate(problem, z.groups)
    const relativeGap = objective === lowerBound ? 0 : Math.abs(objective - lowerBound) / objective
    const gap = Math.max(relativeGap, violation / size)
    const error = stopping === 'gap' ? gap : Math.max(gap, primal === 0 ? 0 : primal / size, dual / scale)
    return { objective, networkObjective, violation, lowerBound, primal, dual, error }
  }
}

/** Returns ||F'g|| for the gradient g of the loss at the zero network. */
function gradientScale({ y, loss, perturbed }: Problem, map: RobustMap, { h, right }: RobustState): number {
  const J = perturbed.length
  h.all.fill(0)
  for (let k = 0; k < y.length; k++)
    if (loss.name === 'squared') h.rows[k * (J + 2) + J] = loss.derivative(0, y[k])
    else h.margins[k] = loss.derivative(0, 1)
  map.adjoint(h, right)
  return norm(right.u) || 1
}

function distance(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += (x[k] - y[k]) * (x[k] - y[k])
  return Math.sqrt(sum)
}
