import { measuredIterations } from '../program/measured-iterations.ts'
import type { ConvexReluReport, ConvexReluSolution } from '../program/options.ts'
import type { Problem } from '../program/problem.ts'
import { shrinkGroup } from '../program/prox.ts'
import { solution } from '../program/solution.ts'
import { blockSteps } from './block-steps.ts'
import { denseStep } from './dense-step.ts'
import { measuring } from './measures.ts'
import type { Operators } from './operators.ts'
import type { Prepared } from './prepare.ts'
import { rowsStep } from './rows-step.ts'
import { loadState, type SplitState, saveState } from './state.ts'
import type { UpdateU } from './update-u.ts'

/**
 * ADMM with scaled duals and over-relaxation (Bai, Gautam and Sojoudi 2023) on the convex program
 *
 *     min loss(F u) + beta sum ||v_i||   subject to   v = u,  s = G u >= 0,  and r = F u where the loss has its own copy
 */
export function* admm(
  problem: Problem,
  maxIterations: number,
): Generator<ConvexReluReport, ConvexReluSolution, boolean> {
  const { y, method } = problem
  const { ops, state, update: updateU } = prepareU(problem)
  loadState(problem.initial, state, ops)
  const { v, s, r, mu, previous } = state
  const split = method === 'split'
  const target = y.slice()

  const lowerBound = yield* measuredIterations(problem, maxIterations, {
    iterate() {
      if (split) for (let k = 0; k < target.length; k++) target[k] = r[k] - mu[k]
      updateU(target)
      updateV(problem, state)
      updateS(problem, ops, state)
      if (split) updateR(problem, ops, state)
    },
    remember() {
      previous.v.set(v)
      previous.s.set(s)
      previous.r.set(r)
    },
    measure: measuring(problem, ops, state),
  })
  return solution(problem, { v, lowerBound, state: saveState(state) })
}

/** Chooses the update of u, and allocates its memory with everything else's. */
function prepareU(problem: Problem): Prepared<UpdateU> {
  const { n, d, patterns, method, form, rho } = problem
  if (method === 'rbcd') {
    const { update: descent, ...memory } = blockSteps(problem)
    return { ...memory, update: () => descent.run() }
  }
  // With a copy of the predictions, the system is I + F'F + G'G whatever rho is.
  const weight = method === 'split' ? 1 : rho
  const dense = form === 'dense' || (form === 'auto' && 2 * patterns.count * d < n / 2)
  return dense ? denseStep(problem, weight) : rowsStep(problem, weight)
}

/** v <- shrink(u + lambda, beta / rho); lambda += (gamma / rho) (u - v), with u over-relaxed. */
function updateV({ d, beta, rho, gamma, relaxation }: Problem, { u, v, lambda, weights }: SplitState): void {
  const relaxed = weights.data
  for (let k = 0; k < u.length; k++) {
    relaxed[k] = relaxation * u[k] + (1 - relaxation) * v[k]
    v[k] = relaxed[k] + lambda[k]
  }
  for (let k = 0; k < v.length; k += d) shrinkGroup(v, k, d, beta / rho)
  for (let k = 0; k < v.length; k++) lambda[k] += (gamma / rho) * (relaxed[k] - v[k])
}

/**
 * s <- max(G u + nu, 0); nu += (gamma / rho) (G u - s), with G u over-relaxed; pull = E (s - nu)
 * for the next update of u.
 */
function updateS({ rho, gamma, relaxation }: Problem, { E }: Operators, { XU, s, nu, pull }: SplitState): void {
  const XUData = XU.data
  const pullData = pull.data
  const step = gamma / rho
  const rest = 1 - relaxation
  for (let half = 0, m = 0; half < 2; half++)
    for (let e = 0; e < E.length; e++, m++) {
      const sign = E[e]
      const relaxed = relaxation * sign * XUData[m] + rest * s[m]
      const sum = relaxed + nu[m]
      // max(sum, 0), without a branch that would often be mispredicted.
      const side = 0.5 * (sum + Math.abs(sum))
      const dual = nu[m] + step * (relaxed - side)
      s[m] = side
      nu[m] = dual
      pullData[m] = sign * (side - dual)
    }
}

/** r <- prox of the loss at F u + mu; mu += (gamma / rho) (F u - r), with F u over-relaxed. */
function updateR({ y, loss, rho, gamma, relaxation }: Problem, ops: Operators, { XU, f, r, mu }: SplitState): void {
  ops.predictions(XU, f)
  for (let k = 0; k < f.length; k++) {
    const relaxed = relaxation * f[k] + (1 - relaxation) * r[k]
    r[k] = loss.prox(relaxed + mu[k], y[k], 1 / rho)
    mu[k] += (gamma / rho) * (relaxed - r[k])
  }
}
