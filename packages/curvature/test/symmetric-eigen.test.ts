import { random } from '@opt/core'
import { golden, near, vectorBytes } from '@opt/testing'
import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { type Eigen, SymmetricEigensolver, symmetricEigen, tridiagonalEigen } from '../src/index.ts'
import { defects, type Rows, wigner, withEigenvalues } from './matrices.ts'

const scipy = golden(import.meta.url, 'scipy.json')

const columns = ({ values, vectors }: Eigen): Float64Array[] =>
  Array.from(values, (_, j) => Float64Array.from(values, (_, i) => vectors!.get(i, j)))

/** Defects in units of roundoff, relative to the largest |eigenvalue|. */
function check(A: Rows, scale = 1): Eigen {
  const eigen = symmetricEigen(A)
  const { residual, orthogonality } = defects(A, eigen.values, columns(eigen), scale)
  const peak = Math.max(...eigen.values.map((value) => Math.abs(value / scale)))
  const allowed = 4e-15 * (A.length + 4)
  if (!(residual <= allowed * peak && orthogonality <= allowed))
    throw new Error(`residual ${residual / peak}, orthogonality ${orthogonality} for ${A.map((row) => [...row])}`)
  expect([...eigen.values]).toEqual([...eigen.values].sort((a, b) => a - b))
  return eigen
}

const tridiagonalRows = (d: ArrayLike<number>, e: ArrayLike<number>): Rows =>
  Array.from(d, (_, i) =>
    Float64Array.from(d, (_, j) => (i === j ? d[i] : Math.abs(i - j) === 1 ? e[Math.min(i, j)] : 0)),
  )

test.each([1, 2, 3, 4, 5, 8, 17, 33, 64, 130])('a random matrix of order %d at any scale', (n) => {
  for (const scale of [1, 1e-300, 1e300, 1e-150, 1e150]) check(wigner(n, random(n), scale), scale)
})

test('subnormal numbers', () => {
  const { values } = symmetricEigen([
    [2e-320, 1e-320],
    [1e-320, 2e-320],
  ])
  near(values, [1e-320, 3e-320], { absolute: 2e-323 })
})

test('1000 random matrices of integers, graded, sparse and singular ones among them', () => {
  const entry = fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 3 }), fc.double({ min: -1, max: 1, noNaN: true }))
  const sizes = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(
      sizes.chain((n) => fc.array(entry, { minLength: n * n, maxLength: n * n })),
      fc.integer({ min: -12, max: 12 }),
      (entries, grade) => {
        const n = Math.round(Math.sqrt(entries.length))
        const A: Rows = Array.from({ length: n }, () => new Float64Array(n))
        for (let i = 0; i < n; i++)
          for (let j = 0; j <= i; j++) A[i][j] = A[j][i] = entries[i * n + j] * 10 ** (grade * (i + j))
        const peak = Math.max(...A.flatMap((row) => [...row.map(Math.abs)]))
        // Eigenvalues that are subnormal have few bits.
        fc.pre(peak > 1e-290)
        check(A, peak)
      },
    ),
    { numRuns: 1000, seed: 1 },
  )
})

test('eigenvalues of ml-matrix', () => {
  for (let n = 1; n <= 40; n++) {
    const A = wigner(n, random(n))
    const theirs = new EigenvalueDecomposition(new Matrix(A)).realEigenvalues.sort((a, b) => a - b)
    near(symmetricEigen(A, { vectors: false }).values, theirs, { ofLargest: 1e-14 })
  }
})

test('known eigenvalues: repeated, clustered, of both signs, zero', () => {
  for (const values of [
    [1, 1, 1, 1],
    [-1, -1, 0, 0, 1, 1],
    [1, 1 + 1e-15, 1 + 1e-8, 2, 2, 3],
    [0, 0, 0],
    [-5, 1e-12, 5],
  ])
    near(check(withEigenvalues(values)).values, values, { absolute: 1e-13 })
})

test('scipy: Hilbert, graded and Wilkinson matrices', () => {
  const hilbert = Array.from({ length: 10 }, (_, i) => Float64Array.from({ length: 10 }, (_, j) => 1 / (i + j + 1)))
  near(check(hilbert).values, scipy.hilbert, { absolute: 4e-15 })
  const graded = Array.from({ length: 8 }, (_, i) =>
    Float64Array.from({ length: 8 }, (_, j) => 10 ** -(i + j) * (i === j ? 2 : 1)),
  )
  near(check(graded).values, scipy.graded, { absolute: 4e-15 })
  // The largest two agree in 14 digits.
  const d = Float64Array.from({ length: 21 }, (_, i) => Math.abs(i - 10))
  const e = new Float64Array(20).fill(1)
  near(tridiagonalEigen(d, e).values, scipy.wilkinson, { absolute: 1e-14 })
})

