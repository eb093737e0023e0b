import { checkProblem, quadraticBilevel } from '@opt/bilevel'
import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { bilevelToy, type ConstrainedProblem, gapAndResidual, lvHba, stableEta } from '../src/index.ts'
import { coupled, manySolutions, normals } from './problems.ts'

const quiet = { tolerance: 0, history: false } as const

describe('solutions', () => {
  test('an inequality that couples both levels', () => {
    const { x, y, z, violation } = lvHba(
      coupled,
      { x: [0], y: [0] },
      { ...quiet, penalty: { c: 1, p: 0.49 }, maxIterations: 20_000 },
    )
    near(x, [2], { absolute: 5e-3 })
    near(y, [1], { absolute: 5e-3 })
    // The lower level's multiplier is (x - y) / s.
    near(z, [Math.SQRT2], { absolute: 5e-3 })
    expect(violation).toBeLessThanOrEqual(1e-15)
  })

  test('the gap that an answer estimates comes near the gap', () => {
    const options = { penalty: () => 50, maxIterations: 20_000, tolerance: 1e-8, history: false }
    const toy = bilevelToy(2)
    const answer = lvHba(toy, { x: [0, 1], y: [0, 1, 2, 3] }, options)
    const { gap } = gapAndResidual(toy, answer, 50)
    expect(gap).toBeGreaterThan(1e-6)
    near(answer.gapEstimate, gap, { relative: 1e-3 })
  })

  test('no constraints, and a line of lower solutions of which the upper level picks the best', () => {
    const options = { ...quiet, penalty: { c: 1, p: 0.49 }, maxIterations: 20_000 }
    const { x, y, z, lambda } = lvHba(manySolutions, { x: [3], y: [3, -2] }, options)
    near(x, [2 / 3], { absolute: 5e-3 })
    near(y, [1 / 3, 1 / 3], { absolute: 5e-3 })
    expect([z.length, lambda.length]).toEqual([0, 0])
  })

  test('problems of @opt/bilevel: the error is of order 1 / c', () => {
    for (let seed = 0; seed < 4; seed++) {
      const rng = random(seed)
      const rows = (m: number, n: number) => Array.from({ length: m }, () => [...normals(rng, n, 0.5)])
      const A = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 + 0.3 * i : 0.1)))
      const problem = quadraticBilevel({ A, B: rows(3, 2), b: normals(rng, 3), t: normals(rng, 3), rho: 0.5 })
      const best = problem.optimum()
      const errors = [20, 200].map((c) => {
        const start = { x: new Float64Array(2), y: new Float64Array(3) }
        const options = { ...quiet, penalty: () => c, maxIterations: 20_000, eta: 0.3, alpha: 0.2 }
        const { x } = lvHba(problem as ConstrainedProblem, start, options)
        return Math.sqrt(x.reduce((sum, value, i) => sum + (value - best.x[i]) * (value - best.x[i]), 0))
      })
      expect(errors[0] / errors[1]).toBeGreaterThan(5)
      expect(errors[1]).toBeLessThan(0.05)
    }
  })

  test('the toy, at several sizes', () => {
    for (const n of [1, 3, 40]) {
      const problem = bilevelToy(n)
      const start = { x: normals(random(n), n, 3), y: normals(random(n + 1), 2 * n, 3) }
      const { x, upper, violation } = lvHba(problem, start, {
        ...quiet,
        gamma2: 10,
        penalty: { c: 1, p: 0.49 },
        maxIterations: 5000,
      })
      near(x, problem.solution.x, { absolute: 8e-3 })
      near(upper, problem.solution.upper, { relative: 0.03 })
      expect(violation).toBeLessThan(1e-12)
    }
  })
})

