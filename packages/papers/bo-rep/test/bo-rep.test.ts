import { hypergradient, type LowerLevel, solveLower, weightedSoftmax } from '@opt/bilevel'
import { Random, random } from '@opt/core'
import { near, vectorBytes } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { boRep, minibatches, refineLower, smoothnessConstants, trackingBound, updateLower } from '../src/index.ts'
import { clouds, distance, drawToy, normals } from './problems.ts'

const quiet = { tolerance: 0, history: false } as const
const gentle = { gamma: 0.3, nu: 0.3, ...quiet }

describe('a step', () => {
  test('has length eta, however steep F is, in 300 runs', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 300, noNaN: true }), (seed, far) => {
        const toy = drawToy(seed)
        const start = { x: [far, -far, far], y: [0, 0, 0] }
        const one = boRep(toy, start, { ...gentle, eta: 0.1, maxIterations: 1 })
        const two = boRep(toy, one, { ...gentle, eta: 0.1, maxIterations: 1 })
        near(distance(two.x, one.x), 0.1, { relative: 1e-6 })
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  test('is the one of the paper, on all data', () => {
    const toy = drawToy(5)
    const [x, y, z, m] = [1, 2, 3, 4].map((seed) => normals(random(seed), 3))
    for (const adjoint of ['new', 'old'] as const)
      for (const normalized of [true, false]) {
        const answer = boRep(toy, { x, y, z, m, k: 1 }, { ...gentle, eta: 0.2, adjoint, normalized, maxIterations: 1 })
        const [Fx, Fy, Hz, mixed] = [0, 1, 2, 3].map(() => new Float64Array(3))
        toy.lower.hvp!(x, y, z, mixed, Hz)
        toy.upper.gradient(x, y, Fx, Fy)
        const nextZ = z.map((value, j) => value - 0.3 * (Hz[j] - Fy[j]))
        if (adjoint === 'new') toy.lower.hvp!(x, y, nextZ, mixed, Hz)
        const nextM = m.map((value, j) => 0.9 * value + 0.1 * (Fx[j] - mixed[j]))
        const size = normalized ? distance(nextM, [0, 0, 0]) : 1
        near(answer.z, nextZ, { relative: 1e-13 })
        near(answer.m, nextM, { relative: 1e-13 })
        near(
          answer.x,
          x.map((value, j) => value - (0.2 * nextM[j]) / size),
          { relative: 1e-9 },
        )
        expect(Array.from(answer.y)).toEqual(Array.from(y))
      }
  })

  test('stands still where nothing depends on x', () => {
    const { lower } = drawToy(1)
    const upper = {
      value: () => 0,
      gradient(_x: Float64Array, _y: Float64Array, gx: Float64Array, gy: Float64Array) {
        gx.fill(0)
        gy.fill(0)
      },
    }
    const answer = boRep({ upper, lower }, { x: [1, 2, 3], y: [0, 0, 0] }, { ...gentle, maxIterations: 5 })
    expect(Array.from(answer.x)).toEqual([1, 2, 3])
  })

  test('survives gradients whose squares over- or underflow', () => {
    for (const scale of [1e250, 1e-250]) {
      const { lower } = drawToy(1)
      const upper = {
        value: () => 0,
        gradient(_x: Float64Array, _y: Float64Array, gx: Float64Array, gy: Float64Array) {
          gx.set([3 * scale, 4 * scale, 0])
          gy.fill(0)
        },
      }
      const { x, m } = boRep({ upper, lower }, { x: [0, 0, 0], y: [0, 0, 0] }, { ...gentle, eta: 1, maxIterations: 1 })
      near(m, [0.3 * scale, 0.4 * scale, 0], { relative: 1e-14, absolute: 0 })
      near(x, scale > 1 ? [-0.6, -0.8, 0] : [-0.3e-240, -0.4e-240, 0], { relative: 1e-12, absolute: 0 })
    }
  })

  test('may follow a schedule', () => {
    const toy = drawToy(3)
    const start = { x: [5, 5, 5], y: [0, 0, 0] }
    const seen: number[] = []
    const eta = (k: number) => {
      seen.push(k)
      return 1 / (k + 1)
    }
    boRep(toy, start, { ...gentle, eta, maxIterations: 4 })
    expect(seen).toEqual([0, 1, 2, 3])
    expect(() => boRep(toy, start, { ...gentle, eta: () => -1 })).toThrow('boRep: eta(0) must be')
  })
})

