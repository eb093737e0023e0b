import fc from 'fast-check'
import ndarray from 'ndarray'
import { assignment, random } from '../src/index.ts'

/** The least cost over all ways to give each member of the smaller side a partner. */
function bruteForce(C: number[][]): number {
  if (C.length > C[0].length) return bruteForce(C[0].map((_, j) => C.map((row) => row[j])))
  const best = (i: number, used: number): number =>
    i === C.length
      ? 0
      : Math.min(...C[0].map((_, j) => (used & (1 << j) ? Infinity : C[i][j] + best(i + 1, used | (1 << j)))))
  return best(0, 0)
}

const side = fc.integer({ min: 1, max: 6 })
const entry = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.constant(Infinity),
)
const matrixOf = (value: fc.Arbitrary<number>) =>
  fc
    .tuple(side, side)
    .chain(([n, m]) => fc.array(fc.array(value, { minLength: m, maxLength: m }), { minLength: n, maxLength: n }))

describe('assignment', () => {
  test('finds what trying all assignments finds, and proves it by its dual', () => {
    fc.assert(
      fc.property(matrixOf(entry), (C) => {
        const { rows, columns, cost, dual, status } = assignment(C)
        const least = bruteForce(C)
        if (least === Infinity) {
          expect(status).toBe('infeasible')
          return
        }
        expect(status).toBe('completed')
        const size = Math.max(1, ...C.flat().map((c) => (c < Infinity ? Math.abs(c) : 0)))
        expect(Math.abs(cost - least)).toBeLessThanOrEqual(1e-12 * size)
        expect(rows).toHaveLength(Math.min(C.length, C[0].length))
        expect(new Set(columns).size).toBe(columns.length)
        const total = [...dual.u, ...dual.v].reduce((sum, v) => sum + v, 0)
        expect(Math.abs(total - cost)).toBeLessThanOrEqual(1e-11 * size)
        C.forEach((row, i) => {
          row.forEach((c, j) => expect(dual.u[i] + dual.v[j]).toBeLessThanOrEqual(c + 1e-11 * size))
        })
        rows.forEach((i, k) =>
          expect(Math.abs(dual.u[i] + dual.v[columns[k]] - C[i][columns[k]])).toBeLessThanOrEqual(1e-11 * size),
        )
      }),
      { numRuns: 2000, seed: 1 },
    )
  })

  test('maximises, and takes whatever is a matrix', () => {
    const C = [
      [7, 5, 1],
      [4, 9, 3],
    ]
    expect(assignment(C, { maximize: true })).toMatchObject({ cost: 16, columns: Int32Array.of(0, 1) })
    expect(assignment(ndarray(Float64Array.of(7, 4, 5, 9, 1, 3), [2, 3], [1, 2])).cost).toBe(assignment(C).cost)
    const { u, v } = assignment(C, { maximize: true }).dual
    C.forEach((row, i) => {
      row.forEach((c, j) => expect(u[i] + v[j]).toBeGreaterThanOrEqual(c))
    })
  })

  test('ties, equal rows and costs of any size', () => {
    const equal = Array.from({ length: 30 }, () => new Array<number>(40).fill(3))
    expect(assignment(equal)).toMatchObject({ status: 'completed', cost: 90 })
    for (const size of [1e-300, 1e-320, 1e150, 1e300, 3e307]) {
      const { columns, cost } = assignment([
        [2 * size, size],
        [size, 4 * size],
      ])
      expect([...columns]).toEqual([1, 0])
      expect(cost).toBe(2 * size)
    }
  })

  test('the expected cost of random assignments is pi^2 / 6 (Aldous 2001)', () => {
    const rng = random(2)
    const n = 300
    const C = Array.from({ length: n }, () => Float64Array.from({ length: n }, () => -Math.log(1 - rng.uniform())))
    expect(assignment(C).cost).toBeGreaterThan(1.4)
    expect(assignment(C).cost).toBeLessThan(1.9)
  })

  test('goes step by step, and ends early with pairs that are best for those who have one', () => {
    const rng = random(3)
    const C = Array.from({ length: 40 }, () => Float64Array.from({ length: 40 }, () => rng.uniform()))
    const whole = assignment(C)
    const { status, rows, columns } = assignment(C, { stopWhen: ({ assigned }) => assigned >= 35 })
    if (status === 'stopped') {
      const part = [...rows].map((i) => C[i])
      expect(assignment(part).cost).toBeCloseTo(
        [...rows].reduce((sum, i, k) => sum + C[i][columns[k]], 0),
        12,
      )
    }
    expect(whole.rows).toHaveLength(40)
    const seen = [...assignment.steps(C)].map(({ assigned }) => assigned)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(40)
  })

  test('refuses what is no cost', () => {
    expect(() => assignment([[1, NaN]])).toThrow('assignment: cost[0][1] must be a finite number or Infinity, got NaN')
    expect(() => assignment([[1, -Infinity]])).toThrow('assignment: cost[0][1]')
    expect(() => assignment([[1, Infinity]], { maximize: true })).toThrow(
      'assignment: cost[0][1] must be a finite number',
    )
    expect(() => assignment([])).toThrow('assignment: cost must be nonempty')
    expect(() => assignment([[1]], { maximize: 1 as never })).toThrow('assignment: maximize must be true or false')
    const infeasible = assignment([
      [1, Infinity],
      [2, Infinity],
    ])
    expect(infeasible.status).toBe('infeasible')
    expect(infeasible.message).toMatch(/^assignment: infeasible: row [01] cannot be assigned beside the others$/)
  })
})
