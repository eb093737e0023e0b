import { type BilevelProblem, checkProblem, hypergradient, solveLower } from '@opt/bilevel'
import { exp, random, sigmoid, softplus } from '@opt/core'
import { centralDifference, near } from '@opt/testing'
import fc from 'fast-check'
import { weightedSvm } from '../src/index.ts'
import { drawExamples, normals } from './problems.ts'

type Examples = ReturnType<typeof drawExamples>
const signed = ({ inputs, labels }: Examples) => inputs.map((row, i) => [...row, 1].map((value) => value * labels[i]))
const product = (row: number[], u: ArrayLike<number>) => row.reduce((sum, value, j) => sum + value * u[j], 0)

test('projections satisfy the optimality conditions, over 1,000 random problems and scales', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: -4, max: 4 }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (seed, n, d, exponent, deviation) => {
        const rng = random(seed)
        const scale = Number(`1e${exponent}`)
        const train = drawExamples(rng, n, d, scale)
        const A = signed(train)
        const problem = weightedSvm(train, train)
        const [x0, y0] = [normals(rng, n, 8), normals(rng, n + d + 1, deviation)]
        const [x, y] = [x0.slice(), y0.slice()]
        problem.projectJoint(x, y)
        near(
          x,
          x0.map((value) => Math.min(1, Math.max(-6, value))),
          { absolute: 0 },
        )
        const u = y.subarray(0, d + 1)
        // Multipliers are the slacks' movements; u moves along them.
        const multipliers = y.subarray(d + 1).map((value, i) => value - y0[d + 1 + i])
        const size = Math.max(1, ...y.map(Math.abs), ...y0.map(Math.abs)) * Math.max(1, scale)
        A.forEach((row, i) => {
          const g = 1 - y[d + 1 + i] - product(row, u)
          expect(g).toBeLessThanOrEqual(1e-12 * size)
          expect(multipliers[i]).toBeGreaterThanOrEqual(0)
          if (multipliers[i] > 0) expect(Math.abs(g)).toBeLessThanOrEqual(1e-12 * size)
        })
        for (let j = 0; j <= d; j++) {
          const pull = A.reduce((sum, row, i) => sum + multipliers[i] * row[j], 0)
          near(u[j] - y0[j], pull, { absolute: 1e-9 * size * Math.max(1, scale) })
        }
      },
    ),
    { numRuns: 1000, seed: 1 },
  )
})

/** The lower level in u = (w, b) alone, with products, as a problem of @opt/bilevel. */
function reduced(train: Examples, clean: Examples): BilevelProblem {
  const [A, Av] = [signed(train), signed(clean)]
  const d = A[0].length
  const add = (out: Float64Array, row: number[], factor: number) =>
    row.forEach((value, j) => void (out[j] += factor * value))
  return {
    upper: {
      value: (_x, u) => Av.reduce((sum, row) => sum + softplus(-product(row, u)), 0) / Av.length,
      gradient(_x, u, gx, gy) {
        gx.fill(0)
        gy.fill(0)
        for (const row of Av) add(gy, row, -sigmoid(-product(row, u)) / Av.length)
      },
    },
    lower: {
      value(x, u) {
        const hinges = A.map(
          (row, i) => exp(x[i]) * Math.max(0, 1 - product(row, u)) * Math.max(0, 1 - product(row, u)),
        )
        return (product([...u.subarray(0, d - 1), 0], u) + hinges.reduce((a, b) => a + b)) / 2
      },
      gradient(x, u, gx, gy) {
        gy.set(u)
        gy[d - 1] = 0
        A.forEach((row, i) => {
          const r = Math.max(0, 1 - product(row, u))
          gx[i] = (exp(x[i]) * r * r) / 2
          add(gy, row, -exp(x[i]) * r)
        })
      },
      hvp(x, u, v, outX, outY) {
        outY.set(v)
        outY[d - 1] = 0
        A.forEach((row, i) => {
          const r = Math.max(0, 1 - product(row, u))
          outX[i] = -exp(x[i]) * r * product(row, v)
          if (r > 0) add(outY, row, exp(x[i]) * product(row, v))
        })
      },
    },
  }
}

