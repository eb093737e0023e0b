import { allocate } from '@opt/core'
import { transportKernels } from '@opt/core/transport'
import { golden } from '@opt/testing'
import { planKernels } from '../src/kernels.ts'
import { directionViews, NewtonDirection } from '../src/plan/newton-direction.ts'
import { planViews } from '../src/plan/plan-views.ts'
import { ScaledPlan } from '../src/plan/scaled-plan.ts'
import { binViews, droppedMass, thresholdByCount, thresholdByMass } from '../src/plan/sparsify.ts'
import { initialPotentials } from '../src/problem/initial.ts'
import { workingProblem } from '../src/problem/problem.ts'

const steps = golden(import.meta.url, 'steps.json')

describe.each([0, 1, 2, 3])('the Newton direction %i', (which) => {
  const { C, a, b, epsilon, point, sparse, fullNewton } = steps[which % 2]
  // The same problem on its other side: the Schur complement is then of the columns.
  const transpose = which >= 2
  const cost: number[][] = transpose ? b.map((_: number, j: number) => C.map((row: number[]) => row[j])) : C
  const problem = transpose ? workingProblem(cost, b, a, { epsilon }) : workingProblem(cost, a, b, { epsilon })
  const [n, m] = [problem.a.length, problem.b.length]
  const memory = allocate([transportKernels, planKernels], (views) => ({
    plan: planViews(n, m, views),
    direction: directionViews(n, m, views),
    bins: binViews(views),
  }))
  const plan = new ScaledPlan(problem, memory.plan, memory.kernels)
  const direction = new NewtonDirection(plan, memory.direction, memory.kernels)
  const counted = { P: plan.views.P, ...memory.bins }
  plan.setPotentials(initialPotentials(problem, transpose ? { f: point.g, g: point.f } : point), problem.epsilon)
  plan.evaluate()

  /** x_i + y_j at every entry, in the caller's units: what a direction means, whatever its gauge. */
  const moves = (x: ArrayLike<number>, y: ArrayLike<number>, unit = 1) =>
    Array.from(x, (v) => Array.from(y, (w) => (v + w) / unit)).flat()
  const known = (d: { directionF: number[]; directionG: number[] }) =>
    transpose ? moves(d.directionG, d.directionF) : moves(d.directionF, d.directionG)
  const closeTo = (ours: number[], theirs: number[]) => {
    const size = Math.max(...theirs.map(Math.abs))
    ours.forEach((v, k) => expect(Math.abs(v - theirs[k]) / size).toBeLessThan(1e-9))
  }

  test('keeps the largest entries', () => {
    const { value, kept } = thresholdByCount(counted, memory.kernels, sparse.keep)
    expect(kept).toBe(sparse.keep)
    expect(Math.abs(value - sparse.threshold)).toBeLessThan(1e-13)
    const entries = sparse.kept.map(([i, j]: number[]) => (transpose ? [j, i] : [i, j]))
    const ours: number[][] = []
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) if (plan.views.P.data[i * plan.views.P.stride + j] >= value) ours.push([i, j])
    const order = (list: number[][]) => list.map(([i, j]) => i * m + j).sort((x, y) => x - y)
    expect(order(ours)).toEqual(order(entries))
    const all = Array.from(
      { length: n * m },
      (_, k) => plan.views.P.data[Math.floor(k / m) * plan.views.P.stride + (k % m)],
    )
    expect(Math.abs(droppedMass(all, sparse.keep) - sparse.droppedMass)).toBeLessThan(1e-13)
  })

  test('drops no more mass than allowed, and keeps the minimum', () => {
    const all = Array.from(
      { length: n * m },
      (_, k) => plan.views.P.data[Math.floor(k / m) * plan.views.P.stride + (k % m)],
    )
    for (const mass of [0, 1e-3, 0.01, 0.1, 0.5])
      for (const minimum of [1, 10, 30]) {
        const { value, kept } = thresholdByMass(counted, memory.kernels, mass, minimum)
        expect(all.filter((p) => p >= value).length).toBe(kept)
        expect(kept).toBeGreaterThanOrEqual(minimum)
        expect(all.filter((p) => p < value).reduce((s, p) => s + p, 0)).toBeLessThanOrEqual(mass)
      }
  })

  test('is the full one when nothing is dropped', () => {
    direction.compute('all', 1e-14)
    closeTo(moves(direction.dx, direction.dy, problem.scale), known(fullNewton))
  })
})

describe('the sparse direction', () => {
  test.each([0, 1])('problem %i', (which) => {
    const { C, a, b, epsilon, point, sparse } = steps[which]
    // Copies of the problem side by side, far apart, leave room for a sparse matrix: each copy moves as it would alone.
    const copies = 6
    const [n, m] = [a.length, b.length]
    const far = 1e3
    const cost = Array.from({ length: copies * n }, (_, i) =>
      Array.from({ length: copies * m }, (_, j) => (Math.floor(i / n) === Math.floor(j / m) ? C[i % n][j % m] : far)),
    )
    const repeat = (v: number[], scale: number) =>
      Array.from({ length: copies * v.length }, (_, i) => v[i % v.length] * scale)
    const problem = workingProblem(cost, repeat(a, 1 / copies), repeat(b, 1 / copies), { epsilon })
    const size = [copies * n, copies * m] as const
    const memory = allocate([transportKernels, planKernels], (views) => ({
      plan: planViews(...size, views),
      direction: directionViews(...size, views),
      bins: binViews(views),
    }))
    const plan = new ScaledPlan(problem, memory.plan, memory.kernels)
    const direction = new NewtonDirection(plan, memory.direction, memory.kernels)
    const counted = { P: plan.views.P, ...memory.bins }
    // a b' of the copies is 1 / copies^2 of the original's and P is 1 / copies: the potentials make up for it.
    const lift = epsilon * Math.log(copies)
    const f = repeat(point.f, 1).map((v) => v + lift)
    plan.setPotentials(initialPotentials(problem, { f, g: repeat(point.g, 1) }), problem.epsilon)
    plan.evaluate()
    const { value, kept } = thresholdByCount(counted, memory.kernels, copies * sparse.keep)
    expect(kept).toBe(copies * sparse.keep)
    direction.keep(value)
    direction.compute('kept', 1e-14)
    const largest = Math.max(...[...sparse.directionF, ...sparse.directionG].map(Math.abs))
    direction.dx.forEach((v, i) =>
      expect(Math.abs(v / problem.scale - sparse.directionF[i % n]) / largest).toBeLessThan(1e-9),
    )
    direction.dy.forEach((v, j) =>
      expect(Math.abs(v / problem.scale - sparse.directionG[j % m]) / largest).toBeLessThan(1e-9),
    )
  })
})
