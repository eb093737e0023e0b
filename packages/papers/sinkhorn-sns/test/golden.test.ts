import { distance, golden } from '@opt/testing'
import { Matrix, solve } from 'ml-matrix'
import {
  densities1d,
  imagePair,
  pairwiseCost,
  potential,
  roundPlan,
  sinkhorn,
  sinkhornDivergence,
  sinkhornNewton,
  transportBounds,
} from '../src/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: golden files are checked by what is read from them
type Golden = any
/** Each case behind its name. */
const cases = (list: Golden[], name = (_: Golden, i: number): number => i): [number, Golden][] =>
  list.map((item, i) => [name(item, i), item])

const spread = (C: number[][]) => Math.max(...C.flat()) - Math.min(...C.flat())

describe.each(cases(golden(import.meta.url, 'solutions.json')))('solution %i', (_, problem) => {
  const { C, a, b, lp, solutions } = problem

  test.each(cases(solutions, ({ epsilon }) => epsilon))('epsilon %d', (epsilon, known) => {
    const s = sinkhornNewton(C, a, b, { epsilon, tolerance: 1e-12 })
    expect(s.status).toBe('converged')
    expect(s.error).toBeLessThanOrEqual(2e-12)
    expect(Math.abs(s.value - known.value)).toBeLessThan(1e-11)
    expect(Math.abs(s.cost - known.cost)).toBeLessThan(1e-11)
    expect(Math.abs(s.kl - known.kl)).toBeLessThan(1e-11 * Math.max(1, 1 / epsilon))
    if (known.plan) expect(distance(s.plan().data, known.plan.flat())).toBeLessThan(1e-10)
    if (known.f) {
      const tolerance = Math.max(1e-11, 1e-11 / known.lambda2) * Math.max(1, spread(C))
      expect(distance(s.f, known.f)).toBeLessThan(tolerance)
      expect(distance(s.g, known.g)).toBeLessThan(tolerance)
    }
    const bounds = transportBounds(C, a, b, { ...s, plan: s.plan(), epsilon })
    expect(bounds.lower).toBeLessThanOrEqual(lp + 1e-12)
    expect(bounds.upper).toBeGreaterThanOrEqual(lp - 1e-12)
    expect(Math.abs(bounds.lower - known.lpLower)).toBeLessThan(1e-9 * Math.max(1, spread(C)))
    expect(bounds.gap).toBeGreaterThan(-1e-12)
    expect(bounds.gap).toBeLessThan(1e-9)
  })

  test('is the same for both baselines', () => {
    const { epsilon } = solutions[1]
    const newton = sinkhornNewton(C, a, b, { epsilon, tolerance: 1e-12 })
    for (const domain of ['kernel', 'log'] as const) {
      const s = sinkhorn(C, a, b, { epsilon, domain, tolerance: 1e-12 })
      expect(s.status).toBe('converged')
      expect(distance(s.plan().data, newton.plan().data)).toBeLessThan(1e-10)
      expect(Math.abs(s.value - newton.value)).toBeLessThan(1e-11)
    }
  })
})

describe.each(cases(golden(import.meta.url, 'steps.json')))('steps %i', (_, known) => {
  const { C, a, b, epsilon } = known

  test.each(cases(known.sinkhorn, ({ k }) => k))('Sinkhorn iteration %i', (k, { f, g, rowErrorAfter, dual }) => {
    for (const domain of ['kernel', 'log'] as const) {
      // The golden iterates end with the columns; ours with the rows, so the columns follow by the formula.
      const s = sinkhorn(C, a, b, { epsilon, domain, maxIterations: k, tolerance: 0 })
      const column = (j: number) => {
        const terms = a.map((mass: number, i: number) => mass * Math.exp((s.f[i] - C[i][j]) / epsilon))
        return -epsilon * Math.log(terms.reduce((x: number, y: number) => x + y))
      }
      const G = b.map((_mass: number, j: number) => column(j))
      const shift = s.f[0] - f[0]
      expect(
        distance(
          Array.from(s.f, (v) => v - shift),
          f,
        ),
      ).toBeLessThan(1e-12)
      expect(
        distance(
          G.map((v: number) => v + shift),
          g,
        ),
      ).toBeLessThan(1e-12)
      const at = potential(C, a, b, { f, g, epsilon })
      expect(Math.abs(at.value - dual)).toBeLessThan(1e-13)
      expect(Math.abs(at.gradF.reduce((sum, v) => sum + Math.abs(v), 0) - rowErrorAfter)).toBeLessThan(1e-13)
    }
  })

  test('has the dual, its gradient and the plan at a point', () => {
    const { f, g, dual, gradientF, gradientG, plan } = known.point
    const at = potential(C, a, b, { f, g, epsilon })
    expect(Math.abs(at.value - dual)).toBeLessThan(1e-13)
    expect(distance(at.gradF, gradientF)).toBeLessThan(1e-13)
    expect(distance(at.gradG, gradientG)).toBeLessThan(1e-13)
    expect(distance(at.plan.data, plan.flat())).toBeLessThan(1e-13)
  })

  test('has the Hessian of its docstring, by differences of the gradient', () => {
    const { f, g, plan } = known.point
    const h = 1e-6
    const shifted = (k: number, t: number) =>
      potential(C, a, b, { f: f.map((v: number, i: number) => (i === k ? v + t : v)), g, epsilon })
    for (let k = 0; k < f.length; k++) {
      const [up, down] = [shifted(k, h), shifted(k, -h)]
      const row = plan[k].reduce((x: number, y: number) => x + y)
      expect(Math.abs((up.gradF[k] - down.gradF[k]) / (2 * h) + row / epsilon)).toBeLessThan(1e-6 / epsilon)
      up.gradG.forEach((v, j) =>
        expect(Math.abs((v - down.gradG[j]) / (2 * h) + plan[k][j] / epsilon)).toBeLessThan(1e-6 / epsilon),
      )
    }
  })
})

