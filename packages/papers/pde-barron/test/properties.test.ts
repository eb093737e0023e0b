import { random } from '@opt/core'
import { centralDifference, near } from '@opt/testing'
import fc from 'fast-check'
import { Matrix } from 'ml-matrix'
import {
  barronGrowth,
  boundaryValues,
  type Condition,
  conditioning,
  customLagrangian,
  deepRitz,
  gaussLegendre,
  invariantBall,
  type Lagrangian,
  lagrangian,
  maximumPrinciple,
  networkNorm,
  neuronsFor,
  type Parity,
  ritzGradient,
  sampleNetwork,
  solveGrid,
  solveNeurons,
  solveSparse,
  stepConstants,
  TrigSum,
  theoremBound,
  toMlp,
} from '../src/index.ts'

const D: Condition = 'dirichlet'
const N: Condition = 'neumann'
const conditions = (least = 1, most = 3) => fc.array(fc.constantFrom(D, N), { minLength: least, maxLength: most })
const coefficient = fc.double({ min: -3, max: 3, noNaN: true })

/** Sums of up to five terms with the given parities. */
const sums = (parity: readonly Parity[]) =>
  fc
    .array(fc.tuple(fc.tuple(...parity.map((p) => fc.integer({ min: p === 'sin' ? 1 : 0, max: 5 }))), coefficient), {
      minLength: 1,
      maxLength: 5,
    })
    .map(
      (terms) =>
        new TrigSum(
          parity,
          terms.map(([row]) => row as number[]),
          terms.map(([, c]) => c),
        ),
    )
const parities = (d: number) => fc.tuple(...Array.from({ length: d }, () => fc.constantFrom<Parity>('sin', 'cos')))
const pairs = fc
  .integer({ min: 1, max: 4 })
  .chain((d) =>
    fc.tuple(parities(d), parities(d)).chain(([p, q]) => fc.tuple(sums(p as Parity[]), sums(q as Parity[]))),
  )
const pointsOf = (d: number, count = 4) => {
  const rng = random(d)
  return Array.from({ length: count }, () => Array.from({ length: d }, () => rng.uniform()))
}

test('products, derivatives and norms of sums agree with values at points', () => {
  fc.assert(
    fc.property(pairs, fc.double({ min: 0, max: 0.5, noNaN: true }), ([f, g], threshold) => {
      const points = pointsOf(f.dimension)
      const [a, b] = [f.at(points), g.at(points)]
      const exact = a.map((value, i) => value * b[i])
      const { product, dropped } = f.multiply(g)
      expect(dropped).toBe(0)
      near(product.at(points), exact, { absolute: 1e-10 })
      const some = f.multiply(g, threshold)
      // What is dropped bounds the error at every point.
      some.product
        .at(points)
        .forEach((value, i) => expect(Math.abs(value - exact[i])).toBeLessThanOrEqual(some.dropped + 1e-10))
      // f times a copy takes the general way, f times f the symmetric one.
      const copy = TrigSum.fromJSON(f.toJSON())
      const [square, general] = [f.multiply(f, threshold), f.multiply(copy, threshold)]
      near(square.product.at(points), general.product.at(points), { absolute: 1e-9 })
      near(square.dropped, general.dropped, { absolute: 1e-9 })
      // Algebra of the norms.
      for (const s of [0, 1, 2] as const)
        expect(product.norm(s)).toBeLessThanOrEqual(f.norm(s) * g.norm(s) * (1 + 1e-9) + 1e-9)
      expect(product.norm(1)).toBeLessThanOrEqual((f.norm(1) * g.norm(0) + f.norm(0) * g.norm(1)) * (1 + 1e-9) + 1e-9)
      a.forEach((value) => expect(Math.abs(value)).toBeLessThanOrEqual(f.norm(0) + 1e-12))
      expect(f.gradientNorm()).toBeLessThanOrEqual(f.norm(1))
      // Central differences.
      const h = 1e-5
      for (let j = 0; j < f.dimension; j++) {
        const moved = (step: number) => f.at(points.map((x) => x.map((v, k) => (k === j ? v + step : v))))
        const [low, high] = [moved(-h), moved(h)]
        near(
          f.derivative(j).at(points),
          low.map((value, i) => (high[i] - value) / (2 * h)),
          { absolute: 1e-4 },
        )
      }
      near(
        f.add(f, -1).at(points),
        a.map(() => 0),
        { absolute: 1e-10 },
      )
    }),
    { numRuns: 200 },
  )
})

