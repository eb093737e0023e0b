import fc from 'fast-check'
import { Matrix as MlMatrix, solve as mlSolve } from 'ml-matrix'
import {
  conjugateGradient,
  csr,
  csrFromDense,
  csrMultiply,
  csrMultiplyTransposed,
  csrTranspose,
  denseOperator,
  random,
  sparseOperator,
} from '../src/index.ts'

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

describe('sparse matrices', () => {
  it('multiply like the dense ones, and so do their transposes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(1e6),
        (rows, columns, seed) => {
          const a = dense(rows, columns, seed)
          const sparse = csrFromDense(a)
          const rng = random(seed + 1)
          const x = Float64Array.from({ length: columns }, () => rng.normal())
          const u = Float64Array.from({ length: rows }, () => rng.normal())
          const y = new Float64Array(rows)
          const v = new Float64Array(columns)
          const w = new Float64Array(columns)
          csrMultiply(sparse, x, y)
          csrMultiplyTransposed(sparse, u, v)
          csrMultiply(csrTranspose(sparse), u, w)
          a.forEach((row, i) =>
            expect(y[i]).toBeCloseTo(
              row.reduce((s, r, j) => s + r * x[j], 0),
              12,
            ),
          )
          for (let j = 0; j < columns; j++) {
            expect(v[j]).toBeCloseTo(
              a.reduce((s, row, i) => s + row[j] * u[i], 0),
              12,
            )
            expect(w[j]).toBe(v[j])
          }
          expect(csrTranspose(csrTranspose(sparse))).toEqual(sparse)
        },
      ),
    )
  })

  it('refuses parts that do not fit', () => {
    const good = {
      rows: 2,
      columns: 2,
      indptr: Int32Array.of(0, 1, 2),
      indices: Int32Array.of(0, 1),
      values: Float64Array.of(1, 2),
    }
    expect(csr(good)).toEqual(good)
    expect(() => csr({ ...good, indptr: Int32Array.of(0, 2) })).toThrow('csr: indptr must be of length 3, got length 2')
    expect(() => csr({ ...good, indptr: Int32Array.of(0, 3, 2) })).toThrow('csr: indptr[2] must be at least 3, got 2')
    expect(() => csr({ ...good, indices: Int32Array.of(0, 2) })).toThrow(
      'csr: indices[1] must be between 0 and 1, got 2',
    )
    expect(() => csr({ ...good, values: Float64Array.of(1, Number.NaN) })).toThrow(
      'csr: values[1] must be a finite number',
    )
    expect(() => csr({ ...good, indptr: Int32Array.of(0, 1, 1) })).toThrow(
      'csr: indptr[2] must be the number of values (2), got 1',
    )
  })
})

describe('conjugateGradient', () => {
  it('solves positive definite systems, with and without a preconditioner, from any start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), fc.nat(1e6), fc.boolean(), fc.boolean(), (n, seed, jacobi, warm) => {
        const a = spd(n, seed)
        const rng = random(seed)
        const b = Array.from({ length: n }, () => rng.normal())
        const { x, status } = conjugateGradient(denseOperator(a), b, {
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

  it('ends after at most n iterations up to rounding, and at once for b = 0', () => {
    const a = new MlMatrix([
      [4, 1],
      [1, 3],
    ])
    expect(conjugateGradient(denseOperator(a), [1, 2]).iterations).toBeLessThanOrEqual(2)
    const zero = conjugateGradient(denseOperator(a), [0, 0])
    expect([...zero.x]).toEqual([0, 0])
    expect(zero.status).toBe('converged')
  })

  const residual = (rows: number[][], b: number[], x: Float64Array) =>
    Math.hypot(...b.map((v, i) => v - rows[i].reduce((sum, a, j) => sum + a * x[j], 0))) / Math.hypot(...b)

  it('says converged only of a residual computed from x, however singular the system', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(1e6), fc.boolean(), (n, seed, consistent) => {
        const rng = random(seed)
        const thin = Array.from({ length: n }, () => Array.from({ length: Math.ceil(n / 2) }, () => rng.normal()))
        const rows = thin.map((u) => thin.map((v) => u.reduce((sum, a, k) => sum + a * v[k], 0)))
        const any = Array.from({ length: n }, () => rng.normal())
        const b = consistent ? rows.map((row) => row.reduce((sum, a, j) => sum + a * any[j], 0)) : any
        const answer = conjugateGradient(denseOperator(rows), b, { tolerance: 1e-8, maxIterations: 200 })
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
    const answer = conjugateGradient(denseOperator(rank1), [1, 1])
    expect(answer.status).toBe('stalled')
    expect(answer.residual).toBeCloseTo(residual(rank1, [1, 1], answer.x), 12)
    expect(answer.residual).toBeGreaterThan(0.4)
  })

  it('solves for right-hand sides of any size', () => {
    const diagonal = denseOperator([
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

  it('refuses a preconditioner that is not positive definite', () => {
    const identity = denseOperator([
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

  it('says when the operator is not positive definite', () => {
    const answer = conjugateGradient(
      denseOperator([
        [1, 0],
        [0, -1],
      ]),
      [1, 2],
    )
    expect(answer.status).toBe('stalled')
    expect(answer.message).toContain('not positive definite')
  })

  it('takes sparse operators, a preconditioner function and scratch, and leaves b alone', () => {
    const a = csrFromDense([
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
    const { x } = conjugateGradient(sparseOperator(a), b, { scratch, preconditioner: half })
    expect(x[0]).toBeCloseTo(1, 12)
    expect([...b]).toEqual([3, 3])
  })

  it('refuses what does not fit', () => {
    expect(() => conjugateGradient(denseOperator([[1, 2]]), [1])).toThrow(
      'conjugateGradient: operator must be square, got 1 x 2',
    )
    expect(() => conjugateGradient(denseOperator([[1]]), [1, 2])).toThrow(
      'conjugateGradient: b must be of length 1, got length 2',
    )
  })
})
