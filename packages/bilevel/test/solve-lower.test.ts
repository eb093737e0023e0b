import { random } from '@opt/core'
import { golden, near } from '@opt/testing'
import fc from 'fast-check'
import { type LowerLevel, quadraticBilevel, solveLower, weightedLogistic, weightedSoftmax } from '../src/index.ts'
import { drawQuadratic } from './problems.ts'

interface Case {
  X: number[][]
  labels: number[]
  Xv: number[][]
  labelsV: number[]
  classes: number
  mu: number
  temperature: number
  x: number[]
  y: number[]
}
const { cases } = golden<{ cases: Case[] }>(import.meta.url, 'explicit.json')
const withoutProducts = ({ value, gradient }: LowerLevel): LowerLevel => ({ value, gradient })

function errorOf(lower: LowerLevel<never>, x: Float64Array, y: Float64Array): number {
  const [gx, gy] = [new Float64Array(x.length), new Float64Array(y.length)]
  lower.gradient(x, y, gx, gy)
  return Math.max(...gy.map(Math.abs))
}

test.each([0, 1, 2])('finds the minimiser that explicit Newton steps find, with and without products (%i)', (k) => {
  const { X, labels, Xv, labelsV, classes, mu, temperature, x, y } = cases[k]
  const make = classes === 2 ? weightedLogistic : weightedSoftmax
  const problem = make({ inputs: X, labels }, { inputs: Xv, labels: labelsV }, { l2: mu, temperature })
  const start = new Float64Array(y.length)
  const newton = solveLower(problem.lower, x, start)
  expect(newton.status).toBe('converged')
  expect(newton.products).toBeGreaterThan(0)
  near(newton.y, y, { absolute: 1e-8 })
  const quasi = solveLower(withoutProducts(problem.lower), x, start, { tolerance: 1e-9 })
  expect(quasi.status).toBe('converged')
  expect(quasi.products).toBe(0)
  near(quasi.y, y, { absolute: 1e-6 })
})

test("'converged' is true of the answer, over 600 random quadratics of any scale", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: -100, max: 100 }),
      fc.boolean(),
      (seed, m, exponent, products) => {
        const scale = Number(`1e${exponent}`)
        const rng = random(seed)
        const problem = drawQuadratic(rng, { m, n: 3, scale })
        const x = Float64Array.from({ length: 3 }, () => rng.normal())
        const lower = products ? problem.lower : withoutProducts(problem.lower as never)
        const tolerance = 1e-9 * scale
        const { y, status } = solveLower(lower as never, x, new Float64Array(m), { tolerance })
        const error = errorOf(problem.lower as never, x, y)
        if (status === 'converged') expect(error).toBeLessThanOrEqual(tolerance)
        else expect(error).toBeLessThanOrEqual(1e-6 * scale)
        near(y, problem.solution(x), { absolute: 1e-4, relative: 1e-4 })
      },
    ),
    { numRuns: 600, seed: 1 },
  )
})

test('what cannot be solved is not called solved', () => {
  const linear: LowerLevel = {
    value: (_x, y) => y[0],
    gradient: (_x, _y, gx, gy) => {
      gx[0] = 0
      gy[0] = 1
    },
  }
  expect(solveLower(linear, [0], [0]).status).not.toBe('converged')
  const flat: LowerLevel = {
    ...linear,
    hvp(_x, _y, _v, outX, outY) {
      outX.fill(0)
      outY.fill(0)
    },
  }
  expect(solveLower(flat, [0], [0]).status).not.toBe('converged')
  const wrongSign: LowerLevel = {
    value: (_x, y) => y[0] * y[0],
    gradient: (_x, y, gx, gy) => {
      gx[0] = 0
      gy[0] = -2 * y[0]
    },
    hvp: (_x, _y, v, outX, outY) => {
      outX[0] = 0
      outY[0] = 2 * v[0]
    },
  }
  const answer = solveLower(wrongSign, [0], [1])
  expect(answer.status).toBe('stalled')
  expect(answer.message).toContain('no lower point')
})

test('negative curvature at the start leads to a minimum', () => {
  // (y^2 - 1)^2 / 4 + x y, whose curvature at 0.2 is -0.88.
  const lower: LowerLevel = {
    value: ([x], [y]) => (y * y - 1) * (y * y - 1) * 0.25 + x * y,
    gradient: ([x], [y], gx, gy) => {
      gx[0] = y
      gy[0] = (y * y - 1) * y + x
    },
    hvp: (_x, [y], [v], outX, outY) => {
      outX[0] = v
      outY[0] = (3 * y * y - 1) * v
    },
  }
  const { y, status } = solveLower(lower, [0.1], [0.2])
  expect(status).toBe('converged')
  expect(y[0]).toBeCloseTo(0.9456492739, 9)
})

test('starts at the answer, leaves arguments alone, stops when told', () => {
  const rng = random(2)
  const problem = drawQuadratic(rng, { m: 40, n: 2, condition: 1e4 })
  const x = Object.freeze([1, 2])
  const y = problem.solution(x)
  expect(solveLower(problem.lower, x, y, { tolerance: 1e-8 }).iterations).toBe(1)
  expect(Object.isFrozen(x)).toBe(true)
  const lower = withoutProducts(problem.lower as never)
  const few = solveLower(lower, x, new Float64Array(40), { maxIterations: 3 })
  expect([few.status, few.iterations]).toEqual(['max-iterations', 3])
  expect(solveLower(problem.lower, x, new Float64Array(40), { stopWhen: () => true }).status).toBe('stopped')
  const one = quadraticBilevel({ A: [[2]], B: [[1]], b: [0], t: [0] })
  expect(solveLower(one.lower, [0], [0]).status).toBe('converged')
  expect(solveLower(withoutProducts(one.lower as never), [0], [0]).status).toBe('converged')
})