describe('y', () => {
  test('stays within the tracking bound in 300 runs', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        (seed, eta, period, inner) => {
          const toy = drawToy(seed)
          const gamma = 1 / toy.largest
          let contraction = 1
          for (let t = 0; t < inner; t++) contraction *= 1 - gamma * toy.least
          const bound = trackingBound({ kappa: toy.kappa, contraction, eta, period })
          let state: Parameters<typeof boRep>[1] = { x: [4, -4, 4], y: toy.solution([4, -4, 4]) }
          for (let k = 0; k < 30; k++) {
            const options = { ...gentle, eta, period, inner, gamma, refine: null, maxIterations: 1 }
            const answer = boRep(toy, state, options)
            expect(distance(answer.y, toy.solution(answer.x))).toBeLessThanOrEqual(bound)
            state = answer
          }
        },
      ),
      { numRuns: 300, seed: 2 },
    )
  })

  test('moves by at most the radius in an update, and by less with each epoch of a refinement, in 300 cases', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 1e-3, max: 2, noNaN: true }), (seed, radius) => {
        const { lower, solution } = drawToy(seed)
        const [x, y] = [normals(random(seed), 3), normals(random(seed + 1), 3, 5)]
        const level = lower as LowerLevel<never>
        expect(distance(updateLower(level, x, y, { step: 0.3, steps: 5, radius }), y)).toBeLessThanOrEqual(
          radius * (1 + 1e-12),
        )
        const refined = refineLower(level, x, y, { step: 0.3, steps: 5, radius, epochs: 3 })
        expect(distance(refined, y)).toBeLessThanOrEqual(radius * (1 + Math.SQRT1_2 + 0.5) * (1 + 1e-12))
        const exact = solution(x)
        expect(distance(refined, exact)).toBeLessThan(distance(y, exact))
      }),
      { numRuns: 300, seed: 3 },
    )
  })

  test('is averaged on demand over the points where gradients were taken', () => {
    const level = drawToy(2).lower as LowerLevel<never>
    const [x, y] = [
      [1, 2, 3],
      [3, 0, 1],
    ]
    const points = [0, 1, 2].map((steps) => (steps === 0 ? y : updateLower(level, x, y, { step: 0.3, steps })))
    near(
      updateLower(level, x, y, { step: 0.3, steps: 3, average: true }),
      [0, 1, 2].map((j) => (points[0][j] + points[1][j] + points[2][j]) / 3),
      { relative: 1e-14 },
    )
    near(
      refineLower(level, x, y, { step: 0.3, steps: 3, epochs: 1, radius: Infinity }),
      updateLower(level, x, y, { step: 0.3, steps: 3, average: true }),
      { relative: 1e-14 },
    )
  })

  test('that leaves the numbers is refused', () => {
    const level = drawToy(2).lower as LowerLevel<never>
    expect(() => updateLower(level, [0, 0, 0], [1, 2, 3], { step: 1e200, steps: 10 })).toThrow(
      'updateLower: options.step must be below 2 / L',
    )
  })
})

describe('theory', () => {
  test('Phi of the toy keeps its smoothness constants, in 300 pairs of points', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 8, noNaN: true }), (seed, far) => {
        const toy = drawToy(seed)
        const rng = random(seed)
        const x = normals(rng, 3, far)
        const direction = normals(rng, 3)
        // cosh(u + 1) <= cosh(1) (1 + |sinh u|) + sinh(1) |sinh u|
        const [Lx0, Lx1] = [Math.cosh(1), Math.cosh(1) + Math.sinh(1)]
        const l1 = toy.kappa * toy.least
        const { K0, K1 } = smoothnessConstants({ mu: toy.least, l0: Math.sqrt(3), l1, l2: 0, Lx0, Lx1, Ly0: 1, Ly1: 0 })
        const length = rng.uniform() / (Lx1 * Math.sqrt(1 + toy.kappa * toy.kappa)) / distance(direction, [0, 0, 0])
        const other = x.map((value, j) => value + length * direction[j])
        const [a, b] = [toy.hyperobjective(x).gradient, toy.hyperobjective(other).gradient]
        expect(distance(a, b)).toBeLessThanOrEqual(
          (K0 + K1 * distance(a, [0, 0, 0])) * distance(x, other) * (1 + 1e-9) + 1e-9,
        )
      }),
      { numRuns: 300, seed: 4 },
    )
  })

  test('formulas', () => {
    expect(trackingBound({ kappa: 2, contraction: 0.5, eta: 0.1, period: 3 })).toBeCloseTo(1.2, 14)
    const { K0, K1 } = smoothnessConstants({ mu: 2, l0: 3, l1: 4, l2: 5, Lx0: 6, Lx1: 7, Ly0: 8, Ly1: 9 })
    const speed = Math.sqrt(1 + 4)
    near(K1, 7 * speed, { relative: 1e-15 })
    near(K0, speed * (6 + (7 * 4 * 3) / 2 + 2 * (8 + 9 * 3)) + (speed * 3 * 5 * (2 + 4)) / 4, { relative: 1e-14 })
    expect(() => trackingBound({ kappa: 1, contraction: 1, eta: 1, period: 1 })).toThrow('trackingBound: contraction')
  })
})

