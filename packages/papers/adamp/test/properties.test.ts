import { type Random, random } from '@opt/core'
import { AdamW, SGD } from '@opt/optimizers'
import fc from 'fast-check'
import ndarray, { type NdArray } from 'ndarray'
import { AdamP, SGDP } from '../src/index.ts'

type Matrix = NdArray<Float64Array>

const normals = (rng: Random, n: number) => Float64Array.from({ length: n }, () => rng.normal())
const squares = (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + v * v, 0)

/** The gradient of sum over rows of a.w / |w|, which no scaling of a row changes. */
function bearing(x: Matrix, a: Float64Array): Matrix {
  const [rows, n] = x.shape
  const g = new Float64Array(rows * n)
  for (let i = 0; i < rows; i++) {
    const w = x.data.subarray(i * n, (i + 1) * n)
    const length = Math.sqrt(squares(w))
    const along = w.reduce((sum, v, j) => sum + v * a[i * n + j], 0) / squares(w)
    for (let j = 0; j < n; j++) g[i * n + j] = (a[i * n + j] - along * w[j]) / length
  }
  return ndarray(g, [rows, n])
}

const shapes = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 1, max: 4 }),
  n: fc.integer({ min: 3, max: 12 }),
  nesterov: fc.boolean(),
})

const makers = {
  AdamP: (x: Matrix, nesterov: boolean) => new AdamP(x, { learningRate: 0.05, nesterov }),
  SGDP: (x: Matrix, nesterov: boolean) => new SGDP(x, { learningRate: 0.1, momentum: 0.9, nesterov }),
}

describe.each(Object.entries(makers))('%s on scale-invariant weights', (_, make) => {
  test('every step is at right angles to every row: |x after|^2 = |x|^2 + |step|^2', () => {
    fc.assert(
      fc.property(shapes, ({ seed, rows, n, nesterov }) => {
        const rng = random(seed)
        const x = ndarray(normals(rng, rows * n), [rows, n])
        const a = normals(rng, rows * n)
        const optimizer = make(x, nesterov)
        for (let t = 0; t < 20; t++) {
          const before = x.data.slice()
          optimizer.step(bearing(x, a))
          for (let i = 0; i < rows; i++) {
            const row = (data: Float64Array) => data.subarray(i * n, (i + 1) * n)
            const step = row(x.data).map((v, j) => v - before[i * n + j])
            const expected = squares(row(before)) + squares(step)
            // The epsilon in |x| + epsilon leaves that much of the radial part.
            expect(Math.abs(squares(row(x.data)) - expected) / expected).toBeLessThan(1e-7)
          }
        }
      }),
      { numRuns: 50 },
    )
  })
})

test('momentum without projection inflates: |w|^2 grows by eta^2 (|p_t|^2 + 2 sum_k beta^(t-k) |p_k|^2)', () => {
  const rng = random(3)
  const x = ndarray(normals(rng, 8), [1, 8])
  const a = normals(rng, 8)
  const [eta, beta] = [0.05, 0.9]
  const optimizer = new SGD(x, { learningRate: eta, momentum: beta })
  const p: number[] = []
  for (let t = 0; t < 60; t++) {
    const before = x.data.slice()
    optimizer.step(bearing(x, a))
    p.push(squares(x.data.map((v, i) => (v - before[i]) / eta)))
    const tail = p.slice(0, t).reduce((sum, square, k) => sum + beta ** (t - k) * square, 0)
    const grown = eta * eta * (p[t] + 2 * tail)
    expect(Math.abs(squares(x.data) - squares(before) - grown)).toBeLessThan(1e-13 * squares(x.data))
  }
})

describe('elsewhere nothing is projected', () => {
  const steps = (one: { step(g: Float64Array): void }, seed: number, n: number) => {
    const rng = random(seed)
    for (let t = 0; t < 10; t++) one.step(normals(rng, n))
  }

  test('vectors of parameters: AdamP has the bits of AdamW, SGDP those of SGD', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), (seed, n) => {
        const [a, b] = [normals(random(seed), n), normals(random(seed), n)]
        steps(new AdamP(a, { weightDecay: 0.1 }), seed + 1, n)
        steps(new AdamW(b, { weightDecay: 0.1 }), seed + 1, n)
        expect(a).toEqual(b)
        steps(new SGDP(a, { momentum: 0.5, learningRate: 0.1, weightDecay: 0.01 }), seed + 2, n)
        steps(new SGD(b, { momentum: 0.5, learningRate: 0.1, weightDecay: 0.02 }), seed + 2, n)
        expect(a).toEqual(b)
      }),
      { numRuns: 50 },
    )
  })

  test('delta 0 never projects, whatever the shape', () => {
    const make = () => ndarray(normals(random(1), 12), [3, 4])
    const [x, y] = [make(), make()]
    const ours = new AdamP(x, { delta: 0 })
    const theirs = new AdamW(y, { weightDecay: 0 })
    for (let t = 0; t < 5; t++) {
      ours.step(bearing(x, normals(random(t), 12)))
      theirs.step(bearing(y, normals(random(t), 12)))
    }
    expect(x.data).toEqual(y.data)
  })
})

test('scale-invariant weights get only their share of the decay', () => {
  for (const [weightDecayRatio, factor] of [
    [0.1, 1 - 0.5 * 0.2 * 0.1],
    [1, 1 - 0.5 * 0.2],
  ]) {
    const x = ndarray(Float64Array.of(1, 2, 3, 4), [2, 2])
    new AdamP(x, { learningRate: 0.5, weightDecay: 0.2, weightDecayRatio }).step(ndarray(new Float64Array(4), [2, 2]))
    ;[1, 2, 3, 4].forEach((v, i) => expect(x.data[i]).toBeCloseTo(v * factor, 14))
  }
})

describe('bad options are refused by name', () => {
  const both = ['epsilon', 'weightDecay', 'delta', 'weightDecayRatio']
  test.each([...both, 'beta1', 'beta2'])('AdamP: %s', (name) => {
    for (const value of [-1, Number.NaN, '1', Infinity])
      expect(() => new AdamP(new Float64Array(2), { [name]: value })).toThrow(new RegExp(`^AdamP: ${name} must be`))
  })
  test.each([...both, 'momentum', 'dampening'])('SGDP: %s', (name) => {
    for (const value of [-1, Number.NaN, '1', Infinity])
      expect(() => new SGDP(new Float64Array(2), { [name]: value })).toThrow(new RegExp(`^SGDP: ${name} must be`))
  })
  test('epsilon 0, rates of 1, nesterov that is no flag', () => {
    expect(() => new AdamP(new Float64Array(2), { epsilon: 0 })).toThrow(
      'AdamP: epsilon must be a positive number, got 0',
    )
    expect(() => new SGDP(new Float64Array(2), { momentum: 1 })).toThrow('SGDP: momentum must be less than 1, got 1')
    expect(() => new SGDP(new Float64Array(2), { nesterov: 1 as never })).toThrow(
      'SGDP: nesterov must be true or false',
    )
  })
})
