import { sinkhorn, sinkhornNewton, type TransportSolution, transportBounds } from '../src/index.ts'

const FIRST = [
  [767.788, 819.53, Infinity, Infinity],
  [269.231, 27.558, Infinity, Infinity],
  [Infinity, Infinity, 299.128, 26.625],
  [Infinity, Infinity, 72.744, 353.017],
]
const SECOND = [
  [430.521, 100.121, Infinity, Infinity],
  [758.48, 361.003, Infinity, Infinity],
  [Infinity, Infinity, 686.845, 123.481],
  [Infinity, Infinity, 916.067, 673.351],
]
const THIRD = [
  [0.768, 0.82, Infinity, Infinity],
  [0.269, 0.028, Infinity, Infinity],
  [Infinity, Infinity, 0.299, 0.027],
  [Infinity, Infinity, 0.073, 0.353],
]
const over = (by: number, ...masses: number[]) => masses.map((v) => v / by)
const [a, b] = [over(12, 1, 4, 4, 3), over(12, 4, 1, 3, 4)]
const given = (cost: number[][], huge: number) => cost.map((row) => row.map((c) => (c === Infinity ? huge : c)))

// Entropic cost and value by Sinkhorn in the log domain without the pairs, to 1e-12; optimum by an LP solver.
describe.each([
  ['Infinity', Infinity],
  ['1e16', 1e16],
  ['1e24', 1e24],
  ['1e300', 1e300],
])('pairs that cost %s', (_, huge) => {
  test.each([
    { ordinary: FIRST, a, b, cost: 160.64758333333972, value: 161.74619562200783, optimum: 160.64758333333333 },
    {
      ordinary: SECOND,
      a: over(11, 3, 4, 3, 1),
      b: over(11, 4, 3, 1, 3),
      cost: 401.77836363636925,
      value: 402.8684232950801,
      optimum: 401.7783636363636,
    },
    { ordinary: THIRD, a, b, cost: 0.23306264155276027, value: 0.9179943930516615, optimum: 0.16083333333333333 },
  ])('leave the others their digits: $value', ({ ordinary, a, b, cost, value, optimum }) => {
    const C = given(ordinary, huge)
    const judge = (s: TransportSolution, digits: number) => {
      expect(Math.abs(s.cost / cost - 1)).toBeLessThan(digits)
      expect(Math.abs(s.value / value - 1)).toBeLessThan(digits)
      const { lower, upper, gap } = transportBounds(C, a, b, { ...s, plan: s.plan(), epsilon: 1 })
      expect(lower).toBeLessThanOrEqual(optimum)
      expect(upper).toBeGreaterThanOrEqual(optimum)
      expect(upper).toBeLessThan(1.5 * optimum)
      expect(Math.abs(gap)).toBeLessThan(digits * value)
    }
    const s = sinkhornNewton(C, a, b, { epsilon: 1 })
    expect(s.status).toBe('converged')
    judge(s, 1e-8)
    for (const domain of ['kernel', 'log'] as const)
      judge(sinkhorn(C, a, b, { epsilon: 1, domain, maxIterations: 1e4 }), 1e-4)
  })
})

describe.each([
  ['sinkhornNewton', sinkhornNewton],
  ['sinkhorn', sinkhorn],
] as const)('%s', (name, solve) => {
  test.each([
    {
      cost: [
        [0, Infinity],
        [Infinity, 0],
      ],
      a: [0.5, 0.5],
      b: [0.4, 0.6],
      why: 'row 0 of mass 0.5 may send to column 0, of mass 0.4, only',
    },
    {
      cost: [
        [Infinity, Infinity],
        [1, 0],
      ],
      a: [0.5, 0.5],
      b: [0.4, 0.6],
      why: 'row 0 of mass 0.5 may send to nothing',
    },
    {
      // A mass may be tiny: it has to go somewhere.
      cost: [
        [0, 1, Infinity],
        [2, 0, Infinity],
      ],
      a: [0.5, 0.5],
      b: [0.5, 0.5, 1e-300],
      why: 'column 2 of mass 1e-300 may take from nothing',
    },
  ])('proves what no plan can do: $why', ({ cost, a, b, why }) => {
    const s = solve(cost, a, b, { epsilon: 0.1 })
    expect(s).toMatchObject({ status: 'infeasible', iterations: 0, message: `${name}: infeasible: ${why}` })
    expect([...s.f, ...s.g, s.cost, s.value, s.kl, s.error].every(Number.isFinite)).toBe(true)
    expect(s.error).toBeGreaterThan(0)
    expect(transportBounds(cost, a, b, { ...s, plan: s.plan(), epsilon: 0.1 }).upper).toBe(Infinity)
  })

  test('does not take rounded masses for that', () => {
    const third = [0.1 + 0.2, 0.3, 0.4]
    const s = solve(
      [
        [0, Infinity, Infinity],
        [Infinity, 0, 1],
        [Infinity, 1, 0],
      ],
      third,
      [0.3, 0.3, 0.4],
      { epsilon: 0.1 },
    )
    expect(s.status).toBe('converged')
  })

  test('refuses what is no cost', () => {
    for (const c of [-Infinity, Number.NaN])
      expect(() => solve([[0, c]], [1], [0.5, 0.5], { epsilon: 1 })).toThrow(
        `${name}: cost[0][1] must be a finite number or Infinity, got ${c}`,
      )
  })

  test('certifies nothing where huge costs have to be paid', () => {
    const cost = [
      [1e24, 1e24],
      [1, 0],
    ]
    const s = solve(cost, [0.5, 0.5], [0.5, 0.5], { epsilon: 0.1 })
    expect(s.status).not.toBe('converged')
    expect(s.message).toMatch(/epsilon is lost in the rounding of costs up to 1e\+24, which the masses need$/)
  })
})

test('gets to plans of which allowed pairs carry nothing', () => {
  const cost = [
    [0, Infinity, Infinity],
    [1, 2, Infinity],
    [5, 1, 0],
  ]
  const third = [1, 1, 1].map((v) => v / 3)
  const s = sinkhornNewton(cost, third, third, { epsilon: 0.1, tolerance: 1e-12 })
  expect(s.status).toBe('converged')
  expect(s.cost).toBeCloseTo(2 / 3, 11)
})

test('gives finite potentials where nothing may go', () => {
  const s = sinkhornNewton(
    [
      [0, Infinity],
      [Infinity, Infinity],
    ],
    [1, 0],
    [1, 0],
    { epsilon: 0.1 },
  )
  expect(s.status).toBe('converged')
  expect([...s.f, ...s.g].every(Number.isFinite)).toBe(true)
})
