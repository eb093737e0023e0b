import { checkProblem } from '@opt/bilevel'
import { random } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import { centralDifference, near } from '@opt/testing'
import fc from 'fast-check'
import {
  blockSampler,
  bsvrb,
  measure,
  msvr,
  msvrGamma,
  projectSpectrum,
  quadraticBlocks,
  recordSampler,
  replaySampler,
  soba,
  stableTau,
  temperatureLogistic,
} from '../src/index.ts'
import { clouds, drawQuadratic, zeros } from './problems.ts'
import { reference } from './reference.ts'

const seeds = fc.integer({ min: 0, max: 1_000_000 })
const sizes = fc.record({
  m: fc.integer({ min: 1, max: 6 }),
  x: fc.integer({ min: 1, max: 4 }),
  y: fc.integer({ min: 1, max: 4 }),
})
const vectorOf = (n: number, seed: number) => {
  const rng = random(seed)
  return Float64Array.from({ length: n }, () => rng.normal())
}

describe('bsvrb', () => {
  const options = fc.record({
    version: fc.constantFrom<1 | 2>(1, 2),
    updates: fc.constantFrom<'all' | 'sampled'>('all', 'sampled'),
    alpha: fc.double({ min: 0.05, max: 1, noNaN: true }),
    beta: fc.double({ min: 0.05, max: 1, noNaN: true }),
    tau: fc.double({ min: 0.001, max: 0.02, noNaN: true }),
    tauV: fc.double({ min: 0.001, max: 0.02, noNaN: true }),
    eta: fc.double({ min: 0.001, max: 0.02, noNaN: true }),
    radius: fc.constantFrom(0.05, 0.5, 50),
    steps: fc.integer({ min: 1, max: 12 }),
  })

  test('does what the algorithm says, word by word', () => {
    fc.assert(
      fc.property(seeds, sizes, options, fc.integer({ min: 1, max: 6 }), (seed, size, given, I) => {
        const rng = random(seed)
        const problem = drawQuadratic(rng, size)
        const x = vectorOf(size.x, seed + 1)
        const y = Array.from({ length: size.m }, (_, i) => vectorOf(size.y, seed + 2 + i))
        const sampler = recordSampler(problem.noise({ blocksPerStep: Math.min(I, size.m), seed, deviation: 0.3 }))
        const { steps, ...rest } = given
        const limits = { maxIterations: steps, tolerance: 0 }
        const answer = bsvrb(problem, { x, y }, { ...rest, ...limits, eigenvalues: [0.9, 3], sampler })
        const start = { x: [...x], y: y.map((row) => [...row]) }
        const expected = reference(problem, start, replaySampler(sampler.recording), { ...given, bounds: [0.9, 3] })
        near(answer.x, expected.x, { absolute: 1e-9, relative: 1e-9, label: 'x' })
        near(answer.y, expected.y, { absolute: 1e-9, relative: 1e-9, label: 'y' })
        near(answer.state.z, expected.z, { absolute: 1e-8, relative: 1e-8, label: 'z' })
        near(answer.state.s, expected.s.flat(), { absolute: 1e-8, relative: 1e-8, label: 's' })
      }),
      { seed: 1, numRuns: 250 },
    )
  })

  test("'converged' is true: the closed-form gradient is as small, and x is the optimum", () => {
    let converged = 0
    fc.assert(
      fc.property(seeds, sizes, fc.constantFrom<1 | 2>(1, 2), (seed, size, version) => {
        const problem = drawQuadratic(random(seed), size)
        const start = { x: new Float64Array(size.x), y: zeros(size.m, size.y) }
        const tolerance = 1e-7
        const { x, y, status } = bsvrb(problem, start, {
          version,
          eigenvalues: [1, Infinity],
          blocksPerStep: size.m,
          eta: 0.02,
          tolerance,
          maxIterations: 4000,
        })
        const { gradient } = problem.hyperobjective(x)
        if (status === 'converged')
          expect(Math.sqrt(gradient.reduce((sum, v) => sum + v * v, 0))).toBeLessThanOrEqual(1.001 * tolerance)
        expect(['converged', 'max-iterations', 'diverged']).toContain(status)
        if (status !== 'converged') return
        converged++
        near(x, problem.optimum().x, { absolute: 1e-5 })
        near(y, problem.solution(x), { absolute: 1e-4 })
      }),
      { seed: 2, numRuns: 40 },
    )
    expect(converged).toBeGreaterThan(20)
  })

  test('without noise, both versions go to the same optimum when blocks are sampled', () => {
    const problem = drawQuadratic(random(5), { m: 6, x: 3, y: 2 })
    for (const version of [1, 2] as const) {
      const { x } = bsvrb(
        problem,
        { x: [1, 1, 1], y: zeros(6, 2) },
        {
          version,
          eigenvalues: [1, Infinity],
          blocksPerStep: 3,
          alpha: 0.1,
          beta: 0.02,
          tau: 0.02,
          eta: (k) => (k < 4000 ? 0.02 : 0.002),
          maxIterations: 8000,
          tolerance: 0,
        },
      )
      near(x, problem.optimum().x, { absolute: 3e-2, label: `version ${version}` })
    }
  })

  test('the first z of version 1 at the lower solutions is the gradient of Phi', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, size) => {
        const problem = drawQuadratic(random(seed), size)
        const x = vectorOf(size.x, seed)
        const eigenvalues = [0.5, Infinity] as const
        // With beta = 1, z is the mean of the sampled blocks.
        const all = bsvrb(
          problem,
          { x, y: problem.solution(x) },
          { version: 1, eigenvalues, maxIterations: 1, beta: 1, tau: 1e-300, blocksPerStep: size.m },
        )
        near(all.state.z, problem.hyperobjective(x).gradient, { absolute: 1e-9, relative: 1e-9 })
      }),
      { seed: 3, numRuns: 60 },
    )
  })

  test('a block is a plain object; a list of blocks is a problem, and a problem may lack its Hessian', () => {
    const problem = drawQuadratic(random(8), { m: 3, x: 2, y: 2 })
    const run = (given: Parameters<typeof bsvrb>[0]) =>
      bsvrb(given, { x: [1, 2], y: zeros(3, 2) }, { version: 1, eigenvalues: [0.5, 9], maxIterations: 20 }).x
    const list = [0, 1, 2].map((i) => problem.block(i))
    const bare = list.map(({ upper, lower }) => ({
      upper: { value: upper.value, gradient: upper.gradient },
      lower: { value: lower.value, gradient: lower.gradient, hvp: lower.hvp! },
    }))
    expect(run(list)).toEqual(run(problem))
    expect(run({ blocks: 3, block: (i) => bare[i] })).toEqual(run(problem))
  })

  test('wild scales end in an honest status, with a finite iterate', () => {
    for (const scale of [1e-300, 1e-150, 1e150, 1e300]) {
      const problem = drawQuadratic(random(3), { m: 4, x: 2, y: 2 })
      const answer = bsvrb(problem, { x: [scale, -scale], y: zeros(4, 2) }, { maxIterations: 300, tolerance: 1e-8 })
      expect([...answer.x, ...answer.y.flatMap((row) => [...row])].every(Number.isFinite)).toBe(true)
      expect(['max-iterations', 'diverged', 'converged']).toContain(answer.status)
    }
  })

  test('a run that diverges names gamma and m / I and keeps the last finite iterate', () => {
    const problem = drawQuadratic(random(2), { m: 20, x: 3, y: 3 })
    const options = { blocksPerStep: 1, tau: 0.5, eta: 0.5, maxIterations: 5000, tolerance: 0, history: false }
    for (const version of [1, 2] as const) {
      const start = { x: [1, 1, 1], y: zeros(20, 3) }
      const answer = bsvrb(problem, start, { ...options, version, eigenvalues: [1, 10], radius: Infinity })
      expect(answer.status).toBe('diverged')
      expect(answer.message).toMatch(
        /gamma = 38\.5 and m \/ I = 20, y_i is stable where the curvature of g_i is below 0\.069/,
      )
      expect(answer.x.every(Number.isFinite)).toBe(true)
    }
    const { status, x, message } = soba(problem, { x: [1, 1, 1], y: zeros(20, 3) }, { ...options, tau: 10 })
    expect([status, x.every(Number.isFinite)]).toEqual(['diverged', true])
    expect(message).toMatch('halve tau')
  })
})