describe('minibatches', () => {
  test('are distinct indices in range, reproducible from the state of the generator, in 300 cases', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 25 }), (seed, n, size) => {
        const rng = random(seed)
        const batches = minibatches(rng, { training: n, validation: 2 * n }, size)
        batches.lower()
        const state = rng.state()
        const draw = ({ lower, hvp, upper }: typeof batches) =>
          [lower(), hvp(), upper()].map((b) => Array.from(b as Int32Array))
        const drawn = draw(batches)
        for (const [i, batch] of drawn.entries()) {
          const count = i < 2 ? n : 2 * n
          expect(batch).toHaveLength(Math.min(size, count))
          expect(new Set(batch).size).toBe(batch.length)
          expect(batch.every((k) => k >= 0 && k < count)).toBe(true)
        }
        expect(draw(minibatches(new Random(state), { training: n, validation: 2 * n }, size))).toEqual(drawn)
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  test('draw each index equally often', () => {
    const { lower } = minibatches(random(3), { training: 10, validation: 1 }, 3)
    const counts = new Float64Array(10)
    for (let k = 0; k < 10_000; k++) for (const i of lower() as Int32Array) counts[i]++
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(250)
  })
})

describe('runs', () => {
  const rng = random(11)
  const problem = weightedSoftmax(clouds(rng, 30, 4, 3), clouds(rng, 20, 4, 3))
  const start = { x: new Float64Array(30), y: new Float64Array(12) }

  test('go on from an answer and the state of the generator to the same bits, also through JSON', () => {
    const options = { eta: 0.1, period: 3, ...quiet }
    const counts = { training: 30, validation: 20 }
    for (const first of [1, 2, 3, 7]) {
      const whole = boRep(problem, start, { ...options, batches: minibatches(random(1), counts, 8), maxIterations: 12 })
      const rng = random(1)
      const part = boRep(problem, start, { ...options, batches: minibatches(rng, counts, 8), maxIterations: first })
      const arrays = { x: [...part.x], y: [...part.y], z: [...part.z], m: [...part.m] }
      const saved = JSON.parse(JSON.stringify({ ...arrays, k: part.k, rng: rng.state() }))
      const batches = minibatches(new Random(saved.rng), counts, 8)
      const rest = boRep(problem, saved, { ...options, batches, maxIterations: 12 - first })
      for (const name of ['x', 'y', 'z', 'm'] as const) expect(rest[name]).toEqual(whole[name])
      expect(rest.k).toBe(12)
    }
  })

  test('report progress, and end when asked', async () => {
    const seen: number[] = []
    const options = { maxIterations: 20, measureEvery: 10 }
    const answer = boRep(problem, start, { ...options, onProgress: ({ iteration }) => seen.push(iteration) })
    expect(seen).toHaveLength(20)
    expect(answer.status).toBe('max-iterations')
    const { measures } = answer.history[19]
    const exact = solveLower(problem.lower as LowerLevel<never>, answer.x, answer.y, { tolerance: 1e-10 })
    near(measures!.phi, problem.upper.value(answer.x, exact.y), { relative: 1e-8 })
    near(measures!.distance, distance(answer.y, exact.y), { relative: 1e-6 })
    near(measures!.gradientNorm, distance(hypergradient(problem, answer.x, exact.y).gradient, new Float64Array(30)), {
      relative: 1e-6,
    })
    near(answer.upper, problem.upper.value(answer.x, answer.y), { relative: 1e-14 })
    const controller = new AbortController()
    controller.abort()
    expect(boRep(problem, start, { signal: controller.signal }).status).toBe('aborted')
    expect((await boRep.async(problem, start, { maxIterations: 3 })).iterations).toBe(3)
  })

  test("that say 'converged' have a small exact gradient", () => {
    const ended: string[] = []
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const toy = drawToy(seed)
        const eta = (k: number) => (k < 60 ? 0.1 : 0.1 / (k - 59))
        const answer = boRep(
          toy,
          { x: [2, -2, 2], y: [0, 0, 0] },
          { gamma: 0.3, nu: 0.3, eta, tolerance: 0.05, maxIterations: 600 },
        )
        const { gradient } = toy.hyperobjective(answer.x)
        if (answer.status === 'converged') expect(distance(gradient, [0, 0, 0])).toBeLessThanOrEqual(0.05)
        else expect(answer.status).toBe('max-iterations')
        ended.push(answer.status)
      }),
      { numRuns: 60, seed: 6 },
    )
    expect(ended.filter((status) => status === 'converged').length).toBeGreaterThan(10)
  })

  test('do not take a small momentum for convergence', () => {
    // The adjoint starts at 0 and moves slowly, so that the estimated hypergradient is nearly 0.
    const answer = boRep(problem, start, { nu: 1e-12, tolerance: 1e-6, maxIterations: 5 })
    expect(distance(answer.m, new Float64Array(30))).toBeLessThan(1e-6)
    expect(answer.status).toBe('max-iterations')
    expect(answer.history[4].error).toBeGreaterThan(1e-4)
  })

  test('converge without normalisation', () => {
    const toy = drawToy(8)
    const options = { gamma: 0.3, nu: 0.3, eta: 0.02, normalized: false, tolerance: 1e-8, maxIterations: 5000 }
    const answer = boRep(toy, { x: [1, 0, 1], y: [0, 0, 0] }, options)
    expect(answer.status).toBe('converged')
    expect(distance(toy.hyperobjective(answer.x).gradient, [0, 0, 0])).toBeLessThanOrEqual(1.1e-8)
  })

  test('that diverge return the last finite iterate and say what to do', () => {
    const toy = drawToy(1)
    const answer = boRep(
      toy,
      { x: [1, 1, 1], y: [5, 5, 5] },
      { ...quiet, gamma: 1e9, nu: 0.3, refine: null, maxIterations: 500 },
    )
    expect(answer.status).toBe('diverged')
    expect(answer.message).toMatch(/gamma and nu/)
    for (const values of [answer.x, answer.y, answer.z, answer.m])
      expect(Array.from(values).every(Number.isFinite)).toBe(true)
    const momentum = boRep(toy, { x: [700, 1, 1], y: [0, 0, 0] }, { ...gentle, eta: 1, normalized: false })
    expect(momentum.status).toBe('diverged')
  })

  test('take frozen arrays and strided views, and change none', () => {
    const toy = drawToy(4)
    const x = Object.freeze([1, 2, 3])
    const data = Float64Array.of(9, 3, 9, 2, 9, 1)
    const view = ndarray(data, [3], [-2], 5)
    const options = { ...gentle, maxIterations: 5 }
    const answer = boRep(toy, { x, y: view }, options)
    expect(answer.x).toEqual(boRep(toy, { x: [1, 2, 3], y: [1, 2, 3] }, options).x)
    expect([...data]).toEqual([9, 3, 9, 2, 9, 1])
  })

  test('allocate no vector in a step', () => {
    const batches = minibatches(random(1), { training: 30, validation: 20 }, 8)
    const run = boRep.steps(problem, start, { batches, ...quiet, maxIterations: 1e6 })
    const steps = (count: number) => {
      for (let k = 0; k < count; k++) run.next()
    }
    steps(10)
    expect(vectorBytes(() => steps(100))).toBeLessThanOrEqual(0)
    run.return(undefined as never)
  })
})

