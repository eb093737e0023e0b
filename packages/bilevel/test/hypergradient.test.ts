import { lbfgs, random } from '@opt/core'
import { golden, near } from '@opt/testing'
import fc from 'fast-check'
import {
  type BilevelProblem,
  hypergradient,
  hyperobjective,
  quadraticBilevel,
  solveLower,
  weightedLogistic,
  weightedSoftmax,
} from '../src/index.ts'
import { drawQuadratic } from './problems.ts'

type Vector = number[]
interface Case {
  X: Vector[]
  labels: Vector
  Xv: Vector[]
  labelsV: Vector
  classes: number
  mu: number
  temperature: number
  x: Vector
  y: Vector
  phi: number
  z: Vector
  gradient: Vector
  hessian: Vector[]
  ridge: number
  tuned: number
}
const { cases } = golden<{ cases: Case[] }>(import.meta.url, 'explicit.json')
const { softmax, quadratic } = golden<{
  softmax: {
    X: Vector[]
    labels: Vector
    Xval: Vector[]
    labelsVal: Vector
    mu: number
    hypergradients: { x: Vector; phi: number; gradient: Vector; y: Vector; z: Vector }[]
  }
  quadratic: {
    A: Vector[][]
    B: Vector[][]
    b: Vector[]
    t: Vector[]
    rho: number
    hypergradients: { x: Vector; phi: number; gradient: Vector }[]
  }
}>(import.meta.url, 'oracles.json')

function cleaning({ X, labels, Xv, labelsV, classes, mu, temperature }: Case) {
  const make = classes === 2 ? weightedLogistic : weightedSoftmax
  return make({ inputs: X, labels }, { inputs: Xv, labels: labelsV }, { l2: mu, temperature })
}

/** The problem with more lower variables, whose solution is 0, so many that the Hessian is not factorised. */
function padded({ upper, lower }: BilevelProblem<never>, m: number): BilevelProblem {
  const head = (y: Float64Array) => y.subarray(0, m)
  const tail = (y: Float64Array) => y.subarray(m)
  return {
    upper: {
      value: (x, y) => upper.value(x, head(y)),
      gradient(x, y, gx, gy) {
        upper.gradient(x, head(y), gx, head(gy))
        tail(gy).fill(0)
      },
    },
    lower: {
      value: (x, y) => lower.value(x, head(y)) + tail(y).reduce((sum, value) => sum + value * value, 0),
      gradient(x, y, gx, gy) {
        lower.gradient(x, head(y), gx, head(gy))
        tail(gy).set(tail(y).map((value) => 2 * value))
      },
      hvp(x, y, v, outX, outY) {
        lower.hvp!(x, head(y), head(v), outX, head(outY))
        tail(outY).set(tail(v).map((value) => 2 * value))
      },
    },
  }
}

test.each([0, 1, 2])('agrees with explicit matrices: adjoint, gradient, Hessian (%i)', (k) => {
  const one = cases[k]
  const problem = cleaning(one)
  const { gradient, adjoint, status, residual, lowerError } = hypergradient(problem, one.x, one.y)
  expect(status).toBe('converged')
  expect(residual).toBeLessThanOrEqual(1e-10)
  expect(lowerError).toBeLessThan(1e-12)
  near(adjoint, one.z, { absolute: 1e-10 })
  near(gradient, one.gradient, { absolute: 1e-11 })
  near(problem.upper.value(Float64Array.from(one.x), Float64Array.from(one.y)), one.phi, { absolute: 1e-12 })
  const large = padded(problem as never, one.y.length)
  const padding = hypergradient(large, one.x, [...one.y, ...new Float64Array(250)])
  expect(padding.status).toBe('converged')
  near(padding.gradient, one.gradient, { absolute: 1e-9 })
})

test.each([0, 1, 2])('agrees with the hypergradients of softmax regression in numpy (%i)', (k) => {
  const { X, labels, Xval, labelsVal, mu, hypergradients } = softmax
  const problem = weightedSoftmax({ inputs: X, labels }, { inputs: Xval, labels: labelsVal }, { l2: mu, classes: 3 })
  const { x, phi, gradient, y, z } = hypergradients[k]
  const lower = solveLower(problem.lower, x, new Float64Array(12), { tolerance: 1e-12 })
  near(lower.y, y, { absolute: 1e-8 })
  const found = hypergradient(problem, x, lower.y)
  near(found.adjoint, z, { absolute: 1e-8 })
  near(found.gradient, gradient, { absolute: 1e-8 })
  near(problem.upper.value(Float64Array.from(x), lower.y), phi, { absolute: 1e-8 })
})

test('the mean over blocks of their hypergradients is that of a multi-block problem in numpy', () => {
  const { A, B, b, t, rho, hypergradients } = quadratic
  for (const { x, phi, gradient } of hypergradients) {
    const mean = new Float64Array(3)
    let value = 0
    for (let i = 0; i < 4; i++) {
      const block = quadraticBilevel({ A: A[i], B: B[i], b: b[i], t: t[i], rho })
      const found = hypergradient(block, x, block.solution(x))
      for (let j = 0; j < 3; j++) mean[j] += found.gradient[j] / 4
      value += block.hyperobjective(x).value / 4
    }
    near(mean, gradient, { absolute: 1e-10 })
    near(value, phi, { absolute: 1e-10 })
  }
})