test('a graded tridiagonal matrix keeps its small eigenvalues, whichever end they are at', () => {
  const d = Float64Array.from({ length: 8 }, (_, i) => 10 ** (-10 * i))
  const e = Float64Array.from({ length: 7 }, (_, i) => 0.1 * 10 ** (-10 * i - 5))
  const down = tridiagonalEigen(d, e).values
  const up = tridiagonalEigen(d.toReversed(), e.toReversed()).values
  near(down, up, { relative: 1e-14 })
  // To first order, d_i - e_i-1^2 / d_i-1.
  down.toReversed().forEach((value, i) => {
    near(value / d[i], i === 0 ? 1 : 0.99, { absolute: 2e-4 })
  })
})

test('1000 tridiagonal matrices of wild entries', () => {
  const entry = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
    fc.integer({ min: -2, max: 2 }),
    fc.integer({ min: -300, max: 300 }).map((k) => 10 ** k),
  )
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 15 }), (entries) => {
      const n = Math.ceil(entries.length / 2)
      const d = entries.slice(0, n)
      const e = Array.from({ length: n - 1 }, (_, i) => entries[n + i] ?? 1)
      const eigen = tridiagonalEigen(d, e)
      const peak = Math.max(...[...d, ...e].map(Math.abs)) || 1
      const { residual, orthogonality } = defects(tridiagonalRows(d, e), eigen.values, columns(eigen), peak)
      return residual < 1e-13 && orthogonality < 1e-13
    }),
    { numRuns: 1000, seed: 2 },
  )
})

test('vectors are computed only when wanted, and the matrix is left alone', () => {
  const A = wigner(6)
  const before = A.map((row) => [...row])
  const without = symmetricEigen(A, { vectors: false })
  expect(without.vectors).toBeUndefined()
  expect([...without.values]).toEqual([...symmetricEigen(A).values])
  expect(A.map((row) => [...row])).toEqual(before)
})

test('what is refused', () => {
  expect(() => symmetricEigen([[1, 2]])).toThrow('symmetricEigen: A must be square, got shape [1, 2]')
  expect(() =>
    symmetricEigen([
      [1, 2],
      [3, 1],
    ]),
  ).toThrow('symmetricEigen: A[0][1] must be equal to A[1][0] = 3, got 2')
  expect(() => symmetricEigen([[NaN]])).toThrow('symmetricEigen: A[0][0] must be a finite number')
  expect(() => tridiagonalEigen([1, 2], [1, 2])).toThrow('tridiagonalEigen: offDiagonal must be of length 1')
  expect(() =>
    symmetricEigen([
      [1.7e308, 1.7e308],
      [1.7e308, 1.7e308],
    ]),
  ).toThrow('symmetricEigen: A must be of eigenvalues within the range of doubles, got Infinity')
  expect(() => tridiagonalEigen([1], [1])).toThrow('tridiagonalEigen: offDiagonal must be empty')
})

test('a call does not see what earlier calls of its size left behind, refused ones included', () => {
  const matrices = [3, 0, 7].map((shift) =>
    Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => Math.cos(i * j + i + j + shift))),
  )
  const zeros = Array.from({ length: 6 }, () => new Float64Array(6))
  const first = matrices.map((A) => symmetricEigen(A))
  const skew = matrices[0].map((row, i) => row.map((v, j) => (i > j ? v + 1 : v)))
  expect(() => symmetricEigen(skew)).toThrow('equal to')
  for (const k of [2, 0, 1, 1, 0, 2]) {
    const again = symmetricEigen(matrices[k])
    expect(again.values).toEqual(first[k].values)
    expect(again.vectors?.data).toEqual(first[k].vectors?.data)
    expect(symmetricEigen(matrices[k], { vectors: false }).values).toEqual(
      symmetricEigen(matrices[k], { vectors: false }).values,
    )
    expect(Array.from(symmetricEigen(zeros).values)).toEqual([0, 0, 0, 0, 0, 0])
  }
})

test('a solver of many matrices gives the bits of symmetricEigen, whatever it solved before, and allocates nothing', () => {
  for (const n of [1, 2, 5, 31, 40]) {
    const solver = new SymmetricEigensolver(n)
    const rng = random(n)
    for (const scale of [1, 1e-300, 1e300, 1]) {
      const A = wigner(n, rng, scale)
      solver.solve(Float64Array.from(A.flatMap((row) => [...row])))
      const { values, vectors } = symmetricEigen(A)
      const order = [...solver.values.keys()].sort((i, j) => solver.values[i] - solver.values[j] || i - j)
      expect(order.map((k) => solver.values[k])).toEqual([...values])
      const { data, stride } = solver.vectors
      order.forEach((k, j) => {
        for (let i = 0; i < n; i++) expect(data[k * stride + i]).toBe(vectors!.get(i, j))
      })
    }
  }
  const solver = new SymmetricEigensolver(12)
  const A = Float64Array.from(wigner(12, random(1)).flatMap((row) => [...row]))
  const solve = () => {
    for (let k = 0; k < 100; k++) solver.solve(A)
  }
  solve()
  expect(vectorBytes(solve)).toBeLessThanOrEqual(0)
  expect(() => solver.solve([1, 2])).toThrow('SymmetricEigensolver.solve: A must be of length 144, got length 2')
})
