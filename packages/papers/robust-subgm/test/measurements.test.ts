import { type Matrix, random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { Matrix as MlMatrix } from 'ml-matrix'
import ndarray from 'ndarray'
import {
  batchedMeasurements,
  denseMeasurements,
  entryMeasurements,
  gaussianMeasurements,
  type Measurements,
  rankOneMeasurements,
  sparseMeasurements,
} from '../src/index.ts'

const tight = { absolute: 1e-12, relative: 1e-12 }
const seeds = (numRuns: number) => ({ seed: 3, numRuns })

function draw(seed: number, d: number, m: number) {
  const rng = random(seed)
  const A = Array.from({ length: m }, () =>
    Array.from({ length: d }, () => Array.from({ length: d }, () => rng.normal())),
  )
  const X = Array.from({ length: d }, () => Array.from({ length: d }, () => rng.normal()))
  const z = Array.from({ length: m }, () => rng.normal())
  return { rng, A, X, z }
}

/** <A, X> and (1/m) sum z_k sym(A_k) by their definitions. */
const forward = (A: number[][][], X: number[][]) =>
  A.map((a) => a.reduce((sum, row, i) => sum + row.reduce((s, v, j) => s + (v * (X[i][j] + X[j][i])) / 2, 0), 0))
const adjoint = (A: number[][][], z: number[]) =>
  A[0].map((row, i) => row.map((_, j) => A.reduce((sum, a, k) => sum + (z[k] * (a[i][j] + a[j][i])) / 2, 0) / A.length))

const nested = (X: Matrix) =>
  Array.from({ length: X.shape[0] }, (_, i) => Array.from(X.data.subarray(i * X.shape[1], (i + 1) * X.shape[1])))

function check(measurements: Measurements, A: number[][][], X: number[][], z: number[]) {
  near(measurements.forward(X), forward(A, X), tight)
  near(nested(measurements.adjoint(z)), adjoint(A, z), tight)
  near(nested(measurements.signAdjoint(z)), adjoint(A, z.map(Math.sign)), tight)
  const norms = A.map((a) => a.reduce((s, row, i) => s + row.reduce((t, v, j) => t + ((v + a[j][i]) / 2) ** 2, 0), 0))
  near(
    measurements.totals().squaredNorm,
    norms.reduce((s, v) => s + v, 0),
    tight,
  )
}

test('dense measurements are what they are defined as, in every form of input', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 11 }), fc.nat(), (d, m, seed) => {
      const { A, X, z } = draw(seed, d, m)
      const flat = A.map((a) => a.flat())
      const packed = A.map((a) => a.flatMap((row, i) => row.slice(i).map((v, k) => (k === 0 ? v : v + a[i + k][i]))))
      const cube = ndarray(Float64Array.from(flat.flat()), [m, d, d])
      const reversed = ndarray(Float64Array.from([...A].reverse().flat(2)), [m, d, d]).step(-1, 1, 1)
      for (const given of [
        denseMeasurements(A),
        denseMeasurements(A.map((a) => new MlMatrix(a))),
        denseMeasurements(cube),
        denseMeasurements(reversed),
        denseMeasurements(flat, { size: d }),
        denseMeasurements(packed, { size: d }),
        denseMeasurements(A.map((a) => ndarray(Float64Array.from(a.flat()), [d, d]))),
      ])
        check(given, A, X, z)
    }),
    seeds(150),
  )
})

test('rank-one, sparse and entry measurements agree with the dense ones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 11 }), fc.nat(), (d, m, seed) => {
      const { rng, X, z } = draw(seed, d, m)
      const V = Array.from({ length: m }, () => Array.from({ length: d }, () => rng.normal()))
      check(
        rankOneMeasurements(V),
        V.map((v) => v.map((a) => v.map((b) => a * b))),
        X,
        z,
      )
      const zero = () => Array.from({ length: m }, () => Array.from({ length: d }, () => new Array<number>(d).fill(0)))
      const index = () => Array.from({ length: m }, () => rng.integer(0, d))
      const [rows, columns] = [index(), index()]
      const single = zero()
      single.forEach((a, k) => (a[rows[k]][columns[k]] = 1))
      check(entryMeasurements({ size: d, rows, columns }), single, X, z)

      const [starts, at, values] = [[0], [[], []] as [number[], number[]], [] as number[]]
      const some = zero()
      for (let k = 0; k < m; k++) {
        const entries = k === 0 ? 3 : rng.integer(0, 5)
        for (let e = 0; e < entries; e++) {
          const [i, j, value] = [rng.integer(0, d), rng.integer(0, d), rng.normal()]
          at[0].push(i)
          at[1].push(j)
          values.push(value)
          some[k][i][j] += value
        }
        starts.push(values.length)
      }
      check(sparseMeasurements({ size: d, starts, rows: at[0], columns: at[1], values }), some, X, z)
    }),
    seeds(150),
  )
})

test('batches give what all measurements together give, of matrices and of measurements', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 3, max: 12 }), fc.nat(), (d, m, seed) => {
      const { A, X, z } = draw(seed, d, m)
      const counts = [1, m - 2, 1]
      const parts = [A.slice(0, 1), A.slice(1, m - 1), A.slice(m - 1)]
      check(batchedMeasurements({ size: d, counts, batch: (k) => parts[k] }), A, X, z)
      check(batchedMeasurements({ size: d, counts, batch: (k) => denseMeasurements(parts[k]) }), A, X, z)
    }),
    seeds(150),
  )
})

test('a batch of the wrong size or number is refused when it comes', () => {
  const X = [
    [1, 0],
    [0, 1],
  ]
  const of = (batch: () => never | number[][][]) => batchedMeasurements({ size: 2, counts: [2], batch }).forward(X)
  expect(() => of(() => [X])).toThrow('Measurements.forward: batch(0) must be of 2 measurements, got 1')
  expect(() => of(() => [[[1]], [[2]]])).toThrow('batch(0)')
})

test('Gaussian measurements have the moments of independent standard normal entries', () => {
  const d = 6
  const measurements = gaussianMeasurements(20000, d, random(5))
  const X = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => Math.min(i, j) + 1))
  const values = measurements.forward(X)
  const square = values.reduce((sum, v) => sum + v * v, 0) / values.length
  const norm = X.flat().reduce((sum, v) => sum + v * v, 0)
  expect(Math.abs(square / norm - 1)).toBeLessThan(0.05)
  expect(Math.abs(values.reduce((sum, v) => sum + v, 0) / values.length) / Math.sqrt(norm)).toBeLessThan(0.05)
})