describe('soba', () => {
  test('is the three recursions', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, size) => {
        const problem = drawQuadratic(random(seed), size)
        const x0 = vectorOf(size.x, seed)
        const [tau, tauV, eta, beta] = [0.05, 0.03, 0.02, 0.4]
        const I = Math.max(1, size.m - 1)
        const sampler = recordSampler(problem.noise({ blocksPerStep: I, seed }))
        const answer = soba(
          problem,
          { x: x0, y: zeros(size.m, size.y) },
          { sampler, tau, tauV, eta, beta, maxIterations: 5, tolerance: 0 },
        )
        const [x, z] = [x0.slice(), new Float64Array(size.x)]
        const [y, v] = [zeros(size.m, size.y), zeros(size.m, size.y)]
        const { blocks, samples } = sampler.recording
        blocks.forEach((chosen, k) => {
          const G = new Float64Array(size.x)
          Array.from(chosen).forEach((i, p) => {
            const { upper, lower } = problem.block(i)
            const q = samples[k * I + p]!
            const [gx, cross, fx] = zeros(3, size.x)
            const [gy, Hv, fy] = zeros(3, size.y)
            lower.gradient(x, y[i], gx, gy, q.lower)
            lower.hvp!(x, y[i], v[i], cross, Hv, q.lower)
            upper.gradient(x, y[i], fx, fy, q.upper)
            for (let j = 0; j < size.y; j++) y[i][j] -= tau * gy[j]
            for (let j = 0; j < size.y; j++) v[i][j] -= tauV * (Hv[j] - fy[j])
            for (let j = 0; j < size.x; j++) G[j] += (fx[j] - cross[j]) / I
          })
          for (let j = 0; j < size.x; j++) z[j] = (1 - beta) * z[j] + beta * G[j]
          for (let j = 0; j < size.x; j++) x[j] -= eta * z[j]
        })
        near([answer.x, answer.z], [x, z], { absolute: 1e-12, relative: 1e-12 })
        near([...answer.y, ...answer.v], [...y, ...v], { absolute: 1e-12, relative: 1e-12 })
      }),
      { seed: 4, numRuns: 100 },
    )
  })

  test('goes on from its answer to the same bits, and converges without noise', () => {
    const problem = drawQuadratic(random(11), { m: 3, x: 2, y: 2 })
    const options = { blocksPerStep: 3, eta: 0.05, beta: 1, tolerance: 1e-7 }
    const start = { x: [3, 3], y: zeros(3, 2) }
    const whole = soba(problem, start, { ...options, maxIterations: 5000 })
    expect(whole.status).toBe('converged')
    near(whole.x, problem.optimum().x, { absolute: 1e-5 })
    const half = soba(problem, start, { ...options, maxIterations: 50 })
    expect(soba(problem, half, { ...options, maxIterations: 5000 }).x).toEqual(whole.x)
  })
})

