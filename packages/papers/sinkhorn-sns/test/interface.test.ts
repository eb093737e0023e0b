import { random } from '@opt/core'
import { Matrix as MlMatrix } from 'ml-matrix'
import ndarray from 'ndarray'
import {
  type CostLike,
  costRows,
  densities1d,
  gridCost,
  gridPoints,
  imagePair,
  potential,
  randomAssignment,
  roundPlan,
  sinkhorn,
  sinkhornDivergence,
  sinkhornNewton,
  squaredEuclidean,
  transportBounds,
  wasserstein,
} from '../src/index.ts'

const C = [
  [0, 1, 2],
  [1, 0, 1],
]
const a = [0.5, 0.5]
const b = [0.25, 0.5, 0.25]
const bad = <T>(value: T) => value as never

describe.each([
  ['sinkhornNewton', sinkhornNewton],
  ['sinkhorn', sinkhorn],
] as const)('%s refuses', (name, solve) => {
  const run = (cost: CostLike, x: unknown, y: unknown, options: object) => () =>
    solve(cost, bad(x), bad(y), bad(options))
  const good = { epsilon: 0.1 }
  test.each([
    [
      'ragged rows',
      run(bad([[0, 1], [1]]), a, a, good),
      'cost[1] must be of length 2 like the first row, got length 1',
    ],
    [
      'NaN in the cost',
      run([[0, Number.NaN]], [1], a, good),
      'cost[0][1] must be a finite number or Infinity, got NaN',
    ],
    ['an empty cost', run([], [], [], good), 'cost must be nonempty, got shape [0, 0]'],
    ['a string', run(bad('cost'), a, b, good), 'cost must be a matrix'],
    ['a short', run(C, [1], b, good), 'a must be of length 2, got length 1'],
    ['b short', run(C, a, [1], good), 'b must be of length 3, got length 1'],
    ['negative mass', run(C, [1.1, -0.1], b, good), 'a[1] must be nonnegative, got -0.1'],
    ['NaN mass', run(C, a, [Number.NaN, 1, 0], good), 'b[0] must be a finite number, got NaN'],
    ['no mass', run(C, [0, 0], [0, 0, 0], good), 'a must be of positive, finite sum, got sum 0'],
    ['unequal masses', run(C, [0.5, 0.6], b, good), 'a and b must be of equal sums, got 1.1 and 1'],
    [
      'infinite sums',
      run(C, [1e308, 1e308], [1e308, 1e308, 0], good),
      'a must be of positive, finite sum, got sum Infinity',
    ],
    ['epsilon 0', run(C, a, b, { epsilon: 0 }), 'epsilon must be a positive number, got 0'],
    ['no epsilon', run(C, a, b, {}), 'epsilon must be a positive number, got undefined'],
    ['epsilon Infinity', run(C, a, b, { epsilon: Infinity }), 'epsilon must be a positive number, got Infinity'],
    [
      'an epsilon beyond all sizes',
      run(C, a, b, { epsilon: 1e-320 }),
      'epsilon must be of a size with the range of cost (2)',
    ],
    ['a range beyond all sizes', run([[-1e308, 1e308]], [1], a, good), 'cost must be of finite range'],
    [
      'a negative tolerance',
      run(C, a, b, { ...good, tolerance: -1 }),
      'tolerance must be a nonnegative number, got -1',
    ],
    ['a short start', run(C, a, b, { ...good, initial: { f: [0], g: [0, 0, 0] } }), 'initial.f must be of length 2'],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(`${name}: ${message}`)
  })
})

describe('options', () => {
  test.each([
    [{ keep: 0 }, 'keep must be an integer of at least 1, got 0'],
    [{ keep: 'some' }, `keep must be 'auto', got "some"`],
    [{ warmup: 0 }, 'warmup must be an integer of at least 1, got 0'],
    [{ forcing: 0 }, 'forcing must be a positive number, got 0'],
    [{ annealing: { factor: 1 } }, 'annealing.factor must be greater than 1, got 1'],
    [{ annealing: { start: -1 } }, 'annealing.start must be a positive number, got -1'],
    [{ annealing: { tolerance: 0 } }, 'annealing.tolerance must be a positive number, got 0'],
  ])('sinkhornNewton refuses %j', (options, message) => {
    expect(() => sinkhornNewton(C, a, b, { epsilon: 0.1, ...(options as object) })).toThrow(
      `sinkhornNewton: ${message}`,
    )
  })

  test.each([
    [{ domain: 'dual' }, `domain must be 'kernel' or 'log', got "dual"`],
    [{ relaxation: 2 }, `relaxation must be 'auto' or a number from 1 up to 2, got 2`],
    [{ relaxation: 1.5, domain: 'log' }, 'relaxation must be 1 in the log domain, got 1.5'],
  ])('sinkhorn refuses %j', (options, message) => {
    expect(() => sinkhorn(C, a, b, { epsilon: 0.1, ...(options as object) })).toThrow(`sinkhorn: ${message}`)
  })
})