test('one step of P^-1 stays within the sharp constants', () => {
  fc.assert(
    fc.property(
      conditions(1, 3).chain((boundary) =>
        fc.tuple(
          fc.constant(boundary),
          sums(boundary.map((c) => (c === D ? 'sin' : 'cos'))),
          fc.array(coefficient, { minLength: 5, maxLength: 5 }),
        ),
      ),
      ([boundary, g, v]) => {
        const { k1, k2 } = stepConstants(boundary)
        expect(g.precondition().norm(1)).toBeLessThanOrEqual(k2 * g.norm(0) * (1 + 1e-12) + 1e-300)
        // A field with one term of g's frequency an axis.
        const w = [...g.frequencies.subarray(0, boundary.length)]
        const field = boundary.map((condition, j) => {
          const parity = boundary.map((c, k): Parity => ((c === D) !== (k === j) ? 'sin' : 'cos'))
          return condition === N && w[j] === 0 ? TrigSum.zero(parity) : new TrigSum(parity, [w], [v[j]])
        })
        const size = Math.hypot(...field.map((part) => part.norm(0)))
        const divergence = field.reduce((sum, part, j) => sum.add(part.derivative(j)), TrigSum.zero(g.parity))
        expect(divergence.precondition().norm(1)).toBeLessThanOrEqual(k1 * size * (1 + 1e-12) + 1e-300)
      },
    ),
    { numRuns: 300 },
  )
})

test('the smallest eigenvalue and the largest bound the quadratic form, and are attained', () => {
  fc.assert(
    fc.property(
      conditions(),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      (boundary, a, c) => {
        const { m, M, rate, step } = conditioning({ lambda: a, Lambda: a, mu: c, Mu: c }, { boundary })
        const least = boundary.filter((condition) => condition === D).length * Math.PI ** 2
        for (const square of [least, least + 10, least + 1e3, 1e12]) {
          const quotient = (a * square + c) / (1 + square)
          expect(quotient).toBeGreaterThanOrEqual(m * (1 - 1e-9))
          expect(quotient).toBeLessThanOrEqual(M * (1 + 1e-9))
        }
        near([m, M], [Math.min((a * least + c) / (1 + least), a), Math.max((a * least + c) / (1 + least), a)], {
          relative: 1e-12,
        })
        near([step * (m + M), rate * (m + M)], [2, M - m], { absolute: 1e-12, relative: 1e-12 })
      },
    ),
    { numRuns: 200 },
  )
})

const named: [string, Lagrangian][] = [
  ['quadratic', lagrangian('quadratic', { diffusion: 2, reaction: 3 })],
  ['log-cosh', lagrangian('log-cosh', { gradient: 2, reaction: 4 })],
  ['surface', lagrangian('surface', { diffusion: 0.3, surface: 2, reaction: 1 })],
  ['quartic', lagrangian('quartic', { gradient: 0.5, reaction: 1, cubic: 2 })],
  ['poisson-boltzmann', lagrangian('poisson-boltzmann', { screening: 5 })],
  ['potential', lagrangian('quadratic', { reaction: { value: ([x]) => 3 * x, min: 0, max: 3 } })],
]

test.each(named)('%s has its derivatives and its constants', (_, L) => {
  for (const dimension of [1, 2, 3])
    for (const seed of [1, 2, 3]) customLagrangian(L, { dimension, seed, uMax: 3, pMax: 3 })
})