describe('bad input', () => {
  const toy = drawToy(1)
  const start = { x: [0, 0, 0], y: [0, 0, 0] }
  test.each<[object, string]>([
    [{ eta: 0 }, 'boRep: eta must be'],
    [{ nu: -1 }, 'boRep: nu must be'],
    [{ gamma: Infinity }, 'boRep: gamma must be'],
    [{ beta: 1 }, 'boRep: beta must be in [0, 1)'],
    [{ period: 0 }, 'boRep: period must be'],
    [{ inner: 1.5 }, 'boRep: inner must be'],
    [{ radius: 0 }, 'boRep: radius must be'],
    [{ refine: { epochs: 0 } }, 'boRep: refine.epochs must be'],
    [{ adjoint: 'other' }, "boRep: adjoint must be 'new' or 'old'"],
    [{ batches: { lower: 1 } }, 'boRep: batches.lower must be'],
  ])('%o', (options, message) => {
    expect(() => boRep(toy, start, options)).toThrow(message)
  })

  test('lengths, and a lower level without products', () => {
    expect(() => boRep(toy, { ...start, z: [0] })).toThrow('boRep: start.z must be of length 3')
    const { hvp, ...lower } = toy.lower
    expect(() => boRep({ ...toy, lower }, start)).toThrow(/boRep: lower.hvp must be a function \(@opt\/lv-hba/)
  })
})
