import { type Loss, totalLoss } from './losses.ts'
import type { Operators } from './operators.ts'
import type { Problem } from './problem.ts'
import type { SplitState } from './state.ts'

/** Where an iterate stands, with the loss summed over rows. */
export interface Measures {
  objective: number
  networkObjective: number
  violation: number
  lowerBound: number
  primal: number
  dual: number
  /** What the driver compares with the tolerance. */
  error: number
}

/** As the reader wants it: objectives and bound of sums, or of means. */
export function scaleReport(measures: Measures, scale: number): Measures {
  const { objective, networkObjective, lowerBound } = measures
  return {
    ...measures,
    ...{ objective: scale * objective, networkObjective: scale * networkObjective, lowerBound: scale * lowerBound },
  }
}

export const sumOfSquares = (x: Float64Array): number => {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += x[k] * x[k]
  return sum
}

/** The Euclidean norm, scaled so that no square under- or overflows. */
export function norm(x: Float64Array): number {
  let high = 0
  for (const v of x) high = Math.max(high, Math.abs(v))
  if (high === 0) return 0
  let sum = 0
  for (const v of x) sum += (v / high) * (v / high)
  return high * Math.sqrt(sum)
}

/** Euclidean norm of row i of a matrix with d columns. */
export function rowNorm(x: Float64Array, i: number, d: number): number {
  let sum = 0
  for (let k = i * d; k < (i + 1) * d; k++) sum += x[k] * x[k]
  return Math.sqrt(sum)
}

/** Sum of the norms of the 2 P blocks. */
export function groupNorm(V: Float64Array, d: number): number {
  let sum = 0
  for (let i = 0; i < V.length / d; i++) sum += rowNorm(V, i, d)
  return sum
}

/**
 * The dual bound of scaled multipliers s g, s <= most. The squared loss's is a parabola in s and is taken at its top.
 */
export function scaledBound(loss: Loss, g: Float64Array, y: Float64Array, most: number): number {
  let s = most
  if (loss.name === 'squared') {
    let slope = 0
    for (let k = 0; k < y.length; k++) slope -= y[k] * g[k]
    const square = sumOfSquares(g)
    if (square > 0) s = Math.max(0, Math.min(most, slope / square))
  }
  let sum = 0
  for (let k = 0; k < y.length; k++) sum += loss.bound(s * g[k], y[k])
  return sum
}

/**
 * The certificate: for g in the conjugate's domain and multipliers a >= 0 of the constraints, T = F'g - G'a with every
 * ||T_i|| <= beta makes -loss*(g) a lower bound of the program. What is outside is scaled back inside. Here a = rho max(-nu, 0).
 */
function dualBound({ loss, y, beta, rho }: Problem, ops: Operators, { A, N, M, g }: SplitState): number {
  const { n, d, P, E } = ops
  for (let row = 0; row < 2 * P; row++)
    for (let k = 0, e = ops.signOffset(row), m = row * n; k < n; k++, e++, m++) M[m] = E[e] * rho * Math.min(N[m], 0)
  ops.spread(g, M)
  A.fill(0)
  ops.adjoint(M, A)
  let worst = 0
  for (let i = 0; i < 2 * P; i++) worst = Math.max(worst, rowNorm(A, i, d))
  return scaledBound(loss, g, y, worst <= beta ? 1 : beta / worst)
}

/** ||F'g|| for the gradient g of the loss at the zero network: the size that dual residuals are relative to. */
export function gradientScale({ y, loss }: Problem, ops: Operators, { A, R, g }: SplitState): number {
  for (let k = 0; k < y.length; k++) g[k] = loss.derivative(0, y[k])
  R.fill(0)
  ops.spread(g, R)
  A.fill(0)
  ops.adjoint(R, A)
  return Math.sqrt(sumOfSquares(A)) || 1
}

/** Measures the iterate of {@link admm}, given the gradient scale and the best bound so far. Overwrites the scratch A, M, g. */
export function measure(
  problem: Problem,
  ops: Operators,
  state: SplitState,
  { scale, best }: { scale: number; best: number },
): Measures {
  const { y, loss, beta, rho, method } = problem
  const { n, d, P, E } = ops
  const { U, V, A, M, S, f, r, mu, g, oldV, oldS, oldR } = state
  const split = method === 'split'
  const rows = (visit: (e: number, m: number) => void) => {
    for (let row = 0; row < 2 * P; row++)
      for (let k = 0, e = ops.signOffset(row), m = row * n; k < n; k++, e++, m++) visit(E[e], m)
  }

  // Primal: what the copies differ by, relative to the larger of (u, G u) and y.
  let primal = 0
  for (let k = 0; k < U.length; k++) primal += (U[k] - V[k]) * (U[k] - V[k])
  rows((e, m) => {
    primal += (e * M[m] - S[m]) * (e * M[m] - S[m])
  })
  if (split) for (let k = 0; k < n; k++) primal += (f[k] - r[k]) * (f[k] - r[k])
  primal = Math.sqrt(primal)
  const size = Math.sqrt(Math.max(sumOfSquares(U) + sumOfSquares(M), sumOfSquares(y)))

  // M is free from here on.
  ops.project(V, M)
  let violation = 0
  rows((e, m) => {
    violation = Math.max(violation, -e * M[m])
  })
  ops.predictions(M, g)
  const norms = beta * groupNorm(V, d)
  const objective = totalLoss(loss, g, y) + norms
  ops.networkPredictions(M, g)
  const networkObjective = totalLoss(loss, g, y) + norms

  // Dual: what the last move of the copies leaves of stationarity in u.
  for (let k = 0; k < A.length; k++) A[k] = V[k] - oldV[k]
  rows((e, m) => {
    M[m] = e * (S[m] - oldS[m])
  })
  if (split) {
    for (let k = 0; k < n; k++) g[k] = r[k] - oldR[k]
    ops.spread(g, M)
  }
  ops.adjoint(M, A)
  const dual = rho * Math.sqrt(sumOfSquares(A))

  for (let k = 0; k < n; k++) g[k] = split ? loss.clip(rho * mu[k], y[k]) : loss.derivative(f[k], y[k])
  const lowerBound = Math.max(best, dualBound(problem, ops, state))
  // Infeasible weights can have an objective below the bound, or a network far from it: both must be near.
  const gap = Math.max(Math.abs(objective - lowerBound), Math.abs(networkObjective - lowerBound))
  const relative = Math.max(primal === 0 ? 0 : primal / size, dual / scale)
  const relativeGap = gap === 0 ? 0 : gap / objective
  const error = problem.gapStops ? relativeGap : Math.max(relative, relativeGap)
  return { objective, networkObjective, violation, lowerBound, primal, dual, error }
}