test.each(named)('%s: the answer solves the equation, and both kinds of step agree', (_, L) => {
  const boundary = [D, N]
  const problem = {
    lagrangian: L,
    f: new TrigSum(
      ['sin', 'cos'],
      [
        [1, 0],
        [2, 1],
      ],
      [6, -4],
    ),
    boundary,
    modes: 10,
  }
  const adaptive = solveGrid(problem, { tolerance: 1e-11 })
  expect(adaptive.status).toBe('converged')
  // Recomputed from the answer: the residual and its bound.
  const again = solveGrid(problem, { initial: { ...adaptive.state, recent: [1] }, tolerance: 1e-11, maxIterations: 1 })
  expect(again.iterations).toBe(0)
  expect(adaptive.discreteBound / adaptive.u.h1()).toBeLessThanOrEqual(1e-11)
  const fixed = solveGrid(problem, { step: 'theory', uMax: 3, pMax: 12, tolerance: 1e-10, maxIterations: 5000 })
  expect(fixed.status).toBe('converged')
  near(fixed.u.coefficients, adaptive.u.coefficients, { absolute: 1e-8 })
  expect(adaptive.errorBound).toBeGreaterThanOrEqual(adaptive.discreteBound)
  // The finer solution lies within the bound.
  const finer = solveGrid({ ...problem, modes: 20 }, { tolerance: 1e-12, certificateModes: 20 })
  const difference = finer.u.add(adaptive.u, -1).h1()
  expect(difference).toBeLessThanOrEqual(adaptive.errorBound * (1 + 1e-6) + 1e-12)
})

test('the certificate holds and is at most M/m too large, for random linear problems with known answers', () => {
  fc.assert(
    fc.property(
      conditions(1, 2).chain((boundary) =>
        fc.tuple(fc.constant(boundary), sums(boundary.map((c) => (c === D ? 'sin' : 'cos')))),
      ),
      fc.double({ min: 0.2, max: 4, noNaN: true }),
      fc.double({ min: 0.2, max: 30, noNaN: true }),
      fc.integer({ min: 1, max: 6 }),
      ([boundary, f], diffusion, reaction, steps) => {
        const squares = f.squares()
        const exact = new TrigSum(
          f.parity,
          f.toJSON().frequencies,
          f.coefficients.map((c, t) => c / (diffusion * squares[t] + reaction)),
        )
        const answer = solveGrid(
          { lagrangian: lagrangian('quadratic', { diffusion, reaction }), f, boundary, modes: 7 },
          { maxIterations: steps, tolerance: 0, certificateModes: 7 },
        )
        const error = answer.u.add(exact, -1).h1()
        const rounding = 1e-13 * exact.h1() + 1e-300
        expect(error).toBeLessThanOrEqual(answer.errorBound + rounding)
        expect(answer.errorBound).toBeLessThanOrEqual(
          ((answer.M / answer.m) * error + rounding) * (1 + 1e-9) + 1e3 * rounding,
        )
      },
    ),
    { numRuns: 150 },
  )
})

test.each([
  ['a constant, which sines show slowly', () => 1, [D, D]],
  ['an exponential', ([x]: number[]) => Math.exp(3 * x), [D]],
  ['a kink', ([x, y]: number[]) => Math.abs(x - 0.4) + y, [D, N]],
] as [string, (x: number[]) => number, Condition[]][])(
  'the bound counts what the modes cannot show: %s',
  (_, f, boundary) => {
    for (const L of [
      lagrangian('quadratic', { reaction: 1 }),
      lagrangian('quartic', { gradient: 0.1, cubic: 3, reaction: 1 }),
    ])
      for (const modes of [6, 12]) {
        const { u, errorBound, m, M } = solveGrid({ lagrangian: L, f, boundary, modes })
        const truth = solveGrid(
          { lagrangian: L, f, boundary, modes: boundary.length === 1 ? 800 : 64 },
          { certificateModes: boundary.length === 1 ? 800 : 64 },
        )
        const error = truth.u.add(u, -1).h1()
        expect(error).toBeLessThanOrEqual(errorBound)
        if (M < Infinity) expect(errorBound).toBeLessThan((3 * M * error) / m)
      }
  },
)

test('wild scales: the linear equation scales, the answer with it', () => {
  for (const scale of [1e-300, 1e-150, 1, 1e150, 1e290]) {
    const f = new TrigSum(['sin'], [[1], [3]], [scale, -2 * scale])
    const { u, status } = solveGrid({
      lagrangian: lagrangian('quadratic', { reaction: 2 }),
      f,
      boundary: [D],
      modes: 4,
    })
    if (status === 'converged') near(u.coefficients[0] / scale, 1 / (Math.PI ** 2 + 2), { relative: 1e-7 })
    // Squares of the norms over- or underflow: said, not hidden.
    else expect([scale < 1e-140 || scale > 1e140, status]).toEqual([true, expect.stringMatching(/diverged|stalled/)])
  }
})