describe('estimates', () => {
  test('msvr moves the sampled estimate only, as the formula says', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), (seed, m, d) => {
        const rng = random(seed)
        const [alpha, gamma] = [rng.uniform(0.01, 1), rng.uniform(0, 9)]
        const estimator = msvr(m, d, { alpha, gamma })
        const expected = zeros(m, d)
        for (let k = 0; k < 10; k++) {
          const i = rng.integer(0, m)
          const [now, previous] = [vectorOf(d, seed + k), vectorOf(d, seed - k)]
          estimator.update(i, now, previous)
          expected[i] = expected[i].map((s, j) => (1 - alpha) * s + (alpha + gamma) * now[j] - gamma * previous[j])
        }
        near([...estimator.values], expected, { absolute: 1e-12, relative: 1e-12 })
      }),
      { seed: 5, numRuns: 200 },
    )
  })

  test('msvr follows what moves: exact for values that move at a constant rate, if blocks come in turn', () => {
    const [m, alpha] = [5, 0.2]
    const estimator = msvr(m, 1, { alpha, gamma: msvrGamma(m, 1, alpha) })
    const at = (i: number, k: number) => [i + 0.1 * k]
    for (let i = 0; i < m; i++) estimator.set(i, at(i, 0))
    for (let k = 1; k <= 1000; k++) estimator.update(k % m, at(k % m, k), at(k % m, k - 1))
    // Without gamma, an estimate is late by (1 - alpha) / alpha visits, 20 steps.
    for (let i = 0; i < m; i++) expect(Math.abs(estimator.values[i][0] - at(i, 1000)[0])).toBeLessThan(1)
  })

  test('stableTau is where y_i stops to come to rest, for blocks in turn', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.constantFrom(undefined, 0, 1, 3),
        (m, alpha, gamma) => {
          const L = 1.7
          const parts = { A: [[L]], B: [[0]], b: [0], t: [0], rho: 1 }
          const problem = quadraticBlocks(Array.from({ length: m }, () => parts))
          const size = (tau: number) => {
            let k = 0
            const sampler = { blocksPerStep: 1, blocks: () => [k++ % m], sample: () => undefined }
            const options = {
              sampler,
              alpha,
              tau,
              gamma: gamma ?? ('msvr' as const),
              maxIterations: 400 * m,
              tolerance: 0,
            }
            const { y } = bsvrb(
              problem,
              { x: [1], y: zeros(m, 1).map((row) => row.fill(1)) },
              { ...options, history: false },
            )
            return Math.max(...y.map(([value]) => Math.abs(value)))
          }
          const tau = stableTau(m, 1, alpha, L, gamma)
          expect(size(0.95 * tau)).toBeLessThan(0.1)
          expect(size(1.05 * tau)).toBeGreaterThan(10)
        },
      ),
      { seed: 10, numRuns: 40 },
    )
    expect(stableTau(5, 5, 0.3, 4)).toBeCloseTo(0.5, 15)
  })

  test('gamma is 1 - alpha if all blocks are sampled, and 0 for alpha = 1', () => {
    expect(msvrGamma(7, 7, 0.25)).toBe(0.75)
    expect(msvrGamma(7, 2, 1)).toBe(0)
    expect(msvrGamma(10, 5, 0.9)).toBeCloseTo(10.1, 12)
  })

  test('projectSpectrum clips the eigenvalues of the symmetric part and nothing is nearer', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, n) => {
        const rng = random(seed)
        const draw = () => Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()))
        const [least, most] = [rng.uniform(-1, 1), rng.uniform(1, 3)]
        const H = draw()
        const P = projectSpectrum(H, least, most)
        const entry = (i: number, j: number) => P.get(i, j)
        for (const value of symmetricEigen(P, { vectors: false }).values) {
          expect(value).toBeGreaterThan(least - 1e-12)
          expect(value).toBeLessThan(most + 1e-12)
        }
        const distance = (at: (i: number, j: number) => number) =>
          H.reduce((sum, row, i) => sum + row.reduce((s, value, j) => s + (value - at(i, j)) ** 2, 0), 0)
        const other = projectSpectrum(draw(), least, most)
        for (const t of [1, 0.1, 0.001]) {
          const between = (i: number, j: number) => entry(i, j) + t * (other.get(i, j) - entry(i, j))
          expect(distance(between)).toBeGreaterThanOrEqual(distance(entry) - 1e-12)
        }
        // What is inside stays, to rounding.
        near(projectSpectrum(P, least - 0.1, most + 0.1).data, P.data, { absolute: 1e-14 })
        near(projectSpectrum(P, least, most).data, P.data, { absolute: 1e-12 })
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})

