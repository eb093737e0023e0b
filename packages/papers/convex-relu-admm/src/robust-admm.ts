import { allocate, conjugateGradient, type Kernels, refuse, solveScratch } from '@opt/core'
import { scaleReport, sumOfSquares } from './measures.ts'
import { Operators } from './operators.ts'
import type { ConvexReluReport, ConvexReluSolution } from './options.ts'
import type { Problem } from './problem.ts'
import { projectCone, shrinkGroup } from './prox.ts'
import { robustBound } from './robust-bound.ts'
import { type Blocks, blocks, RobustMap, robustMapViews, robustSizes, type Unknowns, unknowns } from './robust-map.ts'
import { evaluate, solution } from './solution.ts'
import { loadArrays } from './state.ts'

/** Up to so many unknowns A'A is factored once; beyond, conjugate gradients. */
const DENSE = 1500

/** Solves A'A x = right; `h` is scratch. */
type NormalSolver = (right: Unknowns, x: Unknowns) => void

function denseSolver(
  map: RobustMap,
  x: Unknowns,
  h: Blocks,
  right: Unknowns,
  H: Float64Array,
  work: Float64Array,
  kernels: Kernels,
): NormalSolver {
  const size = x.all.length
  for (let c = 0; c < size; c++) {
    x.all.fill(0)
    x.all[c] = 1
    map.apply(x, h)
    map.adjoint(h, right)
    H.set(right.all.subarray(0, c + 1), c * size)
  }
  x.all.fill(0)
  if (kernels.potrf(size, H, size, work) !== 0)
    throw new RangeError('convexRelu: the linear system is singular in rounding; standardise the features')
  return (b, out) => {
    out.all.set(b.all)
    kernels.trsv(size, H, size, out.all)
    kernels.trsvT(size, H, size, out.all)
  }
}

function iterativeSolver(map: RobustMap, x: Unknowns, h: Blocks, scratch: Unknowns): NormalSolver {
  const size = x.all.length
  const vectors = [0, 1, 2, 3].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const operator = {
    rows: size,
    columns: size,
    apply(p: Float64Array, out: Float64Array) {
      scratch.all.set(p)
      map.apply(scratch, h)
      map.adjoint(h, scratch)
      out.set(scratch.all)
    },
  }
  const options = { tolerance: 1e-10, maxIterations: 500, scratch: vectors, history: false }
  return (b, out) => {
    out.all.set(conjugateGradient(operator, b.all.slice(), { ...options, initial: out.all }).x)
  }
}

/** z <- prox of every block. */
function prox({ n, d, y, loss, beta, rho, patterns, perturbed }: Problem, z: Blocks, sorted: Float64Array): void {
  const J = perturbed.length
  const squared = z.margins.length === 0
  for (let k = 0; k < z.groups.length; k += d) shrinkGroup(z.groups, k, d, beta / rho)
  for (let i = 0; i < 2 * patterns.count; i++) projectCone(z.cones, i * (J + 1), J, 0, sorted)
  for (let k = 0; k < z.sides.length; k++) z.sides[k] = Math.max(0, z.sides[k])
  for (let k = 0; k < n; k++) {
    if (squared) {
      z.rows[k * (J + 2) + J] -= y[k]
      projectCone(z.rows, k * (J + 2), J + 1, 1 / rho, sorted)
      z.rows[k * (J + 2) + J] += y[k]
    } else {
      projectCone(z.rows, k * (J + 1), J, 0, sorted)
      z.margins[k] = loss.prox(z.margins[k], 1, 1 / rho)
    }
  }
}

const distance = (x: Float64Array, y: Float64Array): number => {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += (x[k] - y[k]) * (x[k] - y[k])
  return Math.sqrt(sum)
}

/** ||F'g|| for the gradient g of the loss at the zero network. */
function gradientScale({ y, loss, perturbed }: Problem, map: RobustMap, h: Blocks, right: Unknowns): number {
  const J = perturbed.length
  h.all.fill(0)
  for (let k = 0; k < y.length; k++)
    if (h.margins.length > 0) h.margins[k] = loss.derivative(0, 1)
    else h.rows[k * (J + 2) + J] = loss.derivative(0, y[k])
  map.adjoint(h, right)
  return Math.sqrt(sumOfSquares(right.u)) || 1
}