test('nothing to solve: f = 0 gives u = 0 at once', () => {
  const answer = solveGrid({ lagrangian: 'poisson-boltzmann', f: () => 0, boundary: [D, D], modes: 4 })
  expect([answer.status, answer.iterations, answer.errorBound, answer.u.norm(1)]).toEqual(['converged', 0, 0, 0])
  const sparse = solveSparse({ lagrangian: 'quartic', f: TrigSum.zero(['sin', 'sin']) })
  expect([sparse.status, sparse.errorBound, sparse.u.terms]).toEqual(['converged', 0, 0])
})

test('a lift: a solution that is not zero on the boundary', () => {
  // u = x^2 + y^2 solves -Laplace u + u^3 = f; the lift is another function with its boundary values.
  const f = ([x, y]: number[]) => -4 + (x * x + y * y) ** 3
  const bubble = ([x, y]: number[]) => x * (1 - x) * y * (1 - y)
  const lift = {
    value: (x: number[]) => x[0] ** 2 + x[1] ** 2 + 3 * bubble(x),
    gradient: ([x, y]: number[]) => [2 * x + 3 * (1 - 2 * x) * y * (1 - y), 2 * y + 3 * (1 - 2 * y) * x * (1 - x)],
  }
  const answer = solveGrid({ lagrangian: 'quartic', f, boundary: [D, D], lift, modes: 16 })
  const points = pointsOf(2, 20)
  near(
    answer.value(points),
    points.map(([x, y]) => x * x + y * y),
    { absolute: 5e-4 },
  )
  const slopes = answer.gradient(points)
  near(
    slopes.data,
    points.flatMap(([x, y]) => [2 * x, 2 * y]),
    { absolute: 2e-2 },
  )
})

test('a flux: a solution with given normal derivatives', () => {
  // u = cosh x cos(pi y) on Neumann faces in x: u_x = sinh 1 at x = 1.
  const lambda = Math.PI ** 2 - 1
  const answer = solveGrid({
    lagrangian: lagrangian('quadratic', { reaction: 1 }),
    f: ([x, y]) => (lambda + 1) * Math.cosh(x) * Math.cos(Math.PI * y),
    boundary: [N, N],
    flux: ([x, y], axis) => (axis === 0 && x === 1 ? Math.sinh(1) * Math.cos(Math.PI * y) : 0),
    modes: 24,
  })
  const points = pointsOf(2, 20)
  near(
    answer.value(points),
    points.map(([x, y]) => Math.cosh(x) * Math.cos(Math.PI * y)),
    { absolute: 5e-3 },
  )
  // The same in one dimension, with fluxes on both faces: u = x^2 - x.
  const line = solveGrid({
    lagrangian: lagrangian('quadratic', { reaction: 1 }),
    f: ([x]) => x * x - x - 2,
    boundary: [N],
    flux: () => 1,
    modes: 64,
  })
  near(line.value([[0.25], [0.5]]), [-0.1875, -0.25], { absolute: 1e-4 })
})

test('values at the midpoints do the same as the function', () => {
  const f = ([x, y]: number[]) => 10 * Math.exp(x) * y
  const boundary = [D, N]
  const modes = 6
  const grid = 14
  const values = Float64Array.from({ length: grid * grid }, (_, i) =>
    f([(Math.floor(i / grid) + 0.5) / grid, ((i % grid) + 0.5) / grid]),
  )
  const [one, other] = [f, values].map((given) => solveGrid({ lagrangian: 'surface', f: given, boundary, modes, grid }))
  near(one.u.coefficients, other.u.coefficients, { absolute: 1e-12 })
  near(
    solveGrid({ lagrangian: 'surface', f: Object.freeze([...values]), boundary, modes, grid }).u.coefficients,
    other.u.coefficients,
    { absolute: 0 },
  )
})

