import { checkProblem } from '@opt/bilevel'
import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { linearConstraints, lvHba } from '../src/index.ts'
import { coupled, normals } from './problems.ts'

const product = (row: ArrayLike<number>, p: ArrayLike<number>) =>
  Array.from(row).reduce((sum, value, j) => sum + value * p[j], 0)

test('projections are feasible and satisfy the optimality conditions, over 1,000 random polyhedra', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      fc.integer({ min: -6, max: 6 }),
      (seed, l, n, m, repeated, exponent) => {
        const rng = random(seed)
        const size = Number(`1e${exponent}`)
        const rows = Array.from({ length: l }, () => normals(rng, n + m))
        // Rows that repeat and combine others.
        if (repeated && l > 1) rows[l - 1] = rows[0].map((value) => 2 * value)
        if (repeated && l > 3) rows[l - 2] = rows[1].map((value, j) => value + rows[2][j])
        const inside = normals(rng, n + m, size)
        const equality = rows.map((_, i) => i === 0 && !repeated && l < n + m && rng.uniform() < 0.5)
        const h = rows.map((row, i) => product(row, inside) + (equality[i] ? 0 : rng.uniform(0, size)))
        const { projectJoint } = linearConstraints({
          Gx: rows.map((row) => row.subarray(0, n)),
          Gy: rows.map((row) => row.subarray(n)),
          h,
          equality,
        })
        const [x0, y0] = [normals(rng, n, 3 * size), normals(rng, m, 3 * size)]
        const [x, y] = [x0.slice(), y0.slice()]
        projectJoint(x, y)
        const p = [...x, ...y]
        const p0 = [...x0, ...y0]
        rows.forEach((row, i) => {
          const left = product(row, p) - h[i]
          expect(equality[i] ? Math.abs(left) : left).toBeLessThanOrEqual(1e-9 * size)
        })
        // Nearest: no point of the polyhedron lies in the direction of p0 (a variational inequality on samples).
        for (let k = 0; k < 20; k++) {
          const q = inside.map((value) => value + rng.normal(0, size))
          const reach = rows.reduce((most, row, i) => {
            const along = product(row, q) - product(row, inside)
            const room = h[i] - product(row, inside)
            if (equality[i]) return Math.abs(along) > 0 ? 0 : most
            return along > room ? Math.min(most, room / along) : most
          }, 1)
          const point = inside.map((value, j) => value + reach * (q[j] - value))
          const inner = point.reduce((sum, value, j) => sum + (p0[j] - p[j]) * (value - p[j]), 0)
          expect(inner).toBeLessThanOrEqual(1e-8 * size * size)
        }
        // Projected again, nothing moves.
        const [x1, y1] = [x.slice(), y.slice()]
        projectJoint(x1, y1)
        near(x1, x, { absolute: 1e-9 * size })
        near(y1, y, { absolute: 1e-9 * size })
      },
    ),
    { numRuns: 1000, seed: 1 },
  )
})

test('the difference is a combination of active rows with nonnegative multipliers', () => {
  const Gx = [[1], [0], [-1]]
  const Gy = [
    [1, 1],
    [1, -1],
    [0, 0],
  ]
  const { projectJoint, scale } = linearConstraints({ Gx, Gy, h: [1, 0, 5] })
  near(scale, Math.SQRT1_2, { absolute: 1e-12 })
  const [x, y] = [Float64Array.of(2), Float64Array.of(3, 1)]
  projectJoint(x, y)
  // Active rows 0 and 1: p0 - p = a (1, 1, 1) + b (0, 1, -1).
  near(y[0], y[1], { absolute: 1e-12 })
  near(x[0] + y[0] + y[1], 1, { absolute: 1e-12 })
  near([x[0], y[0]], [1 / 3, 1 / 3], { absolute: 1e-12 })
})

test('constraints that contradict each other are said to', () => {
  const { projectJoint } = linearConstraints({ Gx: [[1], [-1]], Gy: [[0], [0]], h: [0, -1] })
  expect(() => projectJoint(Float64Array.of(3), Float64Array.of(0))).toThrow(
    'linearConstraints: projectJoint: no point satisfies all constraints',
  )
  const equations = linearConstraints({ Gx: [[1], [2]], Gy: [[1], [2]], h: [1, 3], equality: [true, true] })
  expect(() => equations.projectJoint(Float64Array.of(3), Float64Array.of(0))).toThrow(/no point satisfies/)
  const same = linearConstraints({ Gx: [[1], [2]], Gy: [[1], [2]], h: [1, 2], equality: [true, true] })
  const [x, y] = [Float64Array.of(3), Float64Array.of(0)]
  same.projectJoint(x, y)
  near([...x, ...y], [2, -1], { absolute: 1e-12 })
})

test('a problem with them is the one with constraints by hand', () => {
  const linear = linearConstraints({ Gx: [[1]], Gy: [[1]], h: [3] })
  const problem = { upper: coupled.upper, lower: coupled.lower, ...linear }
  expect(checkProblem(problem as never, [1], [2]).passes).toBe(true)
  const options = { tolerance: 0, history: false, maxIterations: 20_000, penalty: { c: 1, p: 0.49 } }
  const { x, y } = lvHba(problem, { x: [0], y: [0] }, options)
  near([...x, ...y], [2, 1], { absolute: 5e-3 })
})

test('wrong parts are refused by name', () => {
  const good = { Gx: [[1]], Gy: [[1]], h: [1] }
  expect(() => linearConstraints({ ...good, Gy: [[1], [2]] })).toThrow('linearConstraints: Gy must be of shape [1, 1]')
  expect(() => linearConstraints({ ...good, h: [1, 2] })).toThrow(
    'linearConstraints: h must be of length 1, got length 2',
  )
  expect(() => linearConstraints({ Gx: [[0]], Gy: [[0]], h: [1] })).toThrow(
    /linearConstraints: row 0 of Gx and Gy must be/,
  )
  expect(() => linearConstraints({ ...good, equality: [true, false] })).toThrow('linearConstraints: equality must be')
})