/**
 * ADMM for robust training: x <- (A'A)^-1 A'(z - lambda); h = A x, over-relaxed; z <- prox(h + lambda); lambda += h - z.
 * A'A does not depend on rho.
 */
export function* robustAdmm(
  problem: Problem,
  maxIterations: number,
): Generator<ConvexReluReport, ConvexReluSolution, boolean> {
  const { n, d, X, y, patterns, rho, relaxation, scale, gapStops, measureEvery } = problem
  const sizes = robustSizes(problem)
  const dense = sizes.x <= DENSE
  const room = allocate((ws) => ({
    ...{ map: robustMapViews(ws, n, d, patterns.count), x: ws.f64(sizes.x), right: ws.f64(sizes.x) },
    ...{ z: ws.f64(sizes.z), lambda: ws.f64(sizes.z), h: ws.f64(sizes.z), oldZ: ws.f64(sizes.z) },
    ...{ H: ws.f64(dense ? sizes.x * sizes.x : 0), work: ws.f64(dense ? solveScratch(sizes.x, sizes.x) : 0) },
  }))
  const { kernels, lambda, oldZ } = room
  const map = new RobustMap(problem, new Operators(X, patterns, kernels, room.map.ops), room.map)
  const [x, right] = [unknowns(problem, room.x), unknowns(problem, room.right)]
  const [z, h] = [blocks(problem, room.z), blocks(problem, room.h)]
  const solve = dense ? denseSolver(map, x, h, right, room.H, room.work, kernels) : iterativeSolver(map, x, h, right)
  loadArrays(problem.initial, { x: x.all, z: z.all, lambda })
  z.sides.forEach((side, m) => {
    if (side < 0) refuse('initial.z', 'nonnegative on the sides of the patterns', `${side} on side ${m}`)
  })
  const gradient = gradientScale(problem, map, h, right)
  const sorted = new Float64Array(d + 1)

  let best = 0
  let report: ConvexReluReport | undefined
  for (let k = 1; ; k++) {
    const measured = k === 1 || k % measureEvery === 0 || k === maxIterations
    if (measured) oldZ.set(z.all)
    for (let i = 0; i < h.all.length; i++) h.all[i] = z.all[i] - lambda[i]
    map.adjoint(h, right)
    solve(right, x)
    map.apply(x, h)
    for (let i = 0; i < h.all.length; i++) {
      h.all[i] = relaxation * h.all[i] + (1 - relaxation) * z.all[i]
      z.all[i] = h.all[i] + lambda[i]
    }
    prox(problem, z, sorted)
    for (let i = 0; i < lambda.length; i++) lambda[i] += h.all[i] - z.all[i]

    if (measured) report = measure()
    if (yield report as ConvexReluReport) {
      if (!measured) best = Math.max(best, robustBound(problem, map, lambda, h, right))
      const state = { x: room.x.slice(), z: room.z.slice(), lambda: lambda.slice() }
      return solution(problem, { v: z.groups.slice(), lowerBound: best, state })
    }
  }

  function measure(): ConvexReluReport {
    map.apply(x, h)
    const primal = distance(h.all, z.all)
    const size = Math.sqrt(Math.max(sumOfSquares(h.all), sumOfSquares(y)))
    for (let i = 0; i < h.all.length; i++) h.all[i] = z.all[i] - oldZ[i]
    map.adjoint(h, right)
    const dual = rho * Math.sqrt(sumOfSquares(right.all))
    best = Math.max(best, robustBound(problem, map, lambda, h, right))
    const { objective, networkObjective, violation } = evaluate(problem, z.groups)
    const measures = { objective, networkObjective, violation, lowerBound: best, primal, dual }
    const relativeGap = objective === best ? 0 : Math.abs(objective - best) / objective
    const gap = Math.max(relativeGap, violation / size)
    const error = gapStops ? gap : Math.max(gap, primal === 0 ? 0 : primal / size, dual / gradient)
    return scaleReport({ ...measures, error }, scale)
  }
}
