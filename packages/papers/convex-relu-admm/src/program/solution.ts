import type { Matrix } from '@opt/core'
import ndarray from 'ndarray'
import { sumOfNorms } from './certificate.ts'
import { toNetwork } from './network.ts'
import type { AdmmState, ConvexReluSolution } from './options.ts'
import type { Problem } from './problem.ts'

/** What {@link evaluate} finds at weights (2 P x d). */
export interface Evaluation {
  objective: number
  violation: number
  /** f_k by the patterns. */
  predictions: Float64Array
  /** Of the recovered network, without perturbations. */
  networkObjective: number
}

/** Returns objectives and violation of weights V (2 P x d), robust when epsilon > 0; the loss is summed over rows. */
export function evaluate(problem: Problem, V: Float64Array): Evaluation {
  const { n, d, X, y, loss, beta, epsilon, perturbed, patterns } = problem
  const P = patterns.count
  const predictions = new Float64Array(n)
  const Q = new Float64Array(d)
  let violation = 0
  let robustLoss = 0
  let networkLoss = 0
  const margins = Float64Array.from(
    { length: 2 * P },
    (_, i) => epsilon * perturbed.reduce((sum, j) => sum + Math.abs(V[i * d + j]), 0),
  )
  for (let k = 0; k < n; k++) {
    Q.fill(0)
    let f = 0
    for (let i = 0; i < 2 * P; i++) {
      const on = patterns.bits[(i < P ? i : i - P) * n + k]
      let side = 0
      for (let j = 0; j < d; j++) side += X[k * d + j] * V[i * d + j]
      violation = Math.max(violation, margins[i] - (on ? side : -side))
      f += i < P ? Math.max(0, side) : -Math.max(0, side)
      if (on) for (let j = 0; j < d; j++) Q[j] += i < P ? V[i * d + j] : -V[i * d + j]
    }
    for (let j = 0; j < d; j++) predictions[k] += X[k * d + j] * Q[j]
    networkLoss += loss.value(f, y[k])
    const reach = epsilon * perturbed.reduce((sum, j) => sum + Math.abs(Q[j]), 0)
    robustLoss += epsilon > 0 ? loss.worst(predictions[k], y[k], reach) : loss.value(predictions[k], y[k])
  }
  const norms = beta * sumOfNorms(V, d)
  return { objective: robustLoss + norms, networkObjective: networkLoss + norms, violation, predictions }
}

/** Returns the answer at weights v (2 P x d). */
export function solution(
  problem: Problem,
  { v, lowerBound, state }: { v: Float64Array; lowerBound: number; state: AdmmState },
): ConvexReluSolution {
  const { d, scale, epsilon, patterns } = problem
  const size = patterns.count * d
  const half = (from: number): Matrix => ndarray(v.slice(from, from + size), [patterns.count, d])
  const weights = { v: half(0), w: half(size) }
  const network = toNetwork(weights)
  const { objective, networkObjective, violation } = evaluate(problem, v)
  const notes: string[] = []
  if (network.output.length === 0)
    notes.push(
      epsilon > 0
        ? 'every weight is zero: no pattern leaves room for epsilon (see thickPatterns), or beta is too large'
        : 'every weight is zero: beta is too large for this data',
    )
  return {
    weights,
    network,
    objective: scale * objective,
    networkObjective: scale * networkObjective,
    lowerBound: scale * lowerBound,
    gap: scale * (objective - lowerBound),
    violation,
    patterns,
    state,
    notes,
  }
}
