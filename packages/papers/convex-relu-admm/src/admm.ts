import { allocate } from '@opt/core'
import { BlockDescent, blockViews } from './block-descent.ts'
import { gradientScale, type Measures, measure, scaleReport } from './measures.ts'
import { Operators, operatorViews } from './operators.ts'
import type { ConvexReluReport, ConvexReluSolution } from './options.ts'
import type { Problem } from './problem.ts'
import { shrinkGroup } from './prox.ts'
import { solution } from './solution.ts'
import { loadState, pullSides, type SplitState, saveState, splitState } from './state.ts'
import { denseStep, denseViews, rowsStep, rowsViews, type UStep } from './u-step.ts'

interface Room {
  ops: Operators
  state: SplitState
  uStep: UStep
}

/** Lays out memory for the variables and the chosen u-step, once. */
function prepare(problem: Problem): Room {
  const { X, patterns, method, rho, form } = problem
  const { n, d } = problem
  const P = patterns.count
  const base = (views: Parameters<typeof operatorViews>[0]) => ({
    ...{ ops: operatorViews(views, n, d, P), state: splitState(views, n, d, P) },
  })
  // With a copy of the predictions the system is I + F'F + G'G whatever rho is.
  const weight = method === 'split' ? 1 : rho
  if (method === 'rbcd') {
    const { kernels, ops: views, state, blocks } = allocate((ws) => ({ ...base(ws), blocks: blockViews(ws, n, d, P) }))
    const ops = new Operators(X, patterns, kernels, views)
    const descent = new BlockDescent(problem, ops, state, blocks)
    return { ops, state, uStep: () => descent.run() }
  }
  if (form === 'dense' || (form === 'auto' && 2 * P * d < n / 2)) {
    const { kernels, ops: views, state, dense } = allocate((ws) => ({ ...base(ws), dense: denseViews(ws, n, d, P) }))
    const ops = new Operators(X, patterns, kernels, views)
    return { ops, state, uStep: denseStep(ops, weight, dense) }
  }
  const { kernels, ops: views, state, rows } = allocate((ws) => ({ ...base(ws), rows: rowsViews(ws, n, d, P) }))
  const ops = new Operators(X, patterns, kernels, views)
  return { ops, state, uStep: rowsStep(ops, weight, rows) }
}

/**
 * ADMM on the convex program: min loss(F u) + beta sum ||v_i|| over v = u, s = G u >= 0, and r = F u where the loss has its own copy.
 */
export function* admm(
  problem: Problem,
  maxIterations: number,
): Generator<ConvexReluReport, ConvexReluSolution, boolean> {
  const { y, method, scale, measureEvery } = problem
  const { ops, state, uStep } = prepare(problem)
  loadState(problem.initial, state)
  const split = method === 'split'
  const { f, r, mu, V, S, oldV, oldS, oldR } = state
  const target = y.slice()
  const known = { scale: gradientScale(problem, ops, state), best: 0 }
  pullSides(ops, state)
  let last: Measures | undefined

  for (let k = 1; ; k++) {
    const measured = k === 1 || k % measureEvery === 0 || k === maxIterations
    if (measured) {
      oldV.set(V)
      oldS.set(S)
      oldR.set(r)
    }
    if (split) for (let j = 0; j < f.length; j++) target[j] = r[j] - mu[j]
    uStep(state, target)
    if (split || measured) ops.predictions(state.M, f)
    pruneWeights(problem, state)
    keepSides(problem, ops, state)
    if (split) fitPredictions(problem, state)

    if (measured) {
      last = measure(problem, ops, state, known)
      known.best = last.lowerBound
    }
    if (yield scaleReport(last as Measures, scale)) {
      if (!measured) {
        ops.predictions(state.M, f)
        known.best = measure(problem, ops, state, known).lowerBound
      }
      return solution(problem, { v: V, lowerBound: known.best, state: saveState(state) })
    }
  }
}

/** v <- shrink(u + lambda, beta / rho); lambda += (gamma / rho) (u - v), with u over-relaxed. */
function pruneWeights({ d, beta, rho, gamma, relaxation }: Problem, { U, V, L, A }: SplitState): void {
  for (let k = 0; k < U.length; k++) {
    A[k] = relaxation * U[k] + (1 - relaxation) * V[k]
    V[k] = A[k] + L[k]
  }
  for (let k = 0; k < V.length; k += d) shrinkGroup(V, k, d, beta / rho)
  for (let k = 0; k < V.length; k++) L[k] += (gamma / rho) * (A[k] - V[k])
}

/** s <- max(G u + nu, 0); nu += (gamma / rho) (G u - s), with G u over-relaxed; R = E (s - nu) for the next u-step. */
function keepSides({ rho, gamma, relaxation }: Problem, ops: Operators, { M, S, N, R }: SplitState): void {
  const { n, P, E } = ops
  const step = gamma / rho
  const rest = 1 - relaxation
  for (let half = 0; half < 2; half++)
    for (let e = 0, m = half * P * n; e < P * n; e++, m++) {
      const sign = E[e]
      const before = S[m]
      const side = relaxation * sign * M[m] + rest * before
      const sum = side + N[m]
      // max(sum, 0) without a branch that would be mispredicted.
      const kept = 0.5 * (sum + Math.abs(sum))
      const dual = N[m] + step * (side - kept)
      S[m] = kept
      N[m] = dual
      R[m] = sign * (kept - dual)
    }
}

/** r <- prox of the loss at F u + mu; mu += (gamma / rho) (F u - r), with F u over-relaxed. */
function fitPredictions({ y, loss, rho, gamma, relaxation }: Problem, { f, r, mu }: SplitState): void {
  for (let k = 0; k < f.length; k++) {
    const fit = relaxation * f[k] + (1 - relaxation) * r[k]
    r[k] = loss.prox(fit + mu[k], y[k], 1 / rho)
    mu[k] += (gamma / rho) * (fit - r[k])
  }
}
