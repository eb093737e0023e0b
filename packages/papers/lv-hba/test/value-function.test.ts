import { random } from '@opt/core'
import { centralDifference, near } from '@opt/testing'
import fc from 'fast-check'
import { bilevelToy, type ConstrainedProblem, gapAndResidual, valueFunction, weightedSvm } from '../src/index.ts'
import { coupled, drawExamples, manySolutions, normals } from './problems.ts'

describe('valueFunction', () => {
  test("is the toy's closed form, over 300 points, parameters and scales", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0.1, max: 30, noNaN: true }),
        fc.double({ min: 0.1, max: 30, noNaN: true }),
        fc.double({ min: 0.5, max: 1000, noNaN: true }),
        (seed, n, gamma1, gamma2, bound) => {
          const rng = random(seed)
          const problem = bilevelToy(n)
          const point = { x: normals(rng, n), y: normals(rng, 2 * n), z: [rng.uniform(-0.4, 0.4)] }
          const parameters = { gamma1, gamma2, bound }
          const exact = problem.exactValue(point, parameters)
          const v = valueFunction(problem, point, parameters)
          near(v.value, exact.value, { absolute: 1e-8, relative: 1e-8 })
          near(v.theta, exact.theta, { absolute: 1e-7, relative: 1e-7 })
          near(v.lambda, [exact.lambda], { absolute: 1e-6, relative: 1e-6 })
        },
      ),
      { numRuns: 300, seed: 1 },
    )
  })

  test.each<[string, ConstrainedProblem, number, number, number]>([
    ['toy', bilevelToy(3), 3, 6, 1],
    ['coupled inequality', coupled, 1, 1, 1],
    ['no constraints', manySolutions, 1, 2, 0],
    ['svm', weightedSvm(drawExamples(random(1), 6, 2), drawExamples(random(2), 5, 2)), 6, 9, 6],
  ])('has the gradient of finite differences: %s', (_, problem, n, m, l) => {
    const rng = random(5)
    const point = { x: normals(rng, n), y: normals(rng, m), z: normals(rng, l).map(Math.abs) }
    const parameters = { gamma1: 3, gamma2: 2, tolerance: 1e-12 }
    const v = valueFunction(problem, point, parameters)
    const h = 1e-4
    for (const [name, given] of [
      ['x', v.gradX],
      ['y', v.gradY],
      ['z', v.gradZ],
    ] as const)
      given.forEach((entry, i) => {
        const slope = centralDifference(() => valueFunction(problem, point, parameters).value, point[name], i, h)
        near(slope, entry, { absolute: 1e-6, relative: 1e-6 })
      })
  })

  test('without constraints is the Moreau envelope', () => {
    // f = a y^2 / 2 has the envelope a y^2 / 2 (1 + a gamma).
    const quadratic: ConstrainedProblem = {
      ...manySolutions,
      lower: {
        value: ([a], [y]) => (a * y * y) / 2,
        gradient([a], [y], gx, gy) {
          gx[0] = (y * y) / 2
          gy[0] = a * y
        },
      },
    }
    for (const gamma1 of [0.1, 1, 50]) {
      const { value, theta, lambda } = valueFunction(quadratic, { x: [2], y: [3] }, { gamma1 })
      near(value, 9 / (1 + 2 * gamma1), { absolute: 1e-9 })
      near(theta, [3 / (1 + 2 * gamma1)], { absolute: 1e-9 })
      expect(lambda).toHaveLength(0)
    }
  })

  test('keeps theta in Y, against a search over a fine grid', () => {
    const boxed: ConstrainedProblem = {
      ...coupled,
      projectLower(y) {
        y[0] = Math.min(1.2, Math.max(-1, y[0]))
      },
    }
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 4, noNaN: true }),
        fc.double({ min: -1, max: 1.2, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.double({ min: 1, max: 6, noNaN: true }),
        (x, y, z, bound) => {
          const start = Math.min(z, bound)
          const v = valueFunction(boxed, { x: [x], y: [y], z: [start] }, { gamma1: 2, gamma2: 1, bound })
          let least = Infinity
          for (let k = 0; k <= 2200; k++) {
            const theta = -1 + k / 1000
            const g = (x + theta - 3) / Math.SQRT2
            const lambda = Math.min(bound, Math.max(0, start + g))
            const psi = lambda * g - ((lambda - start) * (lambda - start)) / 2
            least = Math.min(least, ((theta - x) * (theta - x)) / 2 + ((theta - y) * (theta - y)) / 4 + psi)
          }
          expect(v.theta[0]).toBeGreaterThanOrEqual(-1)
          expect(v.theta[0]).toBeLessThanOrEqual(1.2)
          expect(v.value).toBeLessThanOrEqual(least + 1e-9)
          expect(v.value).toBeGreaterThan(least - 1e-5)
        },
      ),
      { numRuns: 200, seed: 2 },
    )
  })

  test("'converged' is true of theta, and a limit is said", () => {
    const rng = random(4)
    const problem = weightedSvm(drawExamples(rng, 30, 4), drawExamples(rng, 10, 4))
    const point = { x: normals(rng, 30), y: normals(rng, 35), z: new Float64Array(30) }
    const v = valueFunction(problem, point)
    expect(v.status).toBe('converged')
    // The gradient of the inner problem at theta, from its parts.
    const [gx, gy, Jx, Jy, g] = [30, 35, 30, 35, 30].map((n) => new Float64Array(n))
    problem.lower.gradient(point.x, v.theta, gx, gy)
    problem.constraints.value(point.x, v.theta, g)
    near(
      v.lambda,
      g.map((value) => Math.max(0, value)),
      { absolute: 0 },
    )
    problem.constraints.transposed(point.x, v.theta, v.lambda, Jx, Jy)
    const gradient = gy.map((value, j) => value + Jy[j] + (v.theta[j] - point.y[j]) / 10)
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThanOrEqual(1e-10)
    expect(valueFunction(problem, point, { maxIterations: 2 }).status).toBe('max-iterations')
  })
})

