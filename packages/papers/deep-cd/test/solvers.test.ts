import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  conjugateGradient,
  type Direction,
  dcdm,
  deflatedCG,
  incompleteCholesky,
  multigrid,
  multiLevelNetwork,
  poisson2d,
  poisson3d,
  pretrained,
  rightHandSide,
} from '../src/index.ts'
import { norm, randomSystem, residualOf, solveDense, sparse } from './problems.ts'

const DISCS = [
  [0.3, 0.3, 0.1],
  [0.7, 0.4, 0.12],
  [0.45, 0.75, 0.08],
]

/** Directions of every kind, from good to hostile. */
const directions: Record<string, (seed: number) => Direction> = {
  residual: () => (r) => r,
  zero: () => () => {},
  NaN: () => (_, out) => void out.fill(NaN),
  infinite: () => (_, out) => void out.fill(-Infinity),
  huge: () => (r) => r.map((v) => v * 1e300),
  tiny: () => (r) => r.map((v) => v * 1e-300),
  ascent: () => (r) => r.map((v) => -v),
  constant: () => (_, out) => void out.fill(1),
  unit: () => (_, out) => void (out[0] = 1),
  random: (seed) => {
    const rng = random(seed)
    return (_, out) => void out.forEach((__, i) => (out[i] = rng.normal()))
  },
  orthogonal: () => (r, out) => {
    out[0] = -(r[1] ?? 0)
    out[1 % r.length] = r[0]
  },
  sparse: (seed) => {
    const rng = random(seed)
    return (r, out) => void (out[rng.integer(0, r.length)] = 1)
  },
  'writes to r': () => (r) => r.fill(7),
  strings: () => (r) => Array.from(r, String) as unknown as number[],
}

describe('dcdm is right whatever the direction answers', () => {
  test.each(Object.entries(directions))('%s', (_, make) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 14 }),
        fc.integer(),
        fc.constantFrom(0, 1, 2, Infinity),
        fc.constantFrom(1e-150, 1, 1e150),
        fc.constantFrom(1e-200, 1, 1e200),
        (n, seed, orthogonalize, scale, size) => {
          const { dense, A, b } = randomSystem(n, seed)
          const scaled = { ...A, values: A.values.map((v) => v * scale) }
          const rhs = Object.freeze(Array.from(b, (v) => v * size))
          const { x, status, residual, iterations, fallbacks } = dcdm(scaled, rhs, {
            direction: make(seed),
            orthogonalize,
            tolerance: 1e-9,
          })
          const inRange = size / scale > 1e-280 && size / scale < 1e280
          // Elsewhere doubles cannot hold x.
          expect(status).toBe(inRange ? 'converged' : size < scale ? 'stalled' : 'diverged')
          if (!inRange) return
          expect(residual).toBeLessThanOrEqual(1e-9)
          expect(fallbacks).toBeLessThanOrEqual(iterations)
          const exact = solveDense(dense, b)
          near(
            x.map((v) => (v * scale) / size),
            exact,
            { ofLargest: 1e-6 },
          )
        },
      ),
      { numRuns: 70 },
    )
  })
})

test("the error's A-norm never increases, for any direction", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.integer(), fc.constantFrom(0, 1, 2), (n, seed, orthogonalize) => {
      const { dense, A, b } = randomSystem(n, seed)
      const exact = solveDense(dense, b)
      const energy = (x: ArrayLike<number>) => {
        const e = exact.map((v, i) => v - x[i])
        return dense.reduce((sum, row, i) => sum + e[i] * row.reduce((s, v, j) => s + v * e[j], 0), 0)
      }
      const x = new Float64Array(n)
      let last = energy(x)
      const run = dcdm.steps(A, b, {
        direction: directions.random(seed),
        orthogonalize,
        tolerance: 1e-6,
        maxIterations: 100,
        safeguard: false,
      })
      for (const { direction, step } of run) {
        direction.forEach((v, i) => (x[i] += step * v))
        const now = energy(x)
        expect(now).toBeLessThanOrEqual(last * (1 + 1e-9) + 1e-12)
        last = now
      }
    }),
    { numRuns: 60 },
  )
})