describe('stableEta', () => {
  test('steps below it contract towards the saddle point, over 300 random inner problems', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        (seed, gamma1, gamma2, size) => {
          const rng = random(seed)
          const curvatures = Array.from({ length: 3 }, () => rng.uniform(0, 3))
          const row = normals(rng, 3)
          const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
          const a = row.map((value) => (size * value) / length)
          const eta = 0.99 * stableEta({ smoothness: Math.max(...curvatures), jacobian: size, gamma1, gamma2 })
          // An equation, so that nothing is clipped: the map is linear, its fixed point 0.
          const map = (v: number[]) => {
            const [theta, lambda] = [v.slice(0, 3), v[3]]
            const g = theta.reduce((sum, value, j) => sum + value * a[j], 0)
            const next = theta.map((value, j) => value - eta * ((curvatures[j] + 1 / gamma1) * value + a[j] * lambda))
            return [...next, lambda - eta * (-g + lambda / gamma2)]
          }
          const v = [...normals(rng, 4)]
          const square = (w: number[]) => w.reduce((sum, value) => sum + value * value, 0)
          expect(square(map(v))).toBeLessThan(square(v))
        },
      ),
      { numRuns: 300, seed: 4 },
    )
  })

  test('is 2 rho / L^2; the published script takes more, the scaled constraint allows more', () => {
    near(stableEta({ smoothness: 1 }), 0.2 / (2.1 * 2.1), { relative: 1e-15 })
    const toy = { smoothness: 1, gamma1: 10, gamma2: 10 }
    expect(stableEta({ ...toy, jacobian: Math.sqrt(200) })).toBeLessThan(0.01)
    expect(stableEta(toy)).toBeGreaterThan(0.01)
  })
})

