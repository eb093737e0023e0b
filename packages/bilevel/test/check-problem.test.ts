import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import {
  type BilevelProblem,
  type Constraints,
  checkProblem,
  networkLevel,
  quadraticBilevel,
  weightedLogistic,
  weightedSoftmax,
} from '../src/index.ts'
import { drawQuadratic } from './problems.ts'

const rng = random(4)
const normals = (n: number) => Float64Array.from({ length: n }, () => rng.normal())
const rows = (n: number, d: number) => Array.from({ length: n }, () => normals(d))

test('right problems pass: quadratic, logistic, softmax, batches', () => {
  const quadratic = drawQuadratic(random(1), { m: 5, n: 3 })
  const checked = checkProblem(quadratic, normals(3), normals(5))
  expect(checked.passes).toBe(true)
  expect(checked.checks.map(({ name }) => name)).toEqual([
    'upper.gradient: gx',
    'upper.gradient: gy',
    'lower.gradient: gx',
    'lower.gradient: gy',
    'lower.hvp: outX',
    'lower.hvp: outY',
    'lower.hessian',
    'lower.hvp: symmetry',
    'hypergradient',
  ])
  expect(Math.max(...checked.checks.map(({ error }) => error))).toBeLessThan(1e-7)
  const examples = { inputs: rows(40, 4), labels: Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 1 : 0)) }
  for (const problem of [
    weightedLogistic(examples, examples),
    weightedSoftmax(examples, examples, { temperature: 0.5 }),
  ]) {
    const [x, y] = [normals(40), normals(problem.dimensions.y)]
    expect(checkProblem(problem, x, y).summary).not.toMatch('FAILS')
    expect(checkProblem(problem, x, y, { lowerBatch: [3, 1, 3], upperBatch: [0] }).summary).not.toMatch('FAILS')
  }
})

test('a network passes: first layers above, the last below, and both levels on one network', () => {
  const network = mlp({ sizes: [3, 4, 5, 2], activation: 'tanh', seed: 2 })
  const split = 3 * 4 + 4 + 4 * 5 + 5
  const labels = Array.from({ length: 12 }, (_, i) => i % 2)
  const problem = {
    lower: networkLevel(network, rows(12, 3), labels, { split, l2: 0.1 }),
    upper: networkLevel(network, rows(12, 3), labels, { split }),
  }
  const x = Float64Array.from(network.parameters.subarray(0, split))
  const y = Float64Array.from(network.parameters.subarray(split))
  const { passes, summary } = checkProblem(problem, x, y)
  expect(summary.split('\n')).toHaveLength(8)
  expect(passes).toBe(true)
  const regression = mlp({ sizes: [3, 4, 2], activation: 'tanh', loss: 'squared', seed: 2 })
  const level = networkLevel(regression, rows(6, 3), normals(12), { split: 16, l2: 0.1 })
  const all = Float64Array.from(regression.parameters)
  expect(checkProblem({ upper: level, lower: level }, all.subarray(0, 16), all.subarray(16)).passes).toBe(true)
})

/** Changes what one function of a level writes. */
type Spoil = (problem: BilevelProblem<never>) => BilevelProblem<never>
const after =
  (
    level: 'upper' | 'lower',
    method: 'gradient' | 'hvp',
    change: (first: Float64Array, second: Float64Array) => void,
  ): Spoil =>
  (problem) => ({
    ...problem,
    [level]: {
      ...problem[level],
      [method]: (...args: Float64Array[]) => {
        ;(problem[level] as unknown as Record<string, (...all: Float64Array[]) => void>)[method](...args)
        const [first, second] = method === 'gradient' ? [args[2], args[3]] : [args[3], args[4]]
        change(first, second)
      },
    },
  })

test.each<[string, Spoil, number]>([
  ['upper.gradient: gx', after('upper', 'gradient', (gx) => gx.forEach((v, i) => (gx[i] = -v))), -2],
  ['upper.gradient: gy', after('upper', 'gradient', (_, gy) => void (gy[1] += 0.01)), 1],
  ['lower.gradient: gx', after('lower', 'gradient', (gx) => void (gx[2] *= 1.001)), 2],
  ['lower.gradient: gy', after('lower', 'gradient', (_, gy) => gy.reverse()), -2],
  ['lower.hvp: outX', after('lower', 'hvp', (outX) => void (outX[0] += 0.1)), 0],
  ['lower.hvp: outY', after('lower', 'hvp', (_, outY) => void (outY[4] *= 2)), 4],
  ['lower.gradient: gy', after('lower', 'gradient', (_, gy) => void (gy[3] = NaN)), 3],
])('finds a mistake in %s, and where it is', (name, spoil, index) => {
  const problem = spoil(drawQuadratic(random(1), { m: 5, n: 3 }) as never)
  const { passes, checks, summary } = checkProblem(problem, [1, -2, 0.5], [1, 2, 3, -1, -2])
  expect(passes).toBe(false)
  const check = checks.find((one) => one.name === name)!
  expect(check.passes).toBe(false)
  if (index > -2) expect(check.index).toBe(index)
  expect(summary).toMatch(new RegExp(`^${name}: FAILS, `, 'm'))
})

test('an error in one of many entries is found, whichever are drawn', () => {
  const n = 500
  const problem = drawQuadratic(random(1), { m: 3, n })
  const wrong = after('lower', 'gradient', (gx) => void (gx[417] += 1))(problem as never)
  for (let seed = 0; seed < 10; seed++)
    expect(checkProblem(wrong, new Float64Array(n), [1, 2, 3], { seed, entries: 5 }).passes).toBe(false)
})

test('finds mistakes in the Jacobians of constraints', () => {
  const problem = drawQuadratic(random(1), { m: 2, n: 2 }) as BilevelProblem<never>
  const constraints: Constraints = {
    count: 3,
    value(x, y, out) {
      out[0] = x[0] * y[0] - 1
      out[1] = y[1] * y[1]
      out[2] = x[1] - y[0]
    },
    transposed(x, y, m, gx, gy) {
      gx.set([m[0] * y[0], m[2]])
      gy.set([m[0] * x[0] - m[2], 2 * m[1] * y[1]])
    },
  }
  const right = checkProblem({ ...problem, constraints }, [1, 2], [3, 4])
  expect(right.passes).toBe(true)
  expect(right.summary).toMatch('hypergradient: not checked, the lower level has constraints')
  const wrong: Constraints = {
    ...constraints,
    transposed: (x, y, m, gx, gy) => constraints.transposed(x, y, m.map(Math.abs), gx, gy),
  }
  const { checks } = checkProblem({ ...problem, constraints: wrong }, [1, 2], [3, 4])
  expect(checks.filter(({ passes }) => passes === false).map(({ name }) => name)).toContain(
    'constraints.transposed: gy',
  )
})

test('a lower level without products is checked as far as it goes; arguments are left alone', () => {
  const { upper, lower } = quadraticBilevel({ A: [[2]], B: [[1]], b: [0], t: [0] })
  const x = Object.freeze([1])
  const { passes, summary } = checkProblem({ upper, lower: { value: lower.value, gradient: lower.gradient } }, x, [2])
  expect(passes).toBe(true)
  expect(summary).toMatch('hypergradient: not checked, the lower level has no hvp')
})

test('a hypergradient that a wrong lower value breaks is said to fail', () => {
  const problem = drawQuadratic(random(1), { m: 3, n: 2 })
  const wrong = { ...problem, lower: { ...problem.lower, value: () => 0 } } as BilevelProblem<never>
  expect(checkProblem(wrong, [1, 2], [0, 0, 0]).passes).toBe(false)
})
