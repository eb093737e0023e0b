import { dot, type MatrixView, norm } from '@opt/core'
import { largestNorm, scaledBound, scaleWithin, sumOfNorms } from '../program/certificate.ts'
import { totalLoss } from '../program/losses.ts'
import type { ConvexReluReport } from '../program/options.ts'
import type { Problem } from '../program/problem.ts'
import type { Operators } from './operators.ts'
import type { SplitState } from './state.ts'

/** Memory for a measurement: 2 P x d, 2 P x n, and n. */
interface Scratch {
  weights: MatrixView
  sides: MatrixView
  rows: Float64Array
}

/**
 * Returns a function that measures the iterate, with the loss summed over rows. It overwrites XU
 * and the scratch of the state. The lower bound is the best so far.
 */
export function measuring(problem: Problem, ops: Operators, state: SplitState): () => ConvexReluReport {
  const scratch = { weights: state.weights, sides: state.XU, rows: state.g }
  const scale = gradientScale(problem, ops, scratch)
  let lowerBound = 0
  return () => {
    if (problem.method !== 'split') ops.predictions(state.XU, state.f)
    const { primal, size } = primalResidual(problem, ops, state)
    const { objective, networkObjective, violation } = valuesAt(problem, ops, state.V, scratch)
    const dual = dualResidual(problem, ops, state, scratch)
    lowerBound = Math.max(lowerBound, dualBound(problem, ops, state, scratch))
    // Infeasible weights can have an objective below the bound, or a network far from it: both must be near.
    const gap = Math.max(Math.abs(objective - lowerBound), Math.abs(networkObjective - lowerBound))
    const relativeGap = gap === 0 ? 0 : gap / objective
    const residual = Math.max(primal === 0 ? 0 : primal / size, dual / scale)
    const error = problem.stopping === 'gap' ? relativeGap : Math.max(residual, relativeGap)
    return { objective, networkObjective, violation, lowerBound, primal, dual, error }
  }
}

/** Returns ||F'g|| for the gradient g of the loss at the zero network, the size that dual residuals are relative to. */
function gradientScale({ y, loss }: Problem, ops: Operators, { weights, sides, rows: g }: Scratch): number {
  for (let k = 0; k < y.length; k++) g[k] = loss.derivative(0, y[k])
  sides.data.fill(0)
  ops.spread(g, sides)
  ops.multiply(sides, ops.X, weights)
  return norm(weights.data) || 1
}

/** Returns ||(u - v, G u - s, F u - r)||, and the size it is relative to: ||(u, G u)|| or ||y||. */
function primalResidual({ y, method }: Problem, { E }: Operators, state: SplitState): { primal: number; size: number } {
  const { u, v, s, f, r } = state
  const XU = state.XU.data
  let square = 0
  for (let k = 0; k < u.length; k++) square += (u[k] - v[k]) * (u[k] - v[k])
  for (let half = 0, m = 0; half < 2; half++)
    for (let e = 0; e < E.length; e++, m++) square += (E[e] * XU[m] - s[m]) * (E[e] * XU[m] - s[m])
  if (method === 'split') for (let k = 0; k < f.length; k++) square += (f[k] - r[k]) * (f[k] - r[k])
  const size = Math.sqrt(Math.max(dot(u, u) + dot(XU, XU), dot(y, y)))
  return { primal: Math.sqrt(square), size }
}

/** Returns the objectives and the violation at weights v. */
function valuesAt(
  { y, d, loss, beta }: Problem,
  ops: Operators,
  V: MatrixView,
  { sides, rows: f }: Scratch,
): { objective: number; networkObjective: number; violation: number } {
  const { E } = ops
  const XV = sides.data
  ops.multiply(V, ops.Xt, sides)
  let violation = 0
  for (let half = 0, m = 0; half < 2; half++)
    for (let e = 0; e < E.length; e++, m++) violation = Math.max(violation, -E[e] * XV[m])
  const norms = beta * sumOfNorms(V.data, d)
  ops.predictions(sides, f)
  const objective = totalLoss(loss, f, y) + norms
  ops.networkPredictions(sides, f)
  return { objective, networkObjective: totalLoss(loss, f, y) + norms, violation }
}

/** Returns rho ||dv + G'ds + F'dr||: what the last changes of the copies leave of stationarity in u. */
function dualResidual({ rho, method }: Problem, ops: Operators, state: SplitState, scratch: Scratch): number {
  const { v, s, r, previous } = state
  const { weights, sides, rows } = scratch
  const { E } = ops
  for (let k = 0; k < v.length; k++) weights.data[k] = v[k] - previous.v[k]
  for (let half = 0, m = 0; half < 2; half++)
    for (let e = 0; e < E.length; e++, m++) sides.data[m] = E[e] * (s[m] - previous.s[m])
  if (method === 'split') {
    for (let k = 0; k < r.length; k++) rows[k] = r[k] - previous.r[k]
    ops.spread(rows, sides)
  }
  ops.addProduct(sides, ops.X, weights)
  return rho * norm(weights.data)
}

/**
 * Returns the certificate: for g in the domain of loss* and multipliers a >= 0 of the constraints,
 * -loss*(g) is a lower bound of the program if every block of F'g - G'a has norm at most beta. Here
 * g is the loss's gradient and a = rho max(-nu, 0), both scaled until the blocks are within beta.
 */
function dualBound(problem: Problem, ops: Operators, { f, mu, nu }: SplitState, scratch: Scratch): number {
  const { y, d, loss, beta, rho, method } = problem
  const { weights, sides, rows: g } = scratch
  const { E } = ops
  for (let k = 0; k < g.length; k++)
    g[k] = method === 'split' ? loss.clip(rho * mu[k], y[k]) : loss.derivative(f[k], y[k])
  for (let half = 0, m = 0; half < 2; half++)
    for (let e = 0; e < E.length; e++, m++) sides.data[m] = E[e] * rho * Math.min(nu[m], 0)
  ops.spread(g, sides)
  ops.multiply(sides, ops.X, weights)
  return scaledBound(loss, g, y, scaleWithin(largestNorm(weights.data, d), beta))
}
