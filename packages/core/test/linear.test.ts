import fc from 'fast-check'
import { Matrix as MlMatrix, solve as mlSolve } from 'ml-matrix'
import { conjugateGradient, dot, type LinearOperator, random } from '../src/index.ts'

const operator = (rows: readonly ArrayLike<number>[]): LinearOperator => ({
  rows: rows.length,
  columns: rows[0].length,
  apply: (x, out) => out.set(rows.map((row) => dot(row, x))),
})

const dense = (rows: number, columns: number, seed: number) => {
  const rng = random(seed)
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => (rng.uniform() < 0.5 ? 0 : rng.normal())),
  )
}
const spd = (n: number, seed: number) => {
  const a = new MlMatrix(dense(n, n, seed))
  return a.mmul(a.transpose()).add(MlMatrix.eye(n, n).mul(0.1))
}

describe('conjugateGradient', () => {
  test('solves positive definite systems, with and without a preconditioner, from any start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), fc.nat(1e6), fc.boolean(), fc.boolean(), (n, seed, jacobi, warm) => {
        const a = spd(n, seed)
        const rng = random(seed)
        const b = Array.from({ length: n }, () => rng.normal())
        const { x, status } = conjugateGradient(operator(a.to2DArray()), b, {
          tolerance: 1e-12,
          ...(jacobi ? { preconditioner: Float64Array.from(a.diagonal(), (d) => 1 / d) } : {}),
          ...(warm ? { initial: b } : {}),
        })
        expect(status).toBe('converged')
        const exact = mlSolve(a, MlMatrix.columnVector(b)).to1DArray()
        const size = Math.max(1, ...exact.map(Math.abs))
        exact.forEach((e, i) => expect(Math.abs(x[i] - e) / size).toBeLessThan(1e-8))
      }),
    )
  })

  test('ends after at most n iterations up to rounding, and at once for b = 0', () => {
    const a = new MlMatrix([
      [4, 1],
      [1, 3],
    ])
    expect(conjugateGradient(operator(a.to2DArray()), [1, 2]).iterations).toBeLessThanOrEqual(2)
    const zero = conjugateGradient(operator(a.to2DArray()), [0, 0])
    expect([...zero.x]).toEqual([0, 0])
    expect(zero.status).toBe('converged')
  })

  const residual = (rows: number[][], b: number[], x: Float64Array) =>
    Math.hypot(...b.map((v, i) => v - rows[i].reduce((sum, a, j) => sum + a * x[j], 0))) / Math.hypot(...b)

  test('says converged only of a residual computed from x, however singular the system', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(1e6), fc.boolean(), (n, seed, consistent) => {
        const rng = random(seed)
        const thin = Array.from({ length: n }, () => Array.from({ length: Math.ceil(n / 2) }, () => rng.normal()))
        const rows = thin.map((u) => thin.map((v) => u.reduce((sum, a, k) => sum + a * v[k], 0)))
        const any = Array.from({ length: n }, () => rng.normal())
        const b = consistent ? rows.map((row) => row.reduce((sum, a, j) => sum + a * any[j], 0)) : any
        const answer = conjugateGradient(operator(rows), b, { tolerance: 1e-8, maxIterations: 200 })
        const truth = residual(rows, b, answer.x)
        if (answer.status === 'converged') expect(truth).toBeLessThan(1.0001e-8)
        expect(Math.abs(answer.residual - truth)).toBeLessThanOrEqual(1e-6 * (truth + answer.residual) + 1e-14)
      }),
      { numRuns: 1000 },
    )
    const rank1 = [
      [0.01, 0.03],
      [0.03, 0.09],
    ]
    const answer = conjugateGradient(operator(rank1), [1, 1])
    expect(answer.status).toBe('stalled')
    expect(answer.residual).toBeCloseTo(residual(rank1, [1, 1], answer.x), 12)
    expect(answer.residual).toBeGreaterThan(0.4)
  })

  test('solves for right-hand sides of any size', () => {
    const diagonal = operator([
      [1, 0],
      [0, 2],
    ])
    for (const size of [1e-320, 1e-170, 1e-120, 1e120, 1e170, 1e300]) {
      for (const initial of [undefined, [size, 0]]) {
        const { x, status } = conjugateGradient(diagonal, [size, size], initial ? { initial } : {})
        expect(status).toBe('converged')
        expect(x[0] / size).toBeCloseTo(1, 2)
        expect(x[1] / size).toBeCloseTo(0.5, 2)
      }
    }
  })

  test('refuses a preconditioner that is not positive definite', () => {
    const identity = operator([
      [1, 0],
      [0, 2],
    ])
    expect(() => conjugateGradient(identity, [1, 2], { preconditioner: Float64Array.of(1, 0) })).toThrow(
      new RangeError('conjugateGradient: preconditioner[1] must be positive, got 0'),
    )
    expect(() => conjugateGradient(identity, [1, 2], { preconditioner: [1] })).toThrow('must be of length 2')
    expect(() => conjugateGradient(identity, [1, 2], { preconditioner: (_, out) => out.fill(0) })).toThrow(
      'conjugateGradient: preconditioner must be positive definite',
    )
    const half = conjugateGradient(identity, [1, 2], {
      preconditioner: (r, out) => {
        out[0] = r[0]
        out[1] = 0
      },
    })
    expect(half.status).toBe('stalled')
    expect(half.message).toContain('preconditioner')
  })

  test('says when the operator is not positive definite', () => {
    const answer = conjugateGradient(
      operator([
        [1, 0],
        [0, -1],
      ]),
      [1, 2],
    )
    expect(answer.status).toBe('stalled')
    expect(answer.message).toContain('not positive definite')
  })

  test('takes a preconditioner function and scratch, and leaves b alone', () => {
    const a = operator([
      [2, 1],
      [1, 2],
    ])
    const b = Float64Array.of(3, 3)
    const scratch = [0, 1, 2, 3].map(() => new Float64Array(2)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const half = (r: Float64Array, out: Float64Array) => r.forEach((v, i) => (out[i] = v / 2))
    const { x } = conjugateGradient(a, b, { scratch, preconditioner: half })
    expect(x[0]).toBeCloseTo(1, 12)
    expect([...b]).toEqual([3, 3])
  })

  test('refuses what does not fit', () => {
    expect(() => conjugateGradient(operator([[1, 2]]), [1])).toThrow(
      'conjugateGradient: operator must be square, got 1 x 2',
    )
    expect(() => conjugateGradient(operator([[1]]), [1, 2])).toThrow(
      'conjugateGradient: b must be of length 1, got length 2',
    )
  })
})
