import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { near } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import {
  networkOracle,
  poolStatistics,
  statisticsFrom,
  statisticsOf,
  suggestedBatchSize,
  type TestName,
} from '../src/index.ts'
import { wave } from './problem.ts'

const TESTS: TestName[] = ['norm', 'innerProduct', 'orthogonality', 'augmented', 'coordinate']
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, relative = 1e-10) =>
  near(actual, expected, { relative, absolute: 1e-12 })

const matrices = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 6 }), fc.nat())
  .map(([b, d, seed]) => {
    const rng = random(seed)
    const scale = 10 ** rng.uniform(-3, 3)
    const shift = rng.normal(0, 2)
    return Array.from({ length: b }, () => Array.from({ length: d }, () => scale * (shift + rng.normal())))
  })

const scaled = (rows: number[][], factor: number) => rows.map((row) => row.map((v) => factor * v))

test('one example differs from nothing: no test asks for more', () => {
  for (const name of TESTS) expect(suggestedBatchSize(statisticsOf([[1, 2, 3]]), { test: name })).toBe(1)
})

test('two opposite examples: the mean is zero, and no batch is large enough', () => {
  const statistics = statisticsOf([
    [1, 2],
    [-1, -2],
  ])
  expect(statistics.squaredNorm).toBe(0)
  for (const name of TESTS) expect(suggestedBatchSize(statistics, { test: name })).toBe(Infinity)
  expect(suggestedBatchSize(statistics, { population: 50 })).toBe(50)
})

test('gradients that are all zero tell nothing', () => {
  const zero = statisticsOf([
    [0, 0],
    [0, 0],
    [0, 0],
  ])
  for (const name of TESTS) expect(suggestedBatchSize(zero, { test: name })).toBe(3)
})

test('by hand: (3, 1) and (1, 1)', () => {
  const statistics = statisticsOf([
    [3, 1],
    [1, 1],
  ])
  // g = (2, 1), |g|^2 = 5, V = 2, <g_i, g> = 7 and 3, Vp = 8, Vo = 2 - 8 / 5.
  close([statistics.squaredNorm, statistics.varianceSum, statistics.innerProductVariance], [5, 2, 8])
  close([statistics.orthogonalVariance], [0.4])
  const sizes = TESTS.map((name) => suggestedBatchSize(statistics, { test: name, eta: 0.5, theta: 0.5, nu: 0.25 }))
  close(sizes, [1.6, 1.28, 1.28, 1.28, 2])
})

test('the coordinate test skips coordinates without variance, and takes quantiles of the others', () => {
  const rows = [
    [1, 5, 2, 1],
    [3, 5, 4, -1],
  ]
  // Ratios V_j / g_j^2: 2 / 4, skipped, 2 / 9, 2 / 0.
  const at = (quantile: number) => suggestedBatchSize(statisticsOf(rows), { test: 'coordinate', eta: 1, quantile })
  expect(at(1)).toBe(Infinity)
  close([at(0.5), at(0.25), at(1e-9)], [0.5, (2 / 9 + 0.5) / 2, 2 / 9], 1e-8)
  expect(at(0.75)).toBe(Infinity)
})

