import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  gaussianDivergence,
  gaussianLinear,
  intrinsicDimension,
  knnDivergence,
  type LaboratoryNoise,
  laboratory,
} from '../src/index.ts'

const normals = (m: number, n: number, seed: number) => {
  const rng = random(seed)
  return Array.from({ length: m }, () => Array.from({ length: n }, () => rng.normal()))
}

describe('Gaussian classes', () => {
  test('bounds hold, and fall with depth where they must', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 50 }), (seed, samples) => {
        const [mean, offset] = normals(2, 4, seed)
        const estimate = mean.map((m, j) => m + offset[j] / Math.sqrt(samples))
        const layers = gaussianLinear({
          mean,
          noise: 0.8,
          samples,
          weights: [normals(3, 4, seed + 1), normals(2, 3, seed + 2)],
          estimate,
        })
        layers.forEach((layer, l) => {
          expect(layer.rank).toBe([4, 3, 2][l])
          expect(Math.abs(layer.gapZeroOne)).toBeLessThanOrEqual(layer.boundZeroOne + 1e-12)
          expect(Math.abs(layer.gapHinge)).toBeLessThanOrEqual(layer.boundHinge + 1e-12)
          expect(layer.w1Lower).toBeLessThanOrEqual(layer.w1Upper)
          expect(layer.tailNorm).toBeLessThanOrEqual(layer.tailProduct * (1 + 1e-12))
          if (l > 0) expect(layer.kl).toBeLessThanOrEqual(layers[l - 1].kl + 1e-12)
        })
      }),
      { numRuns: 200 },
    )
  })

  test('the divergence given the estimate averages to the rank formula; W1 to less than its bound', () => {
    const [n, noise, runs] = [12, 1.5, 3000]
    const mean = [1, -0.5, 0.3]
    const weights = [
      [
        [1, 0.5, 0],
        [2, 1, 0],
      ],
    ]
    const rng = random(4)
    let [kl, w1, expected] = [0, 0, { expectedKl: 0, expectedW1Upper: 0, rank: 0 }]
    for (let run = 0; run < runs; run++) {
      const estimate = mean.map((m) => m + (noise * rng.normal()) / Math.sqrt(n))
      const [, layer] = gaussianLinear({ mean, noise, samples: n, weights, estimate })
      kl += layer.kl / runs
      w1 += layer.w1Upper / runs
      expected = layer
    }
    expect(expected.rank).toBe(1)
    near(kl, expected.expectedKl, { relative: 0.1 })
    expect(w1).toBeLessThan(expected.expectedW1Upper)
    expect(w1).toBeGreaterThan(0.7 * expected.expectedW1Upper)
  })

  test('gaps are those of a simulation', () => {
    const [n, noise, rng] = [5, 1, random(9)]
    const mean = [0.6, 0.2]
    const estimate = [0.9, -0.3]
    const [layer] = gaussianLinear({ mean, noise, samples: n, weights: [], estimate })
    const q = noise * Math.sqrt(1 - 1 / n)
    const runs = 200_000
    let [zeroOne, hinge] = [0, 0]
    for (let run = 0; run < runs; run++) {
      const z = [rng.normal(), rng.normal()]
      const margin = (centre: number[], deviation: number) =>
        centre.reduce((sum, m, j) => sum + estimate[j] * (m + deviation * z[j]), 0)
      const [fresh, seen] = [margin(mean, noise), margin(estimate, q)]
      zeroOne += (Number(fresh < 0) - Number(seen < 0)) / runs
      hinge += (Math.max(0, 1 - fresh) - Math.max(0, 1 - seen)) / runs
    }
    near(layer.gapZeroOne, zeroOne, { absolute: 0.005 })
    near(layer.gapHinge, hinge, { absolute: 0.01 })
  })

  test('degenerate networks: zero weights decide nothing; scale does not change rank and divergence', () => {
    const problem = { mean: [1, 2], noise: 1, samples: 3, estimate: [1.5, 1.5] }
    const [, zero] = gaussianLinear({ ...problem, weights: [[[0, 0]]] })
    expect(zero).toMatchObject({ rank: 0, kl: 0, gapZeroOne: 0, gapHinge: 0, w1Upper: 0 })
    const at = (scale: number) => gaussianLinear({ ...problem, weights: [[[scale, 2 * scale]]] })[1]
    for (const scale of [1e-99, 1e80])
      near([at(scale).kl, at(scale).gapZeroOne], [at(1).kl, at(1).gapZeroOne], { relative: 1e-12 })
    expect(() => at(1e-150)).toThrow('gaussianLinear: weights must be zero, or of norms whose product is above 1e-100')
    const small = gaussianLinear({ mean: [1e-200], noise: 1e-200, samples: 3, weights: [], estimate: [1.5e-200] })[0]
    const usual = gaussianLinear({ mean: [1], noise: 1, samples: 3, weights: [], estimate: [1.5] })[0]
    near([small.kl, small.gapZeroOne], [usual.kl, usual.gapZeroOne], { relative: 1e-12 })
  })
})