describe('status', () => {
  test("'converged' is true of the answer: residual and movement, over 30 runs at a fixed penalty", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 5, 20), (seed, c) => {
        const rng = random(seed)
        const start = { x: normals(rng, 2, 3), y: normals(rng, 4, 3) }
        const problem = bilevelToy(2)
        const options = { penalty: () => c, maxIterations: 50_000, history: false }
        const answer = lvHba(problem, start, { ...options, tolerance: 1e-5 })
        expect(answer.status).toBe('converged')
        expect(gapAndResidual(problem, answer, c).residual).toBeLessThanOrEqual(1e-5)
        const further = lvHba(problem, answer, { ...options, maxIterations: 1, tolerance: 0 })
        near(further.x, answer.x, { absolute: 1e-5 })
        near(further.y, answer.y, { absolute: 1e-5 })
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  test('a movement that stops early does not pass for convergence', () => {
    // Steps so small that nothing seems to move: the residual tells.
    const answer = lvHba(coupled, { x: [0], y: [0] }, { maxIterations: 50, tolerance: 1e-3, alpha: 1e-9 })
    expect(answer.status).toBe('max-iterations')
  })

  test('steps that are too long end as diverged, with the last finite iterate and what to do', () => {
    const answer = lvHba(manySolutions, { x: [1], y: [2, 3] }, { alpha: 100, history: false })
    expect(answer.status).toBe('diverged')
    expect(answer.message).toMatch(/scale g/)
    for (const values of [answer.x, answer.y, answer.theta, answer.lambda, answer.z])
      expect([...values].every(Number.isFinite)).toBe(true)
    const broken: ConstrainedProblem = {
      ...coupled,
      upper: {
        ...coupled.upper,
        gradient(_x, _y, gx, gy) {
          gx.fill(NaN)
          gy.fill(0)
        },
      },
    }
    const stopped = lvHba(broken, { x: [0], y: [0] })
    expect([stopped.status, stopped.k, stopped.x[0]]).toEqual(['diverged', 0, 0])
  })
})

describe('use', () => {
  test('goes on from an answer, through JSON, to the same bits', () => {
    const problem = bilevelToy(3)
    const start = { x: normals(random(1), 3, 2), y: normals(random(2), 6, 2) }
    const whole = lvHba(problem, start, { ...quiet, maxIterations: 100 })
    const half = lvHba(problem, start, { ...quiet, maxIterations: 37 })
    const { x, y, z, theta, lambda, k } = half
    const saved = JSON.parse(
      JSON.stringify({ x: [...x], y: [...y], z: [...z], theta: [...theta], lambda: [...lambda], k }),
    )
    const rest = lvHba(problem, saved, { ...quiet, maxIterations: 63 })
    for (const name of ['x', 'y', 'z', 'theta', 'lambda', 'k', 'penalty', 'upper'] as const)
      expect(rest[name]).toEqual(whole[name])
  })

  test('projects the start, leaves arguments alone, takes strided and frozen arrays', () => {
    const strided = ndarray(new Float64Array([9, 0, 8, 0]), [1], [2], 2)
    const frozen = Object.freeze([4])
    const one = lvHba(coupled, { x: strided, y: frozen }, { ...quiet, maxIterations: 3 })
    expect(one.x).toEqual(lvHba(coupled, { x: [8], y: [4] }, { ...quiet, maxIterations: 3 }).x)
    expect(Array.from(strided.data as Float64Array)).toEqual([9, 0, 8, 0])
    const far = lvHba(coupled, { x: [8], y: [4] }, { ...quiet, maxIterations: 1, alpha: 1e-300 })
    near([...far.x, ...far.y], [3.5, -0.5], { absolute: 1e-12 })
  })

  test('measures gap and residual when asked, and stops when told', async () => {
    const { history } = lvHba(coupled, { x: [0], y: [0] }, { maxIterations: 40, measureEvery: 20 })
    const measured = history.filter(({ measures }) => measures)
    expect(measured.map(({ iteration }) => iteration)).toEqual([20, 40])
    expect(measured[1].measures!.gap).toBeGreaterThanOrEqual(0)
    const controller = new AbortController()
    const aborted = await lvHba.async(
      coupled,
      { x: [0], y: [0] },
      {
        tolerance: 0,
        signal: controller.signal,
        onProgress: ({ iteration }) => iteration === 5 && controller.abort(),
      },
    )
    expect([aborted.status, aborted.k]).toEqual(['aborted', 5])
  })

  test('any penalty as a function; wrong options by name', () => {
    const start = { x: [0], y: [0] }
    const { penalty } = lvHba(coupled, start, { ...quiet, penalty: (k) => Math.sqrt(k + 4), maxIterations: 6 })
    expect(penalty).toBe(3)
    expect(() => lvHba(coupled, start, { penalty: { p: 0.5 } })).toThrow(
      'lvHba: penalty.p must be below 1/2 (for other penalties: a function of k), got 0.5',
    )
    expect(() => lvHba(coupled, start, { penalty: () => 0 })).toThrow(
      'lvHba: penalty(0) must be a positive number, got 0',
    )
    for (const name of ['alpha', 'beta', 'eta', 'gamma1', 'gamma2', 'bound'])
      for (const value of [0, -1, NaN, Infinity])
        expect(() => lvHba(coupled, start, { [name]: value })).toThrow(`lvHba: ${name} must be a positive number`)
    const { projectJoint: _, ...without } = coupled
    expect(() => lvHba(without, start)).toThrow(/lvHba: projectJoint must be given where there are constraints/)
    expect(() => lvHba(coupled, { x: [0], y: [0], z: [1, 2] })).toThrow(
      'lvHba: start.z must be of length 1, got length 2',
    )
    expect(() => lvHba(coupled, { x: [0], y: [0], theta: [1, 2] })).toThrow('lvHba: start.theta must be of length 1')
  })

  test('checkProblem of @opt/bilevel finds a wrong Jacobian', () => {
    expect(checkProblem(coupled as never, [1], [2]).passes).toBe(true)
    expect(checkProblem(bilevelToy(4) as never, normals(random(1), 4), normals(random(2), 8)).passes).toBe(true)
    const wrong: ConstrainedProblem = {
      ...coupled,
      constraints: {
        ...coupled.constraints!,
        transposed(_x, _y, [m], gx, gy) {
          gx[0] = m
          gy[0] = m
        },
      },
    }
    const { summary } = checkProblem(wrong as never, [1], [2])
    expect(summary).toMatch(/constraints.transposed: gx: FAILS/)
  })
})