describe('samplers', () => {
  test('draw different blocks and examples, replay to the same, and go on from a state', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 }), (seed, m, B) => {
        const rng = random(seed)
        const I = rng.integer(1, m + 1)
        const lower = Array.from({ length: m }, () => rng.integer(1, 15))
        const options = { blocks: m, blocksPerStep: I, examples: { lower, upper: 10 }, batchSize: B, seed }
        const sampler = blockSampler(options)
        const recorded = recordSampler(blockSampler(options))
        const distinct = (list: ArrayLike<number>, below: number) => {
          expect(new Set(Array.from(list)).size).toBe(list.length)
          for (const i of Array.from(list)) expect(i >= 0 && i < below && i % 1 === 0).toBe(true)
        }
        for (let k = 0; k < 5; k++) {
          const chosen = Array.from(sampler.blocks())
          expect(Array.from(recorded.blocks())).toEqual(chosen)
          expect(chosen).toHaveLength(I)
          distinct(chosen, m)
          for (const i of chosen) {
            const sample = structuredClone(sampler.sample(i))!
            expect(recorded.sample(i)).toEqual(sample)
            expect(sample.lower).toHaveLength(Math.min(B, lower[i]))
            expect(sample.upper).toHaveLength(Math.min(B, 10))
            distinct(sample.lower!, lower[i])
            distinct(sample.upper!, 10)
          }
        }
        const replay = replaySampler(recorded.recording)
        for (const step of recorded.recording.blocks) expect(Array.from(replay.blocks())).toEqual(Array.from(step))
        expect(() => replay.blocks()).toThrow('replaySampler: recording.blocks must be longer')
        const other = blockSampler({ ...options, seed: seed + 1 })
        other.load(JSON.parse(JSON.stringify(sampler.state())))
        expect(Array.from(other.blocks())).toEqual(Array.from(sampler.blocks()))
      }),
      { seed: 7, numRuns: 60 },
    )
  })

  test('each block is as likely as the others', () => {
    const sampler = blockSampler({ blocks: 6, blocksPerStep: 4, seed: 3 })
    const counts = new Float64Array(6)
    for (let k = 0; k < 6000; k++) for (const i of Array.from(sampler.blocks())) counts[i]++
    for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(5 * Math.sqrt(6000 * (4 / 6) * (2 / 6)))
  })

  test('without examples or a batch size, a block is given all data', () => {
    expect(blockSampler({ blocks: 3 }).blocksPerStep).toBe(2)
    expect(blockSampler({ blocks: 9 }).blocksPerStep).toBe(5)
    expect(blockSampler({ blocks: 1 }).blocksPerStep).toBe(1)
    expect(blockSampler({ blocks: 3, examples: { lower: 5 } }).sample(0)).toEqual({})
    expect(blockSampler({ blocks: 3, batchSize: 5, examples: { lower: 8 } }).sample(0)!.upper).toBeUndefined()
  })
})