test('is the closed form over 1,000 random quadratics, factorised and by conjugate gradients', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: -60, max: 60 }),
      (seed, m, n, exponent) => {
        const rng = random(seed)
        const problem = drawQuadratic(rng, { m, n, scale: Number(`1e${exponent}`), condition: 100 })
        const x = Float64Array.from({ length: n }, () => rng.normal())
        const y = problem.solution(x)
        const expected = problem.hyperobjective(x)
        const dense = hypergradient(problem, x, y)
        expect(dense.status).toBe('converged')
        near(dense.gradient, expected.gradient, { absolute: 1e-9, relative: 1e-9 })
        if (seed % 20 !== 0) return
        const large = hypergradient(padded(problem as never, m), x, [...y, ...new Float64Array(200)])
        if (exponent === 0) expect(large.status).toBe('converged')
        if (large.status === 'converged') near(large.gradient, expected.gradient, { absolute: 1e-7, relative: 1e-7 })
      },
    ),
    { numRuns: 1000, seed: 2 },
  )
})

test('a singular Hessian is solved where the system has a solution, and reported where not', () => {
  const problem = (gy1: number): BilevelProblem => ({
    upper: {
      value: () => 0,
      gradient(_x, _y, gx, gy) {
        gx[0] = 1
        gy.set([1, gy1])
      },
    },
    lower: {
      value: () => 0,
      gradient(_x, _y, gx, gy) {
        gx.fill(0)
        gy.fill(0)
      },
      hvp(_x, _y, v, outX, outY) {
        outX[0] = v[0]
        outY.set([2 * v[0], 0])
      },
    },
  })
  const solvable = hypergradient(problem(0), [0], [0, 0])
  expect(solvable.status).toBe('converged')
  near(solvable.gradient, [0.5], { absolute: 1e-14 })
  const unsolvable = hypergradient(problem(1), [0], [0, 0])
  expect(unsolvable.status).toBe('stalled')
  expect(unsolvable.residual).toBeGreaterThan(0.1)
})

test('without products the error names a method that needs none', () => {
  const { upper, lower } = drawQuadratic(random(1), { m: 2, n: 2 })
  const { value, gradient } = lower
  expect(() => hypergradient({ upper, lower: { value, gradient } }, [0, 0], [0, 0])).toThrow(
    /hypergradient: .*@opt\/lv-hba/,
  )
})

test("an adjoint from nearby saves products, and 'converged' is recomputed from it", () => {
  const problem = padded(drawQuadratic(random(3), { m: 150, n: 4, condition: 1e3 }) as never, 150)
  const x = new Float64Array(4).fill(0.3)
  const y = new Float64Array(250)
  const first = hypergradient(problem, x, y)
  const again = hypergradient(problem, x, y, { adjoint: first.adjoint })
  expect(again.products).toBeLessThan(first.products / 3)
  const [out, gx, gy, outX] = [new Float64Array(250), new Float64Array(4), new Float64Array(250), new Float64Array(4)]
  problem.lower.hvp!(x, y, first.adjoint, outX, out)
  problem.upper.gradient(x, y, gx, gy)
  const square = (v: Float64Array) => v.reduce((sum, value) => sum + value * value, 0)
  expect(Math.sqrt(square(out.map((value, i) => gy[i] - value)) / square(gy))).toBeLessThanOrEqual(1e-10)
})

test.each([0, 1, 2])('L-BFGS on Phi finds the minimum that scipy finds with explicit matrices (%i)', (k) => {
  const one = cases[k]
  const { ridge, tuned, x, y } = one
  const phi = hyperobjective(cleaning(one), new Float64Array(y.length), { tolerance: 1e-10 })
  const { value, status } = lbfgs(
    (at, gradient) => {
      let sum = phi.evaluate(at, gradient)
      for (let i = 0; i < at.length; i++) {
        sum += (ridge / 2) * at[i] * at[i]
        gradient[i] += ridge * at[i]
      }
      return sum
    },
    new Float64Array(x.length),
    { tolerance: 1e-8 },
  )
  expect(status).toBe('converged')
  near(value, tuned, { absolute: 1e-9 })
  expect(phi.y()).toHaveLength(y.length)
})

test('a lower level that cannot be solved ends a run in the name of its function', () => {
  const problem = drawQuadratic(random(3), { m: 30, n: 2, condition: 1e6 })
  const phi = hyperobjective(problem, new Float64Array(30), { maxIterations: 1, tolerance: 1e-15 })
  expect(() => phi.evaluate(new Float64Array(2), new Float64Array(2))).toThrow(/^hyperobjective: solveLower: stopped/)
})

test('the optimum of a quadratic problem has no gradient', () => {
  for (let seed = 0; seed < 20; seed++) {
    const problem = drawQuadratic(random(seed), { m: 6, n: 4, condition: 5 })
    const { x, y, value } = problem.optimum()
    const at = problem.hyperobjective(x)
    near(at.gradient, new Float64Array(4), { absolute: 1e-10 })
    near(y, problem.solution(x), { absolute: 1e-12 })
    expect(at.value).toBe(value)
  }
  const wide = drawQuadratic(random(1), { m: 2, n: 4, rho: 0 })
  expect(() => wide.optimum()).toThrow('quadraticBilevel: rho must be positive for a unique optimum')
})