describe('properties', () => {
  const runs = { numRuns: 400 }

  test('the orthogonal variance is that of the projected gradients', () => {
    fc.assert(
      fc.property(matrices, (rows) => {
        const { mean, squaredNorm, orthogonalVariance, varianceSum } = statisticsOf(rows)
        if (squaredNorm < 1e-3 * varianceSum) return
        const g = Array.from(mean)
        const across = rows.map((row) => {
          const along = row.reduce((sum, v, j) => sum + v * g[j], 0) / squaredNorm
          return row.map((v, j) => v - along * g[j])
        })
        near([orthogonalVariance], [statisticsOf([...across]).varianceSum], { absolute: 1e-9 * varianceSum })
      }),
      runs,
    )
  })

  test('the tests do not depend on the scale of the gradients, nor on the order of examples', () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: -20, max: 20 }), (rows, exponent) => {
        for (const name of TESTS) {
          const s = suggestedBatchSize(statisticsOf(rows), { test: name })
          // A power of two changes no digit.
          expect(suggestedBatchSize(statisticsOf(scaled(rows, 2 ** exponent)), { test: name })).toBe(s)
          const turned = suggestedBatchSize(statisticsOf([...rows].reverse()), { test: name })
          // In one dimension the orthogonal part is nothing but rounding errors.
          near([turned], [s], { relative: 1e-6, absolute: 1e-9 * suggestedBatchSize(statisticsOf(rows)) })
        }
      }),
      runs,
    )
  })

  test('the augmented test is the larger part; with theta^2 + nu^2 = eta^2 the total of both is the norm test', () => {
    fc.assert(
      fc.property(matrices, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (rows, theta) => {
        const statistics = statisticsOf(rows)
        const size = (test: TestName) => suggestedBatchSize(statistics, { test, eta: 1, theta, nu: theta })
        expect(size('augmented')).toBe(Math.max(size('innerProduct'), size('orthogonality')))
        near([(size('innerProduct') + size('orthogonality')) * theta * theta], [size('norm')], { relative: 1e-8 })
      }),
      runs,
    )
  })

  test('without replacement the size is smaller, and below the population', () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 10, max: 1000 }), (rows, population) => {
        const statistics = statisticsOf(rows)
        for (const name of TESTS) {
          const s = suggestedBatchSize(statistics, { test: name })
          const b = suggestedBatchSize(statistics, { test: name, population })
          expect(b).toBeLessThanOrEqual(Math.min(s, population))
          if (s > 1e-6 && s < 1e6) close([(s / b) * (1 - b / population)], [1], 1e-8)
        }
      }),
      runs,
    )
  })

  test('pooled batches have the statistics of all their examples', () => {
    fc.assert(
      fc.property(matrices, fc.nat(8), (rows, cut) => {
        const at = 1 + (cut % (rows.length - 1))
        const pooled = poolStatistics([statisticsOf(rows.slice(0, at)), statisticsOf(rows.slice(at))])
        const all = statisticsOf(rows)
        expect(pooled.count).toBe(rows.length)
        const scale = Math.max(...rows.flat().map(Math.abs)) ** 2
        near([pooled.squaredNorm], [all.squaredNorm], { absolute: 1e-12 * scale * rows[0].length })
        near([pooled.varianceSum], [all.varianceSum], { absolute: 1e-12 * scale * rows.length })
        near(pooled.variances as Float64Array, all.variances, { absolute: 1e-12 * scale * rows.length })
      }),
      runs,
    )
  })

  test('the closed forms of a network are the statistics of its explicit gradients', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 6 }), fc.boolean(), (seed, b, small) => {
        const network = mlp({ sizes: [3, 4, 2], activation: 'tanh', seed, batch: small ? 2 : 8 })
        const inputs = wave(b, 3, seed)
        const labels = inputs.map((_, i) => i % 2)
        const oracle = networkOracle(network, inputs, labels)
        const x = Float64Array.from(network.parameters)
        const indices = Int32Array.from(labels, (_, i) => i)
        const { loss, gradient, statistics } = oracle.evaluate(x, indices, { products: true, variances: true })
        const mean = gradient.slice()
        const explicit = statisticsOf(inputs.map((row, i) => Array.from(network.gradient([row], [labels[i]]))))
        close([loss], [network.loss(inputs, labels)])
        close(mean, explicit.mean)
        for (const field of ['squaredNorm', 'varianceSum', 'innerProductVariance'] as const)
          close([statistics?.[field] as number], [explicit[field]], 1e-8)
        close(statistics?.variances as Float64Array, explicit.variances, 1e-8)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the population tests bound the second moment of a step', () => {
  // All subsets of 4 of 8 gradients, drawn without replacement.
  const rows = wave(8, 3)
  const all = statisticsOf(rows)
  const subsets: number[][] = []
  for (let mask = 0; mask < 256; mask++) {
    const chosen = [...Array(8).keys()].filter((i) => mask & (1 << i))
    if (chosen.length === 4) subsets.push(chosen)
  }
  const means = subsets.map((chosen) => statisticsOf(chosen.map((i) => rows[i])).mean)
  const average = (f: (g: Float64Array) => number) =>
    means.reduce((sum, g) => sum + f(Float64Array.from(g)), 0) / means.length
  const full = Float64Array.from(all.mean)
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, j) => sum + v * b[j], 0)

  test('the variance of a batch mean is V / b with the correction for drawing without replacement', () => {
    const spread = average((g) => dot(g, g)) - all.squaredNorm
    // V divides by N - 1, which is what the correction 1 - b / N goes with.
    close([spread], [(all.varianceSum / 4) * (1 - 4 / 8)])
  })

  test('at the eta for which 4 examples just suffice, E|g|^2 = (1 + eta^2) |grad F|^2', () => {
    const eta = Math.sqrt(((all.varianceSum / 4) * (1 - 4 / 8)) / all.squaredNorm)
    close([suggestedBatchSize(all, { eta, population: 8 })], [4])
    close([average((g) => dot(g, g))], [(1 + eta * eta) * all.squaredNorm])
  })

  test('augmented: E|g|^2 <= (1 + theta^2 + nu^2) |grad F|^2, with equality where both are tight', () => {
    const correction = (1 - 4 / 8) / 4
    const theta = Math.sqrt((all.innerProductVariance * correction) / all.squaredNorm ** 2)
    const nu = Math.sqrt((all.orthogonalVariance * correction) / all.squaredNorm)
    close([suggestedBatchSize(all, { test: 'augmented', theta, nu, population: 8 })], [4])
    close([average((g) => dot(g, g))], [(1 + theta * theta + nu * nu) * all.squaredNorm])
    close([average((g) => (dot(g, full) - all.squaredNorm) ** 2)], [theta ** 2 * all.squaredNorm ** 2])
  })

  test('coordinate: E g_j^2 <= (1 + eta^2) (d_j F)^2 for every j', () => {
    const s = suggestedBatchSize(all, { test: 'coordinate', eta: 1, population: 8 })
    // The eta at which 4 examples suffice.
    const eta = Math.sqrt(Math.max(...Array.from(all.mean, (g, j) => (all.variances[j] / g / g) * ((1 - 4 / 8) / 4))))
    close([suggestedBatchSize(all, { test: 'coordinate', eta, population: 8 })], [4])
    expect(s).toBeGreaterThan(0)
    full.forEach((d, j) => {
      expect(average((g) => g[j] * g[j])).toBeLessThanOrEqual((1 + eta * eta) * d * d * (1 + 1e-12))
    })
  })
})