interface Small {
  points: { x: number[]; y: number }[]
  probabilities: number[]
  widths: number[]
  values: number[]
  beta: number
  samples: number
  noise: LaboratoryNoise
  drop: number
}

/** Gap and I(S; W) over ordered data sets, by another route: networks of one layer. */
function bruteForce({ points, probabilities, widths, values, beta, samples, noise, drop }: Small) {
  const inputs = widths[0]
  const weights = Array.from({ length: values.length ** inputs }, (_, c) =>
    Array.from({ length: inputs }, (_, k) => values[Math.floor(c / values.length ** (inputs - 1 - k)) % values.length]),
  )
  const masks = Array.from({ length: 2 ** inputs }, (_, bits) =>
    Array.from({ length: inputs }, (_, k) => (bits >> k) & 1),
  )
  const p = noise === 'none' ? 0 : drop
  const loss = (w: number[], { x, y }: { x: number[]; y: number }) =>
    masks.reduce((sum, mask) => {
      const chance = mask.reduce((all, kept) => all * (kept ? 1 - p : p), 1)
      const t = Math.max(
        -1,
        Math.min(
          1,
          mask.reduce((dot, kept, k) => dot + kept * w[k] * x[k], 0),
        ),
      )
      return sum + (chance * (1 - y * t)) / 2
    }, 0)
  const sets = Array.from({ length: points.length ** samples }, (_, s) =>
    Array.from({ length: samples }, (_, i) => Math.floor(s / points.length ** i) % points.length),
  )
  let [gap, information] = [0, 0]
  const marginal = weights.map(() => 0)
  const posteriors = sets.map((set) => {
    const chance = set.reduce((all, z) => all * probabilities[z], 1)
    const losses = weights.map((w) => set.reduce((sum, z) => sum + loss(w, points[z]) / samples, 0))
    const scores = losses.map((l) => Math.exp(-beta * l))
    const total = scores.reduce((sum, s) => sum + s, 0)
    return { chance, losses, posterior: scores.map((s) => s / total) }
  })
  for (const { chance, posterior } of posteriors) posterior.forEach((q, w) => (marginal[w] += chance * q))
  for (const { chance, losses, posterior } of posteriors)
    posterior.forEach((q, w) => {
      const fresh = points.reduce((sum, point, z) => sum + probabilities[z] * loss(weights[w], point), 0)
      gap += chance * q * (fresh - losses[w])
      information += chance * q * Math.log(q / marginal[w])
    })
  return { gap, information }
}

