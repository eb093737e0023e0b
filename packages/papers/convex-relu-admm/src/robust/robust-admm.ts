import { allocate, matrixKernels, refuse, solveScratch } from '@opt/core'
import { Operators } from '../admm/operators.ts'
import { loadArrays } from '../admm/state.ts'
import { denseMatrix } from '../program/dense-matrix.ts'
import { measuredIterations } from '../program/measured-iterations.ts'
import type { ConvexReluReport, ConvexReluSolution } from '../program/options.ts'
import type { Problem } from '../program/problem.ts'
import { projectCone, shrinkGroup } from '../program/prox.ts'
import { solution } from '../program/solution.ts'
import { type Blocks, blocks, type RobustState, robustSizes, unknowns } from './blocks.ts'
import { factoredSolver, iterativeSolver, type NormalSolver } from './normal-equations.ts'
import { RobustMap, robustMapViews } from './robust-map.ts'
import { measuring } from './robust-measures.ts'

/** Up to this many unknowns A'A is factored once; beyond, conjugate gradients solve with it. */
const MOST_FACTORED = 1500

/**
 * ADMM for robust training, min sum_j g_j(z_j) subject to z = A x, over-relaxed:
 *
 *     x <- (A'A)^-1 A'(z - lambda),  z <- prox(A x + lambda),  lambda += A x - z
 *
 * A'A does not depend on rho.
 */
export function* robustAdmm(
  problem: Problem,
  maxIterations: number,
): Generator<ConvexReluReport, ConvexReluSolution, boolean> {
  const { relaxation } = problem
  const { map, state, solve } = prepare(problem)
  const { x, z, lambda, previousZ, h, right } = state
  loadArrays(problem.initial, { x: x.all, z: z.all, lambda })
  z.sides.forEach((side, m) => {
    if (side < 0) refuse('initial.z', 'nonnegative on the sides of the patterns', `${side} on side ${m}`)
  })
  const sorted = new Float64Array(problem.d + 1)

  const lowerBound = yield* measuredIterations(problem, maxIterations, {
    iterate() {
      // x <- (A'A)^-1 A'(z - lambda)
      for (let i = 0; i < lambda.length; i++) h.all[i] = z.all[i] - lambda[i]
      map.adjoint(h, right)
      solve(right, x)
      // z <- prox(h + lambda), where h is A x, over-relaxed
      map.apply(x, h)
      for (let i = 0; i < lambda.length; i++) {
        h.all[i] = relaxation * h.all[i] + (1 - relaxation) * z.all[i]
        z.all[i] = h.all[i] + lambda[i]
      }
      prox(problem, z, sorted)
      // lambda += h - z
      for (let i = 0; i < lambda.length; i++) lambda[i] += h.all[i] - z.all[i]
    },
    remember: () => previousZ.set(z.all),
    measure: measuring(problem, map, state),
  })
  const variables = { x: x.all.slice(), z: z.all.slice(), lambda: lambda.slice() }
  return solution(problem, { v: z.groups.slice(), lowerBound, state: variables })
}

/** Allocates variables and map, and chooses how to solve for x. */
function prepare(problem: Problem): { map: RobustMap; state: RobustState; solve: NormalSolver } {
  const { n, d, X, patterns } = problem
  const sizes = robustSizes(problem)
  const factored = sizes.x <= MOST_FACTORED
  const memory = allocate([matrixKernels], (views) => ({
    map: robustMapViews(views, { n, d, P: patterns.count }),
    x: views.f64(sizes.x),
    right: views.f64(sizes.x),
    z: views.f64(sizes.z),
    lambda: views.f64(sizes.z),
    h: views.f64(sizes.z),
    previousZ: views.f64(sizes.z),
    H: denseMatrix(views, factored ? sizes.x : 0, factored ? sizes.x : 0),
    work: views.f64(factored ? solveScratch(sizes.x, sizes.x) : 0),
  }))
  const map = new RobustMap(problem, new Operators(X, patterns, memory.kernels, memory.map.ops), memory.map)
  const state = {
    x: unknowns(problem, memory.x),
    z: blocks(problem, memory.z),
    lambda: memory.lambda,
    previousZ: memory.previousZ,
    h: blocks(problem, memory.h),
    right: unknowns(problem, memory.right),
  }
  const solve = factored ? factoredSolver(map, state, memory) : iterativeSolver(map, state)
  return { map, state, solve }
}

/** z <- prox of every block. */
function prox({ n, d, y, loss, beta, rho, patterns, perturbed }: Problem, z: Blocks, sorted: Float64Array): void {
  const J = perturbed.length
  for (let k = 0; k < z.groups.length; k += d) shrinkGroup(z.groups, k, d, beta / rho)
  for (let i = 0; i < 2 * patterns.count; i++) projectCone(z.cones, i * (J + 1), J, 0, sorted)
  for (let k = 0; k < z.sides.length; k++) z.sides[k] = Math.max(0, z.sides[k])
  for (let k = 0; k < n; k++) {
    if (loss.name === 'squared') {
      z.rows[k * (J + 2) + J] -= y[k]
      projectCone(z.rows, k * (J + 2), J + 1, 1 / rho, sorted)
      z.rows[k * (J + 2) + J] += y[k]
    } else {
      projectCone(z.rows, k * (J + 1), J, 0, sorted)
      z.margins[k] = loss.prox(z.margins[k], 1, 1 / rho)
    }
  }
}