test('lower solution and hypergradient are those of @opt/bilevel, and of finite differences', () => {
  for (let seed = 0; seed < 10; seed++) {
    const rng = random(seed)
    const [train, clean] = [drawExamples(rng, 15, 3), drawExamples(rng, 9, 3)]
    const problem = weightedSvm(train, clean)
    const general = reduced(train, clean)
    const x = normals(rng, 15)
    const exact = problem.hyperobjective(x)
    const lower = solveLower(general.lower, x, new Float64Array(4), { tolerance: 1e-12 })
    near(exact.y.subarray(0, 4), lower.y, { absolute: 1e-9 })
    near(exact.gradient, hypergradient(general, x, lower.y).gradient, { absolute: 1e-9 })
    exact.gradient.forEach((entry, i) => {
      near(
        centralDifference((x) => problem.hyperobjective(x).value, x, i),
        entry,
        { absolute: 1e-6 },
      )
    })
  }
})

test('the lower solution satisfies the conditions of Karush, Kuhn and Tucker with its multipliers', () => {
  const rng = random(3)
  const problem = weightedSvm(drawExamples(rng, 40, 5), drawExamples(rng, 9, 5))
  const x = normals(rng, 40)
  const { y, multipliers } = problem.solveLower(x)
  const [gx, gy, Jx, Jy, g] = [40, 46, 40, 46, 40].map((n) => new Float64Array(n))
  problem.lower.gradient(x, y, gx, gy)
  problem.constraints.transposed(x, y, multipliers, Jx, Jy)
  near(
    gy.map((value, j) => value + Jy[j]),
    new Float64Array(46),
    { absolute: 1e-10 },
  )
  problem.constraints.value(x, y, g)
  g.forEach((value, i) => {
    expect(value).toBeLessThanOrEqual(1e-14)
    expect(multipliers[i]).toBeGreaterThanOrEqual(0)
    near(multipliers[i] * value, 0, { absolute: 1e-12 })
  })
})

test('all derivatives pass checkProblem', () => {
  const rng = random(4)
  const problem = weightedSvm(drawExamples(rng, 10, 3), drawExamples(rng, 8, 3))
  expect(checkProblem(problem as never, normals(rng, 10), normals(rng, 14)).summary).not.toMatch('FAILS')
})

test('labels 1 and 0, duplicate rows, constant columns, one class, one example', () => {
  const rng = random(5)
  const examples = drawExamples(rng, 12, 2)
  const zeros = { inputs: examples.inputs, labels: examples.labels.map((label) => (label === 1 ? 1 : 0)) }
  const x = normals(rng, 12)
  const one = weightedSvm(examples, examples).hyperobjective(x)
  expect(weightedSvm(zeros, zeros).hyperobjective(x)).toEqual(one)
  const degenerate = {
    inputs: examples.inputs.map(() => [1, 0, 5]),
    labels: examples.labels,
  }
  const flat = weightedSvm(degenerate, degenerate).hyperobjective(x)
  expect([...flat.gradient, ...flat.y, flat.value].every(Number.isFinite)).toBe(true)
  for (const inputs of [
    [[1, 2]],
    [
      [1, 2],
      [3, 4],
    ],
  ]) {
    const same = { inputs, labels: inputs.map(() => 1) }
    const problem = weightedSvm(same, same)
    const { y, gradient } = problem.hyperobjective(inputs.map(() => 0))
    near(
      problem.decisions(y, inputs).map((score) => Math.min(score, 1)),
      inputs.map(() => 1),
      { absolute: 1e-9 },
    )
    near(
      gradient,
      inputs.map(() => 0),
      { absolute: 1e-9 },
    )
  }
})

test('what a caller gets wrong is refused by name', () => {
  const good = drawExamples(random(1), 3, 2)
  expect(() => weightedSvm({ ...good, labels: [1, 2, 1] }, good)).toThrow(
    'weightedSvm: training.labels[1] must be 1 or 0, got 2',
  )
  expect(() => weightedSvm(good, { inputs: [[1]], labels: [1] })).toThrow(
    /^weightedSvm: validation.inputs must be of shape/,
  )
  expect(() => weightedSvm(good, good, { lower: 2, upper: 1 })).toThrow('weightedSvm: upper')
  expect(() =>
    weightedSvm(
      {
        inputs: [
          [1e200, 1],
          [1, 1],
          [1, 1],
        ],
        labels: [1, 0, 1],
      },
      good,
    ),
  ).toThrow('weightedSvm: training')
})
