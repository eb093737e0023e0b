import { type Matrix, random } from '@opt/core'
import fc from 'fast-check'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const SEED = 20260102

interface Drawn {
  n: number
  d: number
  m: number
  seed: number
}
const drawn = fc.record({
  n: fc.integer({ min: 1, max: 8 }),
  d: fc.integer({ min: 1, max: 4 }),
  m: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
})
const normals = (rng: ReturnType<typeof random>, ...shape: [number, number]): Matrix =>
  ndarray(
    Float64Array.from({ length: shape[0] * shape[1] }, () => rng.normal()),
    shape,
  )

function relu({ n, d, m, seed }: Drawn) {
  const rng = random(seed)
  const [X, W, a] = [normals(rng, n, d), normals(rng, m, d), Float64Array.from({ length: m }, () => rng.normal())]
  if (seed % 5 === 0) for (let k = 0; k < d; k++) W.set(0, k, 0) // a unit without weights
  if (seed % 7 === 0) a[m - 1] = 0
  return { X, W, a }
}

function outputs(X: Matrix, W: Matrix, a: Float64Array): number[] {
  return Array.from({ length: X.shape[0] }, (_, i) => {
    let f = 0
    for (let j = 0; j < a.length; j++) {
      let s = 0
      for (let k = 0; k < X.shape[1]; k++) s += W.get(j, k) * X.get(i, k)
      f += a[j] * Math.max(0, s)
    }
    return f
  })
}

test('gradients of ReLU networks are those of finite differences; their squared norms add up to the trace', () => {
  fc.assert(
    fc.property(drawn, (shape) => {
      const { X, W, a } = relu(shape)
      const { n, d, m } = shape
      const gradients = api.reluGradients(X, W, a)
      const step = 1e-6
      for (let p = 0; p < m * d + m; p++) {
        const moved = (by: number) => {
          const next = { W: ndarray(W.data.slice(), W.shape), a: a.slice() }
          if (p < m * d) next.W.data[p] += by
          else next.a[p - m * d] += by
          return outputs(X, next.W, next.a)
        }
        // One-sided at a unit without weights, which is on the kink.
        if (p < m * d && W.get(Math.floor(p / d), 0) === 0) continue
        const [up, down] = [moved(step), moved(-step)]
        for (let i = 0; i < n; i++) {
          const slope = (up[i] - down[i]) / (2 * step)
          expect(Math.abs(gradients.get(i, p) - slope)).toBeLessThan(1e-6)
        }
      }
      const { trace, traceLowerBound, pathNorm, pathUpperBound } = api.reluBounds(X, W, a)
      expect(Math.abs(trace - api.sharpness(gradients).trace)).toBeLessThan(1e-10 * Math.max(1, trace))
      expect(traceLowerBound).toBeLessThanOrEqual(trace * (1 + 1e-12))
      expect(pathNorm).toBeLessThanOrEqual(pathUpperBound * (1 + 1e-12))
    }),
    { seed: SEED, numRuns: 150 },
  )
})

test('balancing keeps the function and takes the trace to its lower bound, where every unit has weights and examples', () => {
  fc.assert(
    fc.property(drawn, (shape) => {
      const { X, W, a } = relu(shape)
      const before = { W: W.data.slice(), a: a.slice(), bounds: api.reluBounds(X, W, a) }
      const balanced = api.balance(X, W, a)
      expect([W.data, a]).toEqual([before.W, before.a])
      outputs(X, W, a).forEach((f, i) =>
        expect(Math.abs(outputs(X, balanced.W, balanced.a)[i] - f)).toBeLessThan(1e-10 * Math.max(1, Math.abs(f))),
      )
      const after = api.reluBounds(X, balanced.W, balanced.a)
      const scale = Math.max(1, before.bounds.trace)
      expect(after.trace).toBeLessThanOrEqual(before.bounds.trace + 1e-10 * scale)
      expect(Math.abs(after.pathNorm - before.bounds.pathNorm)).toBeLessThan(1e-10 * Math.max(1, after.pathNorm))
      const dead = [...before.bounds.c].some((c, j) => c === 0 || a[j] === 0)
      if (!dead) expect(Math.abs(after.trace - before.bounds.traceLowerBound)).toBeLessThan(1e-10 * scale)
    }),
    { seed: SEED, numRuns: 150 },
  )
})

test('a unit that no example turns on makes the path-norm bound infinite', () => {
  const { c, e, pathUpperBound } = api.reluBounds([[1], [2]], [[1], [-1]], [1, 1])
  expect([c[1], e[1], pathUpperBound]).toEqual([0, 0, Infinity])
  expect(api.reluBounds([[1]], [[0]], [3])).toMatchObject({ pathNorm: 0, pathUpperBound: 0, trace: 0 })
  // The derivative of relu at 0 is 0.
  expect(Array.from(api.reluGradients([[0, 0]], [[1, 1]], [2]).data)).toEqual([0, 0, 0])
})