describe('rounding', () => {
  test.each(golden(import.meta.url, 'rounding.json') as Golden[])(
    'case %#',
    ({ plan, a, b, rounded, l1Change, bound }) => {
      const before = structuredClone(plan)
      const ours = roundPlan(plan, a, b)
      expect(distance(ours.data, rounded.flat())).toBeLessThan(1e-14)
      const change = ours.data.reduce((sum, p, k) => sum + Math.abs(p - plan.flat()[k]), 0)
      expect(Math.abs(change - l1Change)).toBeLessThan(1e-13)
      expect(change).toBeLessThanOrEqual(bound + 1e-14)
      expect(plan).toEqual(before)
    },
  )
})

describe('Sinkhorn divergence', () => {
  test.each(golden(import.meta.url, 'divergence.json') as Golden[])(
    'clouds %#',
    ({ x, y, a, b, metric: name, values }) => {
      const metric = name === 'l1' ? 'cityblock' : name
      for (const { epsilon, ab, divergence, cost } of values) {
        const ours = sinkhornDivergence(x, y, { a, b, metric, epsilon, tolerance: 1e-12 })
        expect(ours.converged).toBe(true)
        expect(Math.abs(ours.divergence - divergence)).toBeLessThan(1e-11)
        const pair = sinkhornNewton(pairwiseCost(x, y, metric), a, b, { epsilon, tolerance: 1e-12 })
        expect(Math.abs(pair.value - ab)).toBeLessThan(1e-11)
        expect(Math.abs(pair.cost - cost)).toBeLessThan(1e-10)
      }
    },
  )
})

describe('images', () => {
  const METRICS = { sq: 'sqeuclidean', l1: 'cityblock', l2: 'euclidean' } as const
  const { mnist, digits8 } = golden(import.meta.url, 'images.json')

  test.each<Golden>([...digits8, ...mnist])('pair %#', ({ side, maxPixel, pixelsI, pixelsJ, results }) => {
    for (const { metric, eta, floor, cost, value, lp } of results) {
      const pair = imagePair(pixelsI, pixelsJ, {
        height: side,
        width: side,
        floor,
        maxPixel,
        metric: METRICS[metric as keyof typeof METRICS],
      })
      const s = sinkhornNewton(pair.cost, pair.a, pair.b, { epsilon: 1 / eta, tolerance: 1e-12 })
      expect(s.status).toBe('converged')
      expect(Math.abs(s.cost - cost)).toBeLessThan(1e-10)
      expect(Math.abs(s.value - value)).toBeLessThan(1e-10)
      expect(s.cost).toBeGreaterThanOrEqual(lp - 1e-12)
    }
  })
})

describe('assignments as regularisation vanishes', () => {
  test.each(golden(import.meta.url, 'assignment.json') as Golden[])(
    'n = $n',
    ({ n, C, assignment, optimum, entropic }) => {
      const masses = new Float64Array(n).fill(1 / n)
      for (const { eta, cost, value, argmaxMatches } of entropic) {
        const s = sinkhornNewton(C, masses, masses, { epsilon: 1 / eta, tolerance: 1e-12 })
        expect(s.status).toBe('converged')
        expect(Math.abs(s.cost - cost)).toBeLessThan(1e-10)
        expect(Math.abs(s.value - value)).toBeLessThan(1e-10)
        const matches = assignment.filter((j: number, i: number) => {
          const row = s.planRow(i)
          return row[j] === Math.max(...row)
        })
        expect(matches.length).toBe(argmaxMatches)
      }
      const last = sinkhornNewton(C, masses, masses, { epsilon: 1 / 120_000, tolerance: 1e-12 })
      expect(Math.abs(last.cost - optimum)).toBeLessThan(1e-6)
      const bounds = transportBounds(C, masses, masses, { ...last, plan: last.plan(), epsilon: 1 / 120_000 })
      expect(bounds.upper - bounds.lower).toBeLessThan(1e-3)
      expect(bounds.lower).toBeLessThanOrEqual(optimum + 1e-12)
      expect(bounds.upper).toBeGreaterThanOrEqual(optimum - 1e-12)
    },
  )
})

test('has a Hessian whose Newton step brings the gradient down', () => {
  const { cost, a, b } = densities1d(4)
  const epsilon = 0.5
  const at = potential(cost, a, b, { f: new Float64Array(4), g: new Float64Array(4), epsilon })
  const hessian = new Matrix(8, 8)
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) {
      const p = at.plan.get(i, j) / epsilon
      hessian.set(i, 4 + j, p)
      hessian.set(4 + j, i, p)
      hessian.set(i, i, hessian.get(i, i) + p)
      hessian.set(4 + j, 4 + j, hessian.get(4 + j, 4 + j) + p)
    }
  const step = solve(hessian, Matrix.columnVector([...at.gradF, ...at.gradG]), true).to1DArray()
  const next = potential(cost, a, b, { f: step.slice(0, 4), g: step.slice(4), epsilon })
  const norm = (v: Float64Array) => Math.sqrt(v.reduce((s, x) => s + x * x, 0))
  expect(norm(next.gradF)).toBeLessThan(norm(at.gradF))
})