describe('the theory', () => {
  const problem = poisson2d({ size: 32, discs: DISCS })
  const b = rightHandSide('smooth', problem)

  test('f(r) = r is CG, residual by residual', () => {
    const ours = dcdm(problem.A, b, { direction: (r) => r, tolerance: 1e-6, safeguard: false })
    const plain = conjugateGradient(problem.A, b, { tolerance: 1e-6 })
    expect(ours.iterations).toBe(plain.iterations)
    ours.history.forEach(({ error }, k) => near(error / plain.history[k].error, 1, { absolute: 1e-8 }))
  })

  test('a preconditioner as direction is preconditioned CG', () => {
    const preconditioner = incompleteCholesky(problem.A)
    const ours = dcdm(problem.A, b, { direction: preconditioner, safeguard: false })
    const plain = conjugateGradient(problem.A, b, { preconditioner })
    ours.history.forEach(({ error }, k) => near(error / plain.history[k].error, 1, { absolute: 1e-8 }))
  })

  test('all directions kept: n steps at most, for any network', () => {
    const { A, b: rhs } = randomSystem(20, 3)
    const options = { orthogonalize: Infinity, tolerance: 1e-10, safeguard: false }
    for (const make of [directions.random, directions.residual])
      expect(dcdm(A, rhs, { direction: make(1), ...options }).iterations).toBeLessThanOrEqual(20)
  })

  test('an untrained network ends in CG and says so; a trained one does not', () => {
    const direction = multiLevelNetwork({ seed: 4, activation: 'relu' }).direction(problem.shape)
    const saved = dcdm(problem.A, b, { direction })
    expect(saved.status).toBe('converged')
    expect(saved.rescuedAfter).toBeGreaterThanOrEqual(10)
    expect(saved.history.map(({ rescued }) => rescued).indexOf(true)).toBe(saved.rescuedAfter)
    expect(residualOf(problem.A, saved.x, b)).toBeLessThanOrEqual(1e-4)
    const lost = dcdm(problem.A, b, { direction, safeguard: false, maxIterations: 50 })
    expect([lost.status, lost.rescuedAfter]).toEqual(['max-iterations', undefined])
    const good = dcdm(problem.A, b, { direction: pretrained().direction(problem.shape) })
    expect([good.rescuedAfter, good.fallbacks]).toEqual([undefined, 0])
  })

  test('the pretrained network: the same few iterations at all sizes, obstacles or not', () => {
    const counts = [32, 64, 128].flatMap((size) =>
      [[], DISCS].map((discs) => {
        const at = poisson2d({ size, discs })
        return dcdm(at.A, rightHandSide('noise', at, 1), { direction: pretrained().direction(at.shape) }).iterations
      }),
    )
    expect(Math.max(...counts)).toBeLessThanOrEqual(10)
    const odd = poisson2d({ size: [45, 70] })
    expect(dcdm(odd.A, rightHandSide('noise', odd), { direction: pretrained().direction([45, 70]) }).status).toBe(
      'converged',
    )
  })
})

test('all solvers find the same solution, with empty rows and masks, in two and three dimensions', () => {
  for (const problem of [
    poisson2d({ size: [12, 20], discs: [[0.4, 0.3, 0.15]] }),
    poisson3d({ size: [8, 12, 8], discs: [[0.4, 0.5, 0.3, 0.2]] }),
  ]) {
    const { A, mask, shape } = problem
    const b = rightHandSide('noise', problem, 2)
    const options = { tolerance: 1e-10 }
    const reference = conjugateGradient(A, b, options).x
    const dimension = shape.length as 2 | 3
    const runs = [
      dcdm(A, b, { ...options, direction: multiLevelNetwork({ dimension }).direction(shape) }),
      conjugateGradient(A, b, { ...options, preconditioner: incompleteCholesky(A) }),
      conjugateGradient(A, b, { ...options, preconditioner: multigrid(A, shape) }),
      deflatedCG(A, b, options),
    ]
    for (const { x, status, residual } of runs) {
      expect(status).toBe('converged')
      expect(residual).toBeLessThanOrEqual(1e-10)
      near(x, reference, { ofLargest: 1e-7 })
      expect(x.every((v, i) => mask[i] === 1 || v === 0)).toBe(true)
    }
    // A mask that leaves out more: the rest is the smaller system.
    const part = Uint8Array.from(mask, (fluid, i) => (i % 7 === 3 ? 0 : fluid))
    const noisy = b.map((v, i) => (part[i] ? v : 99))
    const ours = dcdm(A, noisy, { ...options, direction: incompleteCholesky(A), mask: part })
    const theirs = conjugateGradient(A, noisy, { ...options, mask: part })
    near(ours.x, theirs.x, { ofLargest: 1e-7 })
    expect(ours.x.every((v, i) => part[i] === 1 || v === 0)).toBe(true)
    expect(deflatedCG(A, noisy, { ...options, mask: part }).status).toBe('converged')
  }
})