describe('gapAndResidual', () => {
  test('the gap is not negative on C x Z, over 500 points', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('toy', 'coupled', 'svm'), (seed, name) => {
        const rng = random(seed)
        const problem =
          name === 'toy'
            ? bilevelToy(2)
            : name === 'coupled'
              ? coupled
              : weightedSvm(drawExamples(rng, 4, 2), drawExamples(rng, 3, 2))
        const [n, m, l] = name === 'toy' ? [2, 4, 1] : name === 'coupled' ? [1, 1, 1] : [4, 7, 4]
        const [x, y, z] = [normals(rng, n, 2), normals(rng, m, 2), normals(rng, l, 2).map(Math.abs)]
        problem.projectJoint!(x, y)
        const { gap, violation } = gapAndResidual(problem, { x, y, z }, 1, { gamma1: 2, gamma2: 0.7 })
        expect(violation).toBeLessThan(1e-12)
        expect(gap).toBeGreaterThan(-1e-9)
      }),
      { numRuns: 500, seed: 3 },
    )
  })

  test('the gap is zero at lower solutions with their multipliers, and not with others', () => {
    const toy = bilevelToy(4)
    const { x, y } = toy.solution
    const multiplier = -Math.sqrt(12)
    near(gapAndResidual(toy, { x, y, z: [multiplier] }, 1).gap, 0, { absolute: 1e-12 })
    expect(gapAndResidual(toy, { x, y, z: [0] }, 1).gap).toBeGreaterThan(0.1)
    near(gapAndResidual(coupled, { x: [2], y: [1], z: [Math.SQRT2] }, 1).gap, 0, { absolute: 1e-12 })
    const rng = random(8)
    const svm = weightedSvm(drawExamples(rng, 20, 3), drawExamples(rng, 8, 3))
    const c = normals(rng, 20)
    const { y: lower, multipliers } = svm.solveLower(c)
    const { gap, violation } = gapAndResidual(svm, { x: c, y: lower, z: multipliers }, 1)
    near(gap, 0, { absolute: 1e-9 })
    expect(violation).toBeLessThan(1e-14)
  })

  test('the residual is what a projected unit step moves', () => {
    // Stationary points of F + c (f - v) for the unconstrained problem: solved by hand with gamma_1 = 1.
    const { residual, upper, lower, value } = gapAndResidual(manySolutions, { x: [0], y: [0, 0] }, 5, { gamma1: 1 })
    near([residual, upper, lower, value], [1, 0.5, 0, 0], { absolute: 1e-12 })
  })
})
