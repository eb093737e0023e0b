import { random } from '@opt/core'
import { runExperiment } from '@opt/core/experiment'
import { gameStrategy, leastAbsolute, leastSquares } from '../src/experiment/minimisers.ts'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale', async () => {
  const { claims, complete, tables, figures } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass)).toHaveLength(8)
  expect([tables.length, figures.length]).toEqual([3, 1])
})

describe('the minimisers are optimal', () => {
  const draw = (seed: number, n: number, d: number) => {
    const rng = random(seed)
    const A = Array.from({ length: n }, () => Float64Array.from({ length: d }, () => rng.uniform(-1, 1)))
    return { rng, A, b: Float64Array.from({ length: n }, () => rng.normal()) }
  }
  const inner = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((sum, v, i) => sum + v * y[i], 0)

  test.each([1, 2, 3, 4, 5, 6])('no point near is better: %d', (seed) => {
    const { rng, A, b } = draw(seed, 25, 6)
    const cases: [Float64Array, (x: Float64Array) => number][] = [
      [leastAbsolute(A, b), (x) => A.reduce((sum, a, i) => sum + Math.abs(inner(a, x) - b[i]), 0)],
      [
        leastSquares(A, b, { l1: 0.1, l2: 0.2 }),
        (x) =>
          A.reduce((sum, a, i) => sum + (inner(a, x) - b[i]) ** 2 / 50, 0) +
          x.reduce((sum, v) => sum + 0.1 * Math.abs(v) + 0.1 * v * v, 0),
      ],
    ]
    for (const [x, F] of cases)
      for (let k = 0; k < 200; k++) {
        const size = [1e-4, 1e-2, 1][k % 3]
        expect(F(x.map((v) => v + rng.normal(0, size)))).toBeGreaterThan(F(x) - 1e-12)
      }
  })

  test.each([1, 2, 3, 4, 5, 6])('the strategies of both players have the same value: %d', (seed) => {
    const { A } = draw(seed, 8, 11)
    const x = gameStrategy(A)
    const y = gameStrategy(Array.from({ length: 11 }, (_, j) => Float64Array.from(A, (row) => -row[j])))
    const most = Math.max(...A.map((row) => inner(row, x)))
    const least = Math.min(
      ...Array.from({ length: 11 }, (_, j) =>
        inner(
          A.map((row) => row[j]),
          y,
        ),
      ),
    )
    expect(most).toBeCloseTo(least, 10)
    expect(x.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 12)
  })
})