describe('the other functions refuse', () => {
  test.each([
    ['roundPlan', () => roundPlan([[-1]], [1], [1]), 'roundPlan: plan[0][0] must be nonnegative, got -1'],
    ['roundPlan', () => roundPlan([[1]], [1, 2], [1]), 'roundPlan: a must be of length 1, got length 2'],
    [
      'potential',
      () => potential(C, a, b, { f: [0], g: b, epsilon: 1 }),
      'potential: f must be of length 2, got length 1',
    ],
    [
      'potential',
      () => potential(C, a, b, { f: a, g: b, epsilon: -1 }),
      'potential: epsilon must be a positive number',
    ],
    [
      'transportBounds',
      () => transportBounds(C, a, b, { f: a, g: b, plan: [[1]], epsilon: 1 }),
      'transportBounds: plan must be of shape [2, 3], got shape [1, 1]',
    ],
    ['costRows', () => costRows([[1, 2]], [[1]]), 'costRows: y must be of shape [1, 2], got shape [1, 1]'],
    ['costRows', () => costRows([[1]], [[1]], bad('cosine')), 'costRows: metric must be'],
    ['gridPoints', () => gridPoints(0, 3), 'gridPoints: height must be an integer of at least 1, got 0'],
    [
      'imagePair',
      () => imagePair([1, 2], [1], { height: 1, width: 2 }),
      'imagePair: y must be of length 2, got length 1',
    ],
    [
      'imagePair',
      () => imagePair([0, 0], [1, 1], { height: 1, width: 2 }),
      'imagePair: x must be a picture with a pixel above 0',
    ],
    ['densities1d', () => densities1d(5, bad(3)), 'densities1d: p must be 1 or 2, got 3'],
    ['randomAssignment', () => randomAssignment(0, random(0)), 'randomAssignment: n must be an integer of at least 1'],
    ['wasserstein', () => wasserstein([[0]], [[1]], { epsilon: 1, p: bad(3) }), 'wasserstein: p must be 1 or 2, got 3'],
    [
      'sinkhornDivergence',
      () => sinkhornDivergence([[0]], [[1, 2]], { epsilon: 1 }),
      'sinkhornDivergence: y must be of shape [1, 1]',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

describe('right answers at the edges', () => {
  test('one point on a side, constant costs: the product of the marginals', () => {
    for (const [cost, x, y] of [
      [[[3, 1, 2]], [1], [0.2, 0.3, 0.5]],
      [[[3], [1]], [0.4, 0.6], [1]],
      [
        [
          [7, 7],
          [7, 7],
        ],
        [0.1, 0.9],
        [0.5, 0.5],
      ],
    ] as [number[][], number[], number[]][]) {
      const s = sinkhornNewton(cost, x, y, { epsilon: 1e-3 })
      expect(s.status).toBe('converged')
      s.plan().data.forEach((p, k) => expect(p).toBeCloseTo(x[Math.floor(k / y.length)] * y[k % y.length], 12))
    }
  })

  test('takes views of any stride and frozen arrays, all alike', () => {
    const flat = sinkhornNewton(C, a, b, { epsilon: 0.05 })
    const data = ndarray(Float64Array.of(2, 1, 0, 1, 0, 1), [2, 3]).step(1, -1)
    const tall = ndarray(Float64Array.of(0, 1, 1, 0, 2, 1), [3, 2]).transpose(1, 0)
    for (const cost of [data, tall, new MlMatrix(C), Object.freeze(C.map((row) => Object.freeze(row)))])
      expect(
        sinkhornNewton(cost as CostLike, Object.freeze(a), ndarray(Float64Array.from(b)), { epsilon: 0.05 }).plan()
          .data,
      ).toEqual(flat.plan().data)
  })

  test('stalls honestly below the rounding floor', () => {
    const p = randomAssignment(40, random(1))
    const s = sinkhornNewton(p.cost, p.a, p.b, { epsilon: 1e-3, tolerance: 0 })
    expect(s.status).toBe('stalled')
    expect(s.message).toMatch(/: what is left is of the size of rounding errors$/)
    expect(s.error).toBeLessThan(1e-12)
  })

  test('ends early where it is told to, with an answer at the user’s epsilon', () => {
    const p = densities1d(60)
    const epsilon = 1e-3
    for (const maxIterations of [1, 7, 20]) {
      const s = sinkhornNewton(p.cost, p.a, p.b, { epsilon, maxIterations })
      expect(s).toMatchObject({ status: 'max-iterations', iterations: maxIterations })
      const at = potential(p.cost, p.a, p.b, { f: s.f, g: s.g, epsilon })
      at.plan.data.forEach((v, k) => expect(v).toBeCloseTo(s.plan().data[k], 10))
    }
    expect(sinkhornNewton(p.cost, p.a, p.b, { epsilon, signal: AbortSignal.abort() }).status).toBe('aborted')
  })

  test('goes on from given potentials', () => {
    const p = densities1d(80)
    const options = { epsilon: 1e-3 }
    const cold = sinkhornNewton(p.cost, p.a, p.b, options)
    const warm = sinkhornNewton(p.cost, p.a, p.b, { ...options, initial: cold })
    expect(warm.status).toBe('converged')
    expect(warm.iterations).toBeLessThan(cold.iterations / 5)
    const far = sinkhornNewton(p.cost, p.a, p.b, {
      ...options,
      initial: { f: p.a.map((_, i) => i), g: p.b.map((_, j) => -j) },
    })
    expect(far.status).toBe('converged')
    expect(far.value).toBeCloseTo(cold.value, 10)
    const again = sinkhorn(p.cost, p.a, p.b, { ...options, initial: cold })
    expect(again.iterations).toBeLessThan(5)
  })

  test('is the paper’s algorithm when told so', () => {
    const p = randomAssignment(100, random(3))
    const s = sinkhornNewton(p.cost, p.a, p.b, { epsilon: 1 / 400, annealing: false, warmup: 20, keep: 300 })
    expect(s).toMatchObject({ status: 'converged', sinkhornIterations: 20 })
    for (const { phase, kept } of s.history) if (phase === 'newton') expect(kept).toBe(300)
    const auto = sinkhornNewton(p.cost, p.a, p.b, { epsilon: 1 / 400 })
    expect(s.value).toBeCloseTo(auto.value, 10)
  })

  test('stalls where the paper’s algorithm does', () => {
    const p = randomAssignment(40, random(1))
    const s = sinkhornNewton(p.cost, p.a, p.b, { epsilon: 1e-5, annealing: false, warmup: 3, keep: 200 })
    expect(s).toMatchObject({ status: 'stalled', sinkhornIterations: 3, newtonIterations: 3 })
    expect(s.error).toBeCloseTo(s.history.at(-1)!.error, 10)
    expect(s.message).toContain('with the 200 largest entries')
    const light = sinkhornNewton([[0, 1]], [1], [1, 1e-200], { epsilon: 1, annealing: false, keep: 2 })
    expect(light).toMatchObject({ status: 'stalled', iterations: 0 })
    expect(Number.isFinite(light.error)).toBe(true)
  })

  test('warms up by Sinkhorn iterations however long', () => {
    const { cost, a, b } = densities1d(60, 1)
    const options = { epsilon: 1 / 1200, maxIterations: 300 }
    const s = sinkhornNewton(cost, a, b, { ...options, annealing: false, warmup: 300, keep: 120 })
    const known = sinkhorn(cost, a, b, { ...options, domain: 'log' }).history
    expect(s.sinkhornIterations).toBe(300)
    s.history.forEach(({ error }, k) => expect(Math.abs(error / known[k].error - 1)).toBeLessThan(1e-10))
  })

  test('wastes no Sinkhorn iteration when it goes on past the warm-up', () => {
    const p = randomAssignment(30, random(2))
    const { history, newtonIterations, status } = sinkhornNewton(p.cost, p.a, p.b, { epsilon: 0.08 })
    expect(status).toBe('converged')
    const last = history.filter(({ epsilon }) => epsilon === history.at(-1)!.epsilon)
    expect([newtonIterations, last.length > 6]).toEqual([0, true])
    for (let k = 1; k < last.length; k++) expect(last[k].error).toBeLessThan(0.9 * last[k - 1].error)
  })

  test('goes on in its own way where the paper’s algorithm gave up', () => {
    const p = randomAssignment(40, random(1))
    const { status, value } = sinkhornNewton(p.cost, p.a, p.b, { epsilon: 1e-5, annealing: false, warmup: 3 })
    expect(status).toBe('converged')
    expect(value).toBeCloseTo(sinkhornNewton(p.cost, p.a, p.b, { epsilon: 1e-5 }).value, 9)
  })

  test('counts what its history says', () => {
    const p = densities1d(50, 1)
    const s = sinkhornNewton(p.cost, p.a, p.b, { epsilon: 1e-3 })
    expect(s.sinkhornIterations + s.newtonIterations).toBe(s.iterations)
    expect(s.history.filter(({ phase }) => phase === 'newton').length).toBe(s.newtonIterations)
    expect(s.history.reduce((sum, { cg = 0 }) => sum + cg, 0)).toBe(s.cgIterations)
    expect(s.history.at(-1)!.error).toBeLessThanOrEqual(1e-9)
  })

  test('gives rows of a plan it never held', () => {
    const rng = random(2)
    const cloud = (k: number) => Array.from({ length: k }, () => [rng.uniform(), rng.uniform()])
    const [x, y] = [cloud(70), cloud(45)]
    const [u, v] = [x, y].map(({ length }) => new Float64Array(length).fill(1 / length))
    const lazy = sinkhorn(costRows(x, y), u, v, { epsilon: 0.02, domain: 'log' })
    const whole = sinkhorn(squaredEuclidean(x, y), u, v, { epsilon: 0.02 })
    expect(lazy.iterations).toBe(whole.iterations)
    expect(lazy.cost).toBeCloseTo(whole.cost, 12)
    const row = new Float64Array(45)
    expect(lazy.planRow(69, row)).toBe(row)
    row.forEach((p, j) => expect(p).toBeCloseTo(whole.plan().get(69, j), 12))
    expect(() => lazy.planRow(70)).toThrow('planRow: i must be an integer between 0 and 69, got 70')
  })
})

describe('distances', () => {
  const shift = [0.3, -0.4]
  const rng = random(8)
  const x = Array.from({ length: 40 }, () => [rng.uniform(), rng.uniform()])
  const y = x.map(([s, t]) => [s + shift[0], t + shift[1]])

  test('a shift by v costs |v|', () => {
    expect(wasserstein(x, y, { epsilon: 1e-4 }).distance).toBeCloseTo(0.5, 3)
    const exact = wasserstein(x, y, { epsilon: 1e-5, p: 1 })
    expect(exact.converged).toBe(true)
    expect(exact.distance).toBeCloseTo(0.5, 3)
  })

  test('the divergence vanishes on equal clouds, is symmetric and positive, and its gradient is one', () => {
    const options = { epsilon: 0.05, tolerance: 1e-12 }
    expect(Math.abs(sinkhornDivergence(x, x, options).divergence)).toBeLessThan(1e-12)
    const there = sinkhornDivergence(x, y, options)
    expect(there.divergence).toBeGreaterThan(0.1)
    expect(there.divergence).toBeCloseTo(sinkhornDivergence(y, x, options).divergence, 12)
    const masses = (t: number) => x.map((_, i) => 1 / 40 + (i === 3 ? t : i === 7 ? -t : 0))
    const h = 1e-5
    const [up, down] = [h, -h].map((t) => sinkhornDivergence(x, y, { ...options, a: masses(t) }).divergence)
    expect(Math.abs((up - down) / (2 * h) - (there.gradA[3] - there.gradA[7]))).toBeLessThan(1e-6)
  })

  test('pictures lie on the unit square', () => {
    const dot = (at: number) => ({
      height: 3,
      width: 3,
      pixels: Uint8Array.from({ length: 9 }, (_, k) => (k === at ? 9 : 0)),
    })
    expect(wasserstein(dot(0), dot(8), { epsilon: 0.01 }).distance).toBeCloseTo(Math.SQRT2, 12)
    expect(wasserstein(dot(0), dot(2), { epsilon: 0.01, p: 1 }).distance).toBeCloseTo(1, 12)
    expect(gridCost(2, 5).get(0, 9)).toBe(1)
  })
})