test('growth and ball hold along descents with steps of at most 1', () => {
  let balls = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...named.slice(0, 5).map(([, L]) => L)),
      conditions(1, 2),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      (L, boundary, size, step) => {
        const f = new TrigSum(
          boundary.map((c) => (c === D ? 'sin' : 'cos')),
          [boundary.map(() => 1)],
          [size],
        )
        if (L.constants({}).mu === 0 && !boundary.includes(D)) return
        const answer = solveGrid(
          { lagrangian: L, f, boundary, modes: 5 },
          { step, tolerance: 1e-9, maxIterations: 12, certificateModes: 5 },
        )
        const problem = { lagrangian: L, boundary, forcingNorm: size }
        const bounds = barronGrowth(problem, step, answer.iterations)
        const ball = invariantBall(problem)
        if (ball !== null) balls++
        for (const { barron, iteration } of answer.history) {
          expect(barron).toBeLessThanOrEqual(bounds[iteration] * (1 + 1e-9))
          if (ball !== null) expect(barron).toBeLessThanOrEqual(ball * (1 + 1e-9))
        }
      },
    ),
    { numRuns: 150 },
  )
  expect(balls).toBeGreaterThan(10)
})

test('the theorem says 1e170 where the norm is about 5', () => {
  near(theoremBound({ dimension: 2, compositionConstant: 6, compositionPower: 3, epsilon: 0.01 }), 169.95, {
    absolute: 0.01,
  })
})

test('the exact iterates of one mode have 1, 2, 5, 14 cosine neurons, squared in two dimensions', () => {
  for (const d of [1, 2]) {
    const f = new TrigSum(new Array(d).fill('sin'), [new Array(d).fill(1)], [1])
    const { history } = solveSparse(
      { lagrangian: 'quartic', f, threshold: 0, budget: 0 },
      { step: 0.7, tolerance: 0, maxIterations: 4 },
    )
    expect(history.map(({ terms }) => terms)).toEqual([1, 2, 5, 14].map((terms) => terms ** d))
    expect(history.map(({ neurons }) => neurons)).toEqual([1, 2, 5, 14].map((terms) => terms ** d * 2 ** (d - 1)))
  }
})

test('sparse sums and the grid find the same solution', () => {
  const L = lagrangian('quartic', { gradient: 0.02, reaction: 1, cubic: 2 })
  const f = new TrigSum(
    ['cos', 'sin'],
    [
      [1, 1],
      [0, 2],
    ],
    [3, -2],
  )
  const sparse = solveSparse({ lagrangian: L, f, threshold: 1e-10, budget: 1e-9 }, { tolerance: 1e-8 })
  const grid = solveGrid({ lagrangian: L, f, boundary: [N, D], modes: 14 })
  const points = pointsOf(2, 10)
  near(sparse.u.at(points), grid.value(points), { absolute: 1e-7 })
  near(sparse.energy, grid.energy, { absolute: 1e-8 })
  const error = sparse.u.add(grid.u, -1).h1()
  expect(error).toBeLessThanOrEqual(sparse.errorBound)
  expect(error).toBeLessThanOrEqual(sparse.errorEstimate + 4 * sparse.standardError + grid.errorBound)
})

test('truncation keeps its word', () => {
  fc.assert(
    fc.property(sums(['sin', 'cos']), fc.double({ min: 0, max: 20, noNaN: true }), (u, budget) => {
      const { kept, dropped } = u.truncate(budget)
      expect(dropped).toBeLessThanOrEqual(budget)
      near(u.add(kept, -1).norm(1), dropped, { absolute: 1e-12, relative: 1e-12 })
    }),
    { numRuns: 150 },
  )
})

test('Gauss-Legendre is exact to degree 2 q - 1', () => {
  for (const q of [1, 2, 3, 8, 33, 64]) {
    const { nodes, weights } = gaussLegendre(q)
    for (let degree = 0; degree < 2 * q; degree += Math.max(1, q >> 2)) {
      const sum = nodes.reduce((total, x, i) => total + weights[i] * x ** degree, 0)
      near(sum, 1 / (degree + 1), { relative: 1e-12 })
    }
  }
})