describe('laboratory', () => {
  const anyLaboratory = fc.record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    noise: fc.constantFrom<LaboratoryNoise>('none', 'dropout', 'dropconnect'),
    samples: fc.integer({ min: 1, max: 3 }),
    depth: fc.integer({ min: 1, max: 3 }),
  })
  const make = ({
    seed,
    noise,
    samples,
    depth,
  }: {
    seed: number
    noise: LaboratoryNoise
    samples: number
    depth: number
  }) => {
    const rng = random(seed)
    const points = Array.from({ length: 4 }, () => ({
      x: [rng.integer(-2, 3) / 2, rng.integer(-2, 3) / 2],
      y: rng.integer(0, 2) * 2 - 1,
    }))
    const raw = points.map(() => rng.uniform(0.1, 1))
    const total = raw.reduce((sum, p) => sum + p, 0)
    const widths = [2, ...new Array<number>(depth - 1).fill(depth === 2 ? 2 : 1), 1]
    return {
      points,
      probabilities: raw.map((p) => p / total),
      widths,
      values: [-1, 0.5],
      beta: rng.uniform(0, 8),
      samples,
      noise,
      drop: 0.3,
    }
  }

  test('identities and the order of bounds', () => {
    fc.assert(
      fc.property(anyLaboratory, (settings) => {
        const problem = make(settings)
        const found = laboratory({ ...problem, activation: settings.seed % 2 ? 'sign' : 'clip' })
        const { gap, symmetrized, mutualInformation, individual, divergences, bounds, labelTerm, posterior } = found
        near(gap * problem.beta, symmetrized, { absolute: 1e-12 })
        near(found.testLoss - found.trainLoss, gap, { absolute: 1e-14 })
        near(
          posterior.reduce((sum, p) => sum + p, 0),
          1,
          { absolute: 1e-12 },
        )
        expect(mutualInformation).toBeLessThanOrEqual(symmetrized + 1e-12)
        expect(individual * problem.samples).toBeLessThanOrEqual(mutualInformation + 1e-12)
        divergences.forEach((d, l) => {
          expect(d).toBeLessThanOrEqual((l === 0 ? individual : divergences[l - 1]) + 1e-12)
          expect(d).toBeGreaterThanOrEqual(labelTerm - 1e-12)
          expect(d).toBeLessThanOrEqual(found.contracted[l] + 1e-12)
          expect(gap).toBeLessThanOrEqual(bounds[l] + 1e-12)
        })
        expect(gap).toBeLessThanOrEqual(found.gibbsBound + 1e-12)
      }),
      { numRuns: 120 },
    )
  })

  test('equals brute force over ordered data sets', () => {
    fc.assert(
      fc.property(anyLaboratory, (settings) => {
        const problem = make({ ...settings, depth: 1 })
        const { gap, mutualInformation } = laboratory(problem)
        const brute = bruteForce(problem)
        near([gap, mutualInformation], [brute.gap, brute.information], { absolute: 1e-12 })
      }),
      { numRuns: 60 },
    )
  })

  test('is refused beyond 1e7 states, with their number', () => {
    const problem = { ...make({ seed: 1, noise: 'none', samples: 3, depth: 1 }), widths: [2, 4, 4, 1] }
    expect(() => laboratory(problem)).toThrow(
      /laboratory: options must be a laboratory of at most 10000000 states, got [\d.e+]+ or more/,
    )
  })
})

describe('estimators', () => {
  test('normal divergences of large samples', () => {
    const a = normals(2000, 2, 1)
    const b = normals(2000, 2, 2).map(([x, y]) => [2 * x + 1, y])
    // KL of N(0, 1) and N(1, 4): ln 2 + 2 / 8 - 1 / 2.
    near(gaussianDivergence(a, b), Math.LN2 - 0.25, { absolute: 0.05 })
    near(knnDivergence(a.slice(0, 800), b.slice(0, 800), { k: 5 }), Math.LN2 - 0.25, { absolute: 0.15 })
    near(intrinsicDimension(a.slice(0, 500), { k: 20 }), 2, { absolute: 0.4 })
    // Divergences do not change with the unit.
    const times = (rows: number[][], s: number) => rows.map((row) => row.map((v) => v * s))
    for (const s of [1e-290, 1e290])
      near(gaussianDivergence(times(a, s), times(b, s)), gaussianDivergence(a, b), { relative: 1e-9 })
    near(gaussianDivergence(a, a), 0, { absolute: 1e-12 })
  })

  test('refuse points that coincide and columns that depend on others', () => {
    const rows = [
      [0, 1],
      [1, 0],
      [0, 1],
      [2, 2],
      [3, 1],
    ]
    expect(() => knnDivergence(rows, rows, { k: 1 })).toThrow(
      'knnDivergence: a must be of distinct rows, got rows 0 and 2 alike',
    )
    expect(() => intrinsicDimension(rows, { k: 2 })).toThrow(
      'intrinsicDimension: points must be distinct, got rows 0 and 2 alike',
    )
    expect(() => knnDivergence(rows.slice(1), rows, { k: 1 })).toThrow(
      'knnDivergence: b must be of rows that a does not have',
    )
    expect(() => knnDivergence(rows, rows, { k: 5 })).toThrow(
      'knnDivergence: k must be below the number of rows of a, 5, got 5',
    )
    expect(() =>
      gaussianDivergence(
        [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        rows,
      ),
    ).toThrow('gaussianDivergence: a must be rows of a regular covariance matrix, got column 1')
  })
})
