import type { Matrix } from '@opt/core'
import ndarray from 'ndarray'
import { totalLoss } from './losses.ts'
import { groupNorm } from './measures.ts'
import { forward, squaredWeights, toNetwork } from './network.ts'
import type { AdmmState, ConvexReluSolution } from './options.ts'
import type { Patterns } from './patterns.ts'
import type { Problem } from './problem.ts'

/** What is found at the weights V (2 P x d), besides the bound. */
export interface Evaluation {
  objective: number
  violation: number
  /** f_k at the weights, by the patterns. */
  predictions: Float64Array
}

/** Loss, norms and violation of weights, robust when epsilon > 0; the loss summed over rows. */
export function evaluate(problem: Problem, V: Float64Array): Evaluation {
  const { n, d, X, y, loss, beta, epsilon, perturbed, patterns } = problem
  const P = patterns.count
  const predictions = new Float64Array(n)
  const Q = new Float64Array(d)
  let [violation, sum] = [0, 0]
  const margins = Float64Array.from(
    { length: 2 * P },
    (_, i) => epsilon * perturbed.reduce((s, j) => s + Math.abs(V[i * d + j]), 0),
  )
  for (let k = 0; k < n; k++) {
    Q.fill(0)
    for (let i = 0; i < 2 * P; i++) {
      const on = patterns.bits[(i < P ? i : i - P) * n + k]
      let side = 0
      for (let j = 0; j < d; j++) side += X[k * d + j] * V[i * d + j]
      violation = Math.max(violation, margins[i] - (on ? side : -side))
      if (on) for (let j = 0; j < d; j++) Q[j] += i < P ? V[i * d + j] : -V[i * d + j]
    }
    for (let j = 0; j < d; j++) predictions[k] += X[k * d + j] * Q[j]
    const q = epsilon * perturbed.reduce((s, j) => s + Math.abs(Q[j]), 0)
    sum += epsilon > 0 ? loss.worst(predictions[k], y[k], q) : loss.value(predictions[k], y[k])
  }
  return { objective: sum + beta * groupNorm(V, d), violation, predictions }
}

/** loss + (beta / 2) sum of squares for a network, the loss summed over rows. */
export function networkValue({ X, n, y, loss, beta }: Problem, network: Parameters<typeof forward>[0]): number {
  return totalLoss(loss, forward(network, X, n), y) + 0.5 * beta * squaredWeights(network)
}

/** The answer at the weights v (2 P x d). */
export function solution(
  problem: Problem,
  { v, lowerBound, state }: { v: Float64Array; lowerBound: number; state: AdmmState },
): ConvexReluSolution {
  const { d, scale, epsilon } = problem
  const patterns: Patterns = problem.patterns
  const size = patterns.count * d
  const half = (from: number): Matrix => ndarray(v.slice(from, from + size), [patterns.count, d])
  const weights = { v: half(0), w: half(size) }
  const network = toNetwork(weights)
  const { objective, violation } = evaluate(problem, v)
  const notes: string[] = []
  if (network.output.length === 0)
    notes.push(
      epsilon > 0
        ? 'every weight is zero: no pattern leaves room for epsilon (see thickPatterns), or beta is too large'
        : 'every weight is zero: beta is too large for this data',
    )
  return {
    ...{ weights, network, patterns, state, notes, violation },
    objective: scale * objective,
    networkObjective: scale * networkValue(problem, network),
    lowerBound: scale * lowerBound,
    gap: scale * (objective - lowerBound),
  }
}
