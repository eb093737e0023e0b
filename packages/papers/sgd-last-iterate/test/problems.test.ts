import { random } from '@opt/core'
import { distance } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { csmd, entropy, euclidean, type LinearLoss, linearModel, lp, maxAffine, power } from '../src/index.ts'

const draws = (seed: number, n: number, d: number) => {
  const rng = random(seed)
  const A = Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()))
  const b = Array.from({ length: n }, () => (rng.uniform() < 0.5 ? -1 : 1))
  return { rng, A, b }
}

describe.each(['squared', 'absolute', 'logistic', 'hinge'] as const)('%s', (loss) => {
  test('subgradients are slopes, by finite differences, and f is (L, M) smooth', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }), (seed, n, d) => {
        const { rng, A, b } = draws(seed, n, d)
        const { subgradient, objective, L, M, dimension } = linearModel(A, b, { loss })
        expect(dimension).toBe(d)
        const [x, y, g] = [0, 0, 0].map(() => Float64Array.from({ length: d }, () => rng.normal()))
        subgradient(y, g, 1, rng)
        const along = x.map((v, i) => v - y[i])
        const [slope, size] = [0, 0].map((_, k) =>
          k ? Math.sqrt(along.reduce((sum, v) => sum + v * v, 0)) : along.reduce((sum, v, i) => sum + v * g[i], 0),
        )
        const excess = objective(x) - objective(y) - slope
        expect(excess).toBeGreaterThan(-1e-12)
        expect(excess).toBeLessThan((L / 2) * size * size + M * size + 1e-12)
        const at = (h: number) => objective(y.map((v, i) => v + h * along[i]))
        // A kink within the step makes the difference a slope of the other side.
        const h = 1e-7
        const [left, right] = [(at(0) - at(-h)) / h, (at(h) - at(0)) / h]
        expect(slope).toBeGreaterThan(left - 1e-5)
        expect(slope).toBeLessThan(right + 1e-5)
      }),
      { numRuns: 150, seed: 1 },
    )
  })

  test('minibatches are right in the mean, and their noise is as large as it says', () => {
    const { rng, A, b } = draws(3, 9, 4)
    const full = linearModel(A, b, { loss })
    const part = linearModel(A, b, { loss, batchSize: 3 })
    const x = Float64Array.from({ length: 4 }, () => rng.normal())
    const [g, mean, ghat] = [0, 0, 0].map(() => new Float64Array(4))
    full.subgradient(x, g, 1, rng)
    let square = 0
    let largest = 0
    for (let k = 0; k < 4000; k++) {
      part.subgradient(x, ghat, 1, rng)
      let size = 0
      for (let i = 0; i < 4; i++) {
        mean[i] += ghat[i] / 4000
        size += (ghat[i] - g[i]) ** 2
      }
      square += size / 4000
      largest = Math.max(largest, Math.sqrt(size))
    }
    expect(distance(mean, g)).toBeLessThan(0.1)
    expect(full.sigma).toBe(0)
    if (loss === 'squared') expect([part.sigma, part.subGaussian]).toEqual([undefined, undefined])
    else {
      expect(square).toBeLessThan(part.sigma! ** 2 * 1.05)
      expect(largest).toBeLessThan(part.subGaussian!)
    }
  })
})

test.each([euclidean(), entropy(), lp(1.4), power(1.5)])('constants are in the norm of the map: $name', (map) => {
  for (let seed = 0; seed < 100; seed++) {
    const { rng, A, b } = draws(seed, 6, 4)
    const models = [
      linearModel(A, b, { loss: 'absolute', map }),
      linearModel(A, b, { loss: 'logistic', map }),
      maxAffine(A, { offsets: b, map }),
    ]
    for (const { subgradient, objective, L, M } of models) {
      const [x, y, g] = [0, 0, 0].map(() => Float64Array.from({ length: 4 }, () => rng.normal()))
      subgradient(y, g, 1, rng)
      const along = x.map((v, i) => v - y[i])
      const size = map.norm(along)
      const excess = objective(x) - objective(y) - along.reduce((sum, v, i) => sum + v * g[i], 0)
      expect(excess).toBeLessThan((L / 2) * size * size + M * size + 1e-12)
    }
  }
})

test('maxAffine takes the first active row', () => {
  const { subgradient, objective } = maxAffine(
    [
      [1, 0],
      [0, 1],
      [1, 0],
    ],
    { offsets: [0, 0, 0] },
  )
  const g = new Float64Array(2)
  subgradient(Float64Array.of(1, 1), g, 1, random(0))
  expect([...g, objective(Float64Array.of(3, 4))]).toEqual([1, 0, 4])
})

test('data in any container, of any scale, left alone', () => {
  const A = ndarray(Float64Array.of(9, 1, 9, 2, 9, 3, 9, 4), [2, 2], [4, 2], 1)
  const plain = linearModel(
    [
      [1, 2],
      [3, 4],
    ],
    [1, 2],
    { loss: 'squared' },
  )
  const strided = linearModel(A, Object.freeze([1, 2]), { loss: 'squared' })
  expect(strided.L).toBe(plain.L)
  expect(plain.L).toBeCloseTo((30 + Math.sqrt(900 - 16)) / 4, 4)
  const rows = [Object.freeze([1e200, 2e200]), Object.freeze([3e200, 4e200])]
  expect(linearModel(rows, [1, 2], { loss: 'absolute' }).M / 1e200).toBeCloseTo(Math.sqrt(5) + 5, 10)
  expect(() => linearModel(rows, [1, 2], { loss: 'squared' })).toThrow(
    'linearModel: A must be such that L and M are finite',
  )
  expect(linearModel([[0, 0]], [1], { loss: 'squared' })).toMatchObject({ L: 0, M: 0 })
  for (const [b, said] of [
    [[1, 2], 'linearModel: b[1] must be -1 or 1, got 2'],
    [[1], 'linearModel: b must be of length 2, got length 1'],
  ] as const)
    expect(() => linearModel(A, b, { loss: 'hinge' })).toThrow(said)
  expect(() => linearModel(A, [1, 2], { loss: 'huber' as LinearLoss })).toThrow(
    "linearModel: loss must be 'squared', 'absolute', 'logistic' or 'hinge', got \"huber\"",
  )
})

test('a NaN of the user’s x is not hidden by a loss with a bounded slope', () => {
  for (const loss of ['absolute', 'hinge'] as const) {
    const { subgradient } = linearModel([[1, 2]], [1], { loss })
    const g = new Float64Array(2)
    subgradient(Float64Array.of(NaN, 0), g, 1, random(0))
    expect(g.every(Number.isNaN)).toBe(true)
  }
  expect(csmd({ ...linearModel([[1]], [0], { loss: 'squared' }), x0: [1], stepSizes: [0.5] }).x[0]).toBe(0.5)
})