describe('neurons', () => {
  const boundary = [D, D]
  const L = lagrangian('poisson-boltzmann', { screening: 4 })
  const f = ([x, y]: number[]) => 60 * x * y * (1 - y)
  const answer = solveNeurons({ lagrangian: L, f, boundary, neurons: { count: 60, seed: 3 }, rule: 24 })
  const points = pointsOf(2, 12)

  test('agree with sines to their bound', () => {
    const grid = solveGrid({ lagrangian: L, f, boundary, modes: 32 })
    expect(answer.status).toBe('converged')
    expect(answer.errorBound!).toBeLessThan(0.5)
    const values = grid.value(points)
    answer.value(points).forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThan(5e-3))
    near(answer.energy, answer.fineEnergy, { relative: 1e-6 })
  })

  test('converge within their span: the discrete bound is recomputed from the answer', () => {
    const { nodes, weights } = gaussLegendre(24)
    const grid = Array.from({ length: 576 }, (_, i) => [nodes[Math.floor(i / 24)], nodes[i % 24]])
    const w = grid.map((_, i) => weights[Math.floor(i / 24)] * weights[i % 24])
    const u = answer.value(grid)
    const p = answer.gradient(grid)
    // <DE(u), phi> of single neurons, by the rule.
    const { inputWeights, biases } = answer.network
    for (const k of [0, 7, 31]) {
      const one = solveNeurons(
        {
          lagrangian: L,
          f,
          boundary,
          neurons: {
            activation: 'tanh',
            inputWeights: [[inputWeights.get(k, 0), inputWeights.get(k, 1)]],
            biases: [biases[k]],
          },
          rule: 24,
        },
        { maxIterations: 1 },
      )
      const [phi, slope] = [one.value(grid), one.gradient(grid)]
      let [sum, size] = [0, 0]
      for (let i = 0; i < 576; i++) {
        sum +=
          w[i] *
          ((4 * Math.sinh(u[i]) - f(grid[i])) * phi[i] + p.get(i, 0) * slope.get(i, 0) + p.get(i, 1) * slope.get(i, 1))
        size += w[i] * (phi[i] ** 2 + slope.get(i, 0) ** 2 + slope.get(i, 1) ** 2)
      }
      expect(Math.abs(sum) / Math.sqrt(size)).toBeLessThanOrEqual(answer.discreteBound + 1e-9)
    }
  })

  test('have the gradient of differences, and vanish on the boundary', () => {
    const h = 1e-6
    const slopes = answer.gradient(points)
    for (const axis of [0, 1]) {
      const moved = (step: number) => answer.value(points.map((x) => x.map((v, j) => (j === axis ? v + step : v))))
      const [low, high] = [moved(-h), moved(h)]
      near(
        points.map((_, i) => slopes.get(i, axis)),
        low.map((value, i) => (high[i] - value) / (2 * h)),
        { absolute: 1e-6 },
      )
    }
    near(
      answer.value([
        [0, 0.3],
        [0.7, 1],
      ]),
      [0, 0],
      { absolute: 1e-12 },
    )
  })

  test('say when the rule has too few points', () => {
    const coarse = solveNeurons({ lagrangian: L, f, boundary, neurons: { count: 60, seed: 3 }, rule: 9 })
    expect(coarse.message).toContain('the rule has too few points for so many neurons')
    expect(answer.message).not.toContain('too few points')
  })

  test('become a network of @opt/nn', () => {
    const network = toMlp(answer.network)
    const factor = boundaryValues(points, boundary)
    near(
      network.predict(new Matrix(points)),
      answer.value(points).map((value, i) => value / factor[i]),
      { absolute: 1e-8 },
    )
  })

  test('solve with the cosines that a solution was sampled into: duplicates drop out', () => {
    const line = lagrangian('quartic', { reaction: 1 })
    const sum = new TrigSum(['cos'], [[1], [2]], [2, 1])
    const exact = solveSparse({ lagrangian: line, f: sum, threshold: 1e-12, budget: 1e-12 }, { tolerance: 1e-9 })
    const sampled = sampleNetwork(exact.u, 60, { seed: 1 })
    const { inputWeights, biases } = sampled
    const { kept, value } = solveNeurons({
      lagrangian: line,
      f: sum,
      boundary: [N],
      neurons: { activation: 'cos', inputWeights, biases },
    })
    expect(kept.length).toBeLessThan(20)
    near(value([[0.1], [0.6]]), exact.u.at([[0.1], [0.6]]), { absolute: 1e-2 })
    near(sampled.value([[0.1], [0.6]]), exact.u.at([[0.1], [0.6]]), { absolute: networkNorm(exact.u) })
  })

  test('trained by Deep Ritz: the energy falls, polished further', () => {
    const problem = { lagrangian: L, f, boundary, neurons: { count: 8, seed: 1 }, rule: 10 }
    const run = deepRitz(problem, { steps: 60 })
    expect(run.energy).toBeLessThan(run.history[0].energy)
    expect(deepRitz(problem, { steps: 60, polish: 30 }).energy).toBeLessThan(run.energy)
  })
})