describe('an honest status', () => {
  const A = sparse([
    [2, -1, 0],
    [-1, 2, -1],
    [0, -1, 2],
  ])
  const direction: Direction = (r) => r

  test('b = 0, and a start that is exact: no iterations', () => {
    const zero = dcdm(A, [0, 0, 0], { direction })
    expect([zero.status, zero.iterations, ...zero.x]).toEqual(['converged', 0, 0, 0, 0])
    const exact = dcdm(A, [1, 0, 1], { direction, initial: [1, 1, 1] })
    expect([exact.status, exact.iterations, ...exact.x]).toEqual(['converged', 0, 1, 1, 1])
    expect(conjugateGradient(A, [1, 0, 1], { initial: [1, 1, 1] }).iterations).toBe(0)
    expect(deflatedCG(A, [0, 0, 0]).status).toBe('converged')
  })

  test('a matrix that is indefinite, singular, or gives NaN', () => {
    const indefinite = sparse([
      [1, 3],
      [3, 1],
    ])
    for (const { status, message } of [
      dcdm(indefinite, [1, -1], { direction }),
      conjugateGradient(indefinite, [1, -1]),
    ]) {
      expect(status).toBe('stalled')
      expect(message).toContain('A is not positive definite')
    }
    const singular = sparse([
      [1, -1],
      [-1, 1],
    ])
    for (const b of [
      [1, 1],
      [1, 0],
    ]) {
      const { status, x } = dcdm(singular, b, { direction, maxIterations: 50 })
      expect(status).not.toBe('converged')
      expect(residualOf(singular, x, b)).toBeGreaterThan(1e-4)
    }
    const broken = { rows: 2, columns: 2, apply() {} }
    expect(dcdm(broken, [1, 1], { direction }).message).toContain('a product with A is not finite')
  })

  test('a tolerance below rounding', () => {
    const problem = poisson2d({ size: 16 })
    const b = rightHandSide('noise', problem)
    for (const run of [
      dcdm(problem.A, b, { direction: pretrained().direction(problem.shape), tolerance: 1e-18 }),
      conjugateGradient(problem.A, b, { tolerance: 0, maxIterations: 500 }),
    ]) {
      expect(['stalled', 'max-iterations']).toContain(run.status)
      expect(run.residual).toBeLessThan(1e-12)
    }
  })

  test("'converged' is computed again, from x", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        fc.double({ min: -14, max: -1, noNaN: true }),
        (n, seed, power) => {
          const { A, b } = randomSystem(n, seed)
          const tolerance = 10 ** power
          for (const run of [
            dcdm(A, b, { direction: directions.random(seed), tolerance }),
            conjugateGradient(A, b, { tolerance, preconditioner: incompleteCholesky(A) }),
            deflatedCG(A, b, { tolerance, vectors: 3 }),
          ]) {
            const residual = residualOf(A, run.x, b)
            if (run.status === 'converged') expect(residual).toBeLessThanOrEqual(tolerance * 1.001 + 1e-15)
            expect(Math.abs(run.residual - residual)).toBeLessThan(1e-14)
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a warm start pays, and leaves its array alone', () => {
    const problem = poisson2d({ size: 32 })
    const b = rightHandSide('smooth', problem)
    const near4 = dcdm(problem.A, b, { direction: incompleteCholesky(problem.A) })
    const initial = Object.freeze([...near4.x])
    const more = dcdm(problem.A, b, { direction: incompleteCholesky(problem.A), initial, tolerance: 1e-8 })
    const cold = dcdm(problem.A, b, { direction: incompleteCholesky(problem.A), tolerance: 1e-8 })
    expect(more.iterations).toBeLessThan(cold.iterations)
  })
})

describe('dcdm goes on from a saved state to the same bits', () => {
  const problem = poisson2d({ size: 16, discs: DISCS })
  const { A, shape } = problem
  const b = rightHandSide('smooth', problem)
  const untrained = multiLevelNetwork({ seed: 4 }).direction(shape)
  test.each([
    ['a network', pretrained().direction(shape), 2, 1e-9],
    ['all directions kept', pretrained().direction(shape), Infinity, 1e-9],
    ['none kept', pretrained().direction(shape), 0, 1e-6],
    ['CG takes over', untrained, 2, 1e-6],
    ['a tolerance below rounding', untrained, 2, 5e-16],
  ] as [string, Direction, number, number][])('%s', (_, direction, orthogonalize, tolerance) => {
    const options = { direction, orthogonalize, tolerance }
    const whole = dcdm(A, b, options)
    expect(whole.state).toBeUndefined()
    for (const maxIterations of tolerance > 1e-12 ? [3, 11] : [997]) {
      let part = dcdm(A, b, { ...options, maxIterations })
      const errors = part.history!.map(({ error }) => error)
      while (part.status === 'max-iterations') {
        const resume = JSON.parse(JSON.stringify(part.state))
        part = dcdm(A, b, { ...options, maxIterations, resume })
        errors.push(...part.history!.map(({ error }) => error))
      }
      expect(errors).toEqual(whole.history!.map(({ error }) => error))
      expect([part.x, part.status, part.residual]).toEqual([whole.x, whole.status, whole.residual])
      expect([part.fallbacks, part.rescuedAfter]).toEqual([whole.fallbacks, whole.rescuedAfter])
    }
  })

  test('an abort leaves a state; others are refused', () => {
    const direction = pretrained().direction(shape)
    const { state } = dcdm(A, b, { direction, stopWhen: ({ iteration }) => iteration === 3 })
    expect(dcdm(A, b, { direction, resume: state }).x).toEqual(dcdm(A, b, { direction }).x)
    const other = rightHandSide('smooth', poisson2d({ size: 8 }))
    expect(() => dcdm(poisson2d({ size: 8 }).A, other, { direction: (r) => r, resume: state })).toThrow('resume.x')
    for (const [name, wrong] of [
      ['resume', 7],
      ['resume.iterations', { ...state, iterations: 0 }],
      ['resume.errors', { ...state, errors: [] }],
      ['resume.errors', { ...state, errors: 3 }],
      ['resume.directions', { ...state, directions: null }],
      ['resume.directions[0].curvature', { ...state, directions: [{ ...state!.directions[0], curvature: -1 }] }],
      ['resume.rescue.r', { ...state, rescue: {} }],
    ] as [string, typeof state][])
      expect(() => dcdm(A, b, { direction, resume: wrong })).toThrow(name)
  })
})

test('a direction may be a promise, with dcdm.async', async () => {
  const { A, b } = randomSystem(12, 5)
  const later: Direction = async (r) => r
  const reference = dcdm(A, b, { direction: (r) => r })
  const { x } = await dcdm.async(A, b, { direction: later })
  expect([...x]).toEqual([...reference.x])
  expect(() => dcdm(A, b, { direction: later })).toThrow('dcdm.async')
  await expect(dcdm.async(A, b, { direction: async () => [1] })).rejects.toThrow(
    'direction(r, out) must be nothing, or 12 numbers, got 1 of them',
  )
  const preconditioned = await conjugateGradient.async(A, b, { preconditioner: later })
  near(preconditioned.x, x, { ofLargest: 1e-3 })
  expect(norm(preconditioned.x)).toBeGreaterThan(0)
})