test('Gaussian inputs: the bounds for many examples are those of the population', () => {
  const rng = random(3)
  const [X, W] = [normals(rng, 40_000, 3), normals(rng, 4, 3)]
  const a = Float64Array.from({ length: 4 }, () => rng.normal())
  const [sample, population] = [api.reluBounds(X, W, a), api.gaussianReluBounds(W, a)]
  expect(sample.pathNorm).toBeCloseTo(population.pathNorm, 12)
  for (const key of ['trace', 'traceLowerBound', 'pathUpperBound'] as const)
    expect(Math.abs(sample[key] / population[key] - 1)).toBeLessThan(0.05)
  expect(api.rademacherBound({ pathNorm: 3, radius: 2, examples: 16 })).toBe(3)
})

test('diagonal networks: gradients by finite differences, bounds, and the least trace', () => {
  fc.assert(
    fc.property(drawn, fc.constantFrom('product' as const, 'difference' as const), ({ n, d, seed }, kind) => {
      const rng = random(seed)
      const X = normals(rng, n, d)
      const [u, v] = [0, 1].map(() => Float64Array.from({ length: d }, () => rng.normal()))
      const beta = (p: Float64Array, q: Float64Array) =>
        p.map((s, j) => (kind === 'product' ? s * q[j] : s * s - q[j] * q[j]))
      const f = (p: Float64Array, q: Float64Array, i: number) =>
        beta(p, q).reduce((sum, b, j) => sum + b * X.get(i, j), 0)
      const gradients = api.diagonalGradients(X, u, v, kind)
      const step = 1e-6
      for (let p = 0; p < 2 * d; p++)
        for (let i = 0; i < n; i++) {
          const moved = (by: number) =>
            p < d
              ? f(
                  u.map((s, j) => (j === p ? s + by : s)),
                  v,
                  i,
                )
              : f(
                  u,
                  v.map((s, j) => (j === p - d ? s + by : s)),
                  i,
                )
          expect(Math.abs(gradients.get(i, p) - (moved(step) - moved(-step)) / (2 * step))).toBeLessThan(1e-6)
        }
      const bounds = api.diagonalBounds(X, u, v, kind)
      expect(Math.abs(bounds.trace - api.sharpness(gradients).trace)).toBeLessThan(1e-10 * Math.max(1, bounds.trace))
      expect(bounds.traceLowerBound).toBeLessThanOrEqual(bounds.trace * (1 + 1e-12))
      expect(bounds.l1).toBeLessThanOrEqual(bounds.l1UpperBound * (1 + 1e-12))
      const flat = api.balanceDiagonal(u, v, kind)
      const least = api.diagonalBounds(X, flat.u, flat.v, kind)
      least.beta.forEach((b, j) => expect(Math.abs(b - bounds.beta[j])).toBeLessThan(1e-12 * Math.max(1, Math.abs(b))))
      expect(Math.abs(least.trace - bounds.traceLowerBound)).toBeLessThan(1e-10 * Math.max(1, least.trace))
      const free = api.isotropicDiagonalBounds(u, v, kind)
      expect(free.traceLowerBound).toBeLessThanOrEqual(free.trace * (1 + 1e-12))
      expect(free.frobeniusLowerBound).toBeLessThanOrEqual(free.frobenius * (1 + 1e-12))
      expect(free.lambdaMaxLowerBound).toBeLessThanOrEqual(free.lambdaMax * (1 + 1e-12))
    }),
    { seed: SEED, numRuns: 150 },
  )
  expect(api.diagonalBounds([[0, 1]], [1, 1], [1, 1], 'product').l1UpperBound).toBe(Infinity)
})

test('isotropic inputs make the sharpness of a diagonal network that of its blocks', () => {
  const [u, v] = [
    [1, -2, 0.5],
    [0.3, 1, 2],
  ]
  // Rows with X'X / n = I.
  const X = [
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ]
  for (const kind of ['product', 'difference'] as const) {
    const known = api.isotropicDiagonalBounds(u, v, kind)
    const { trace, frobenius, lambdaMax } = api.sharpness(api.diagonalGradients(X, u, v, kind))
    expect([trace, frobenius, lambdaMax].map((x) => x.toFixed(10))).toEqual(
      [known.trace, known.frobenius, known.lambdaMax].map((x) => x.toFixed(10)),
    )
  }
})