describe('problems and measures', () => {
  test('all derivatives are those of differences', () => {
    const rng = random(4)
    const quadratic = drawQuadratic(rng, { m: 2, x: 3, y: 2 })
    const logistic = temperatureLogistic(clouds(rng, 12), clouds(rng, 8), [0.5, 2], { l2: 0.1 })
    for (const i of [0, 1]) {
      expect(checkProblem(quadratic.block(i), vectorOf(3, i), vectorOf(2, i)).summary).not.toMatch('FAILS')
      const batches = { lowerBatch: [1, 5, 7], upperBatch: [0, 2] }
      expect(checkProblem(logistic.block(i), vectorOf(12, i), vectorOf(3, i), batches).summary).not.toMatch('FAILS')
    }
  })

  test('measure is the closed form, and its gradient that of differences', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, size) => {
        const problem = drawQuadratic(random(seed), size)
        const [x, y] = [vectorOf(size.x, seed), zeros(size.m, size.y)]
        const exact = problem.hyperobjective(x)
        const { phi, gradient, gradientNorm, solutions, tracking } = measure(problem, x, y)
        const close = { absolute: 1e-8, relative: 1e-8 }
        near([phi, ...gradient], [exact.value, ...exact.gradient], close)
        near(solutions, problem.solution(x), close)
        near(gradientNorm, Math.sqrt(gradient.reduce((sum, v) => sum + v * v, 0)), close)
        const squares = solutions.flatMap((row) => [...row]).reduce((sum, v) => sum + v * v, 0)
        near(tracking, Math.sqrt(squares / size.m), close)
      }),
      { seed: 8, numRuns: 100 },
    )
    const rng = random(9)
    const logistic = temperatureLogistic(clouds(rng, 10), clouds(rng, 8), [0.5, 2], { l2: 0.1 })
    const x = vectorOf(10, 1)
    const { gradient } = measure(logistic, x, zeros(2, 3))
    const phi = (x: Float64Array) => measure(logistic, x, zeros(2, 3)).phi
    for (let j = 0; j < 10; j++) near(gradient[j], centralDifference(phi, x, j, 1e-4), { absolute: 1e-8 })
  })

  test('the optimum of quadratic blocks is one, and needs no rho where it is unique', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, size) => {
        const problem = drawQuadratic(random(seed), size)
        const { x, value } = problem.optimum()
        near(problem.hyperobjective(x).gradient, new Float64Array(size.x), { absolute: 1e-9 })
        const near1 = x.map((entry, j) => entry + 0.01 * vectorOf(size.x, seed)[j])
        expect(problem.hyperobjective(near1).value).toBeGreaterThanOrEqual(value)
      }),
      { seed: 9, numRuns: 100 },
    )
  })

  test('shared weights find labels that are wrong', () => {
    const rng = random(6)
    const [training, validation] = [clouds(rng, 70), clouds(rng, 40)]
    const clean = { ...validation, labels: validation.labels.map((label, i) => (i % 7 === 3 ? -label : label)) }
    const problem = temperatureLogistic(training, clean, [0.5, 1, 2], { l2: 0.05 })
    const { x } = bsvrb(
      problem,
      { x: new Float64Array(70), y: zeros(3, 3) },
      { eta: 5, tau: 0.3, maxIterations: 500, tolerance: 0 },
    )
    const suspects = problem.suspects(x)
    const found = Array.from(suspects.subarray(0, 20)).filter((i) => i % 7 === 3)
    expect(found.length).toBeGreaterThanOrEqual(7)
    expect(problem.weights(x)[suspects[0]]).toBeLessThan(problem.weights(x)[suspects[69]])
  })
})
