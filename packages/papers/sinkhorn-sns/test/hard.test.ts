import { sinkhorn, sinkhornNewton, squaredEuclidean } from '../src/index.ts'
import { type HardProblem, hardProblem } from './families.ts'

/** HARD_PROBLEMS=20000 tries more. */
const COUNT = Number(process.env.HARD_PROBLEMS ?? 500)

/** L1 error of both marginals, relative to the mass, from the plan alone. */
function errorOf({ a, b }: HardProblem, plan: Float64Array): number {
  const r = a.map(() => 0)
  const c = b.map(() => 0)
  plan.forEach((p, k) => {
    r[Math.floor(k / b.length)] += p
    c[k % b.length] += p
  })
  const apart = (x: number[], y: number[]) => x.reduce((sum, v, i) => sum + Math.abs(v - y[i]), 0)
  return (apart(r, a) + apart(c, b)) / a.reduce((sum, v) => sum + v, 0)
}

/** The sets that an infeasible problem's message names prove it: all that one may exchange mass with weighs less. */
function proves({ cost, a, b }: HardProblem, message: string): boolean {
  const said =
    /: (rows?|columns?) ([\d, ]+) of mass \S+ may \w+ \w+ (?:nothing|(?:rows?|columns?) ([\d, ]+), of mass)/.exec(
      message,
    )
  // Long lists are cut short.
  if (!said) return /more of mass|more, of mass/.test(message)
  const [, side, these, those] = said
  const list = (text = '') => text.split(', ').filter(Boolean).map(Number)
  const rows = side.startsWith('row')
  const [own, other] = rows ? [a, b] : [b, a]
  const partners = list(those)
  const stray = list(these).some((i) =>
    other.some((mass, j) => mass > 0 && !partners.includes(j) && (rows ? cost[i][j] : cost[j][i]) < Infinity),
  )
  const sum = (at: number[], of: number[]) => at.reduce((total, k) => total + of[k], 0)
  return !stray && sum(list(these), own) > sum(partners, other)
}

test('solves hard problems of many families or proves them infeasible, and is as good as its word', () => {
  const wrong: string[] = []
  const counts: Record<string, number> = {}
  for (let seed = 0; seed < COUNT; seed++) {
    const problem = hardProblem(seed)
    const { name, cost, a, b, ...options } = problem
    const say = (what: string) => wrong.push(`problem ${seed} (${name}): ${what}`)
    const s = sinkhornNewton(cost, a, b, options)
    counts[s.status] = (counts[s.status] ?? 0) + 1
    if (s.status === 'infeasible') {
      if (!proves(problem, s.message)) say(s.message)
      continue
    }
    if (s.status !== 'converged') say(s.message)
    const mass = a.reduce((sum, v) => sum + v, 0)
    // A plan of denormal masses is rounded to multiples of the smallest number.
    const error = mass < 1e-300 ? s.error : errorOf(problem, s.plan().data)
    if (s.status === 'converged' && !(error <= options.tolerance * 1.000001 + 1e-15)) say(`error ${error}`)
    if (![...s.f, ...s.g, s.cost, s.value, s.kl].every(Number.isFinite)) say('numbers that are not finite')
  }
  if (process.env.HARD_PROBLEMS) console.log(counts)
  expect(wrong).toEqual([])
})

describe('problems that others gave up on', () => {
  test('two points with a little mass to exchange', () => {
    const options = { epsilon: 0.02 }
    const C = [
      [0, 1],
      [1, 0],
    ]
    const s = sinkhornNewton(C, [0.5004, 0.4996], [0.5, 0.5], options)
    expect(s.status).toBe('converged')
    expect(s.value).toBeCloseTo(0.014198, 6)
    expect(s.value).toBeCloseTo(sinkhorn(C, [0.5004, 0.4996], [0.5, 0.5], options).value, 9)
  })

  test('three points, one without mass', () => {
    const C = [
      [0.0002, 0.1531, 0.174],
      [0.1508, 0.0003, 0.0019],
      [0.6877, 0.1795, 0.1583],
    ]
    const [a, b] = [[0.33336883332817446, 0.6666311666718255, 0], Array(3).fill(1 / 3)]
    const s = sinkhornNewton(C, a, b, { epsilon: 8.5e-5 })
    expect(s.status).toBe('converged')
    const finer = sinkhornNewton(C, a, b, { epsilon: 8.5e-5, annealing: { tolerance: 1e-5 } })
    expect(s.value).toBeCloseTo(finer.value, 9)
  })

  test('masses from 1 to 1e-21 at a millionth of the range', () => {
    const C = [
      [-0.66, -0.22],
      [-0.78, -0.26],
      [0.3, 0.1],
      [-0.42, -0.14],
      [-0.6, -0.2],
    ]
    const normalised = (v: number[]) => v.map((x) => x / v.reduce((s, y) => s + y, 0))
    const [a, b] = [normalised([1e-7, 1e-20, 1, 1e-2, 1e-19]), normalised([1e-21, 1])]
    const s = sinkhornNewton(C, a, b, { epsilon: 1e-6 })
    expect(s.status).toBe('converged')
    expect([...s.f, ...s.g, ...s.plan().data].every(Number.isFinite)).toBe(true)
    expect(s.value).toBeCloseTo(sinkhorn(C, a, b, { epsilon: 1e-6, domain: 'log' }).value, 12)
  })

  test('goes on below where the rounding of exponents would end it', () => {
    const x = [
      [-1.14, 0.31, 0.76],
      [-0.63, 2.74, -0.54],
      [1.88, 0.91, 0.64],
      [1.02, 0.61, 1.12],
      [-1.9, -0.91, -0.51],
    ]
    const a = Array(5).fill(0.2)
    const s = sinkhornNewton(squaredEuclidean(x, x), a, a, { epsilon: 0.10505451921716608, tolerance: 1e-12 })
    expect(s.status).toBe('converged')
  })

  test.each([1e-150, 1e-290, 1e-300, 1e-310, 5e-324])('a mass of %d is a mass', (tiny) => {
    const C = [
      [0, 1, 0.3],
      [1, 0, 0.4],
      [0.2, 0.7, 0],
    ]
    const s = sinkhornNewton(C, [0.5, tiny, 0.5], [0.25, 0.75, tiny], { epsilon: 0.01, tolerance: 1e-12 })
    expect(s.status).toBe('converged')
    const row = s.planRow(1).reduce((sum, p) => sum + p, 0)
    expect(Math.abs(row - tiny)).toBeLessThanOrEqual(1e-9 * tiny + 1.5e-323)
    expect(row).toBeGreaterThan(0)
  })
})