test('the gradient of Deep Ritz is that of differences, for every Lagrangian and activation', () => {
  const rng = random(5)
  for (const [, L] of named)
    for (const activation of ['tanh', 'cos'] as const) {
      const boundary = [D, N]
      const problem = { lagrangian: L, f: ([x, y]: number[]) => x - y, boundary, rule: 5 }
      const draw = (n: number) => Float64Array.from({ length: n }, () => rng.normal())
      const parts = { W: draw(6), b: draw(3), a: draw(3) }
      const network = () => ({
        activation,
        inputWeights: new Matrix([
          [...parts.W.subarray(0, 2)],
          [...parts.W.subarray(2, 4)],
          [...parts.W.subarray(4)],
        ]) as never,
        biases: parts.b,
        outputWeights: parts.a,
        boundary,
      })
      const found = ritzGradient(problem, network())
      for (const [array, gradient] of [
        [parts.W, found.inputWeights],
        [parts.b, found.biases],
        [parts.a, found.outputWeights],
      ])
        for (let i = 0; i < array.length; i++) {
          const slope = centralDifference(() => ritzGradient(problem, network()).energy, array, i)
          near(gradient[i], slope, { absolute: 1e-6, relative: 1e-6 })
        }
    }
})

test('sampled networks are unbiased, with the error their constant says', () => {
  const u = new TrigSum(
    ['sin', 'cos'],
    [
      [1, 2],
      [3, 0],
    ],
    [1, -0.5],
  )
  const points = pointsOf(2, 5)
  const exact = u.at(points)
  for (const activation of ['cos', 'step', 'relu'] as const)
    for (const order of [0, 1] as const) {
      const rng = random(9)
      const norm = networkNorm(u, activation)
      const n = 40
      const runs = 150
      let square = 0
      const sum = new Float64Array(5)
      for (let run = 0; run < runs; run++) {
        const values = sampleNetwork(u, n, { activation, order, seed: rng }).value(points)
        for (let i = 0; i < 5; i++) {
          sum[i] += values[i] / runs
          square += (values[i] - exact[i]) ** 2 / (5 * runs)
        }
      }
      near(sum, exact, { absolute: (4 * norm) / Math.sqrt(n * runs) })
      if (order === 0) expect(Math.sqrt(square)).toBeLessThan((1.5 * norm) / Math.sqrt(n))
    }
  expect(neuronsFor(2, 0.1)).toBe(400)
})

test('the maximum principle bounds solutions', () => {
  const f = 50
  for (const [, L] of named.slice(3, 5)) {
    const limit = maximumPrinciple(L, f)
    const { picture } = solveGrid({ lagrangian: L, f: () => f, boundary: [N, D], modes: 20 })
    expect(Math.max(...picture.values.data)).toBeLessThan(limit)
    const at = { n: 1, x: [Float64Array.of(0)], u: Float64Array.of(limit), p: [Float64Array.of(0)] }
    const slope = new Float64Array(1)
    L.slopes(at, slope, [new Float64Array(1)])
    near(slope[0], f, { relative: 1e-9 })
  }
  expect(maximumPrinciple(lagrangian('quadratic', { reaction: 0 }), 1)).toBe(Infinity)
  expect(maximumPrinciple(lagrangian('log-cosh', { reaction: 2 }), 3)).toBe(Infinity)
  near(2 * Math.tanh(maximumPrinciple(lagrangian('log-cosh', { reaction: 2 }), 1.5)), 1.5, { relative: 1e-12 })
})