describe('input', () => {
  test('strided and reversed views, and frozen rows, give the bits of plain rows', () => {
    const rows = wave(4, 3)
    const plain = statisticsOf(rows)
    expect(statisticsOf(Object.freeze(rows.map((row) => Object.freeze(row))) as number[][])).toEqual(plain)
    const backing = Float64Array.from([...rows].reverse().flatMap((row) => row.flatMap((v) => [v, NaN])))
    expect(statisticsOf(ndarray(backing, [4, 3], [-6, 2], 18))).toEqual(plain)
  })

  test('gradients out of range are refused', () => {
    const rows = wave(3, 2)
    expect(() => statisticsOf(scaled(rows, 1e300))).toThrow('fourth powers are finite')
    expect(() => statisticsOf(scaled(rows, 1e-300))).toThrow('squares are not zero')
    expect(() => statisticsFrom({ squaredNorm: 0, norms: [1e-300, 1e-300] })).toThrow('squares are not zero')
    for (const name of TESTS)
      close(
        [suggestedBatchSize(statisticsOf(scaled(rows, 1e70)), { test: name })],
        [suggestedBatchSize(statisticsOf(rows), { test: name })],
      )
  })

  test('gradients that hardly differ: distances keep the digits that norms lose', () => {
    const rows = wave(6, 4).map((row) => row.map((v) => 1 + 1e-9 * v))
    const { mean, squaredNorm, varianceSum } = statisticsOf(rows)
    const norms = rows.map((row) => Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)))
    const distances = rows.map((row) => Math.sqrt(row.reduce((sum, v, j) => sum + (v - mean[j]) ** 2, 0)))
    close([statisticsFrom({ squaredNorm, norms, distances }).varianceSum / varianceSum], [1], 1e-6)
    expect(statisticsFrom({ squaredNorm, norms }).varianceSum).toBeGreaterThanOrEqual(0)
  })

  test.each([
    [() => statisticsOf([[1, NaN]]), 'statisticsOf: gradients'],
    [() => statisticsOf([[1], [1, 2]]), 'statisticsOf: gradients'],
    [() => statisticsOf([]), 'statisticsOf: gradients'],
    [() => statisticsOf([[1, 2]], { tensors: [1] }), 'tensors must be lengths that add up to 2, got 1'],
    [() => statisticsFrom({ squaredNorm: -1, norms: [1] }), 'statisticsFrom: squaredNorm'],
    [() => statisticsFrom({ squaredNorm: 1, norms: [1, -1] }), 'statisticsFrom: norms[1]'],
    [
      () => statisticsFrom({ squaredNorm: 9, norms: [1, 2] }),
      'squaredNorm must be the square of at most 1.5, the mean',
    ],
    [() => statisticsFrom({ squaredNorm: 1, norms: [1, 1], products: [1] }), 'statisticsFrom: products'],
    [() => poolStatistics([]), 'poolStatistics: parts'],
    [() => poolStatistics([{ count: 2, squaredNorm: 1, varianceSum: 1 }]), 'poolStatistics: parts[0].mean'],
    [() => suggestedBatchSize({ count: 0, squaredNorm: 1, varianceSum: 1 }), 'statistics.count'],
    [() => suggestedBatchSize({ count: 2, squaredNorm: NaN, varianceSum: 1 }), 'statistics.squaredNorm'],
    [
      () => suggestedBatchSize({ count: 2, squaredNorm: 1, varianceSum: 1 }, { test: 'augmented' }),
      "innerProductVariance must be given, for the test 'augmented'",
    ],
    [() => suggestedBatchSize({ count: 2, squaredNorm: 1, varianceSum: 1 }, { test: 'coordinate' }), 'variances'],
    [() => suggestedBatchSize({ count: 2, squaredNorm: 1, varianceSum: 1 }, { eta: 0 }), 'suggestedBatchSize: eta'],
    [() => suggestedBatchSize({ count: 2, squaredNorm: 1, varianceSum: 1 }, { quantile: 1.5 }), 'quantile'],
    [() => suggestedBatchSize({ count: 2, squaredNorm: 1, varianceSum: 1 }, { test: 'l2' as never }), 'test'],
  ])('errors name what is wrong, %#', (call, words) => expect(call).toThrow(words))
})
