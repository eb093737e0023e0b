import { normalCdf, random } from '@opt/core'
import { mlp } from '@opt/nn'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { type DenseLayer, shiftReport, smoothedDivergence, smoothedProfile } from '../src/index.ts'

const normals = (m: number, n: number, seed: number, shift = 0) => {
  const rng = random(seed)
  return Array.from({ length: m }, () => Array.from({ length: n }, () => shift + rng.normal()))
}
const layersOf = (seed: number): DenseLayer[] => [
  { weights: normals(4, 3, seed), activation: 'tanh' },
  { weights: normals(3, 4, seed + 1), activation: 'tanh' },
  { weights: normals(2, 3, seed + 2) },
]
const sample = (n: number, seed: number, shift = 0) => ({
  inputs: normals(n, 3, seed, shift),
  labels: Array.from({ length: n }, (_, i) => i % 2),
})

describe('smoothedDivergence', () => {
  test('of two points is that of two normal distributions', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (noise, ratio) => {
          const side = (noise * ratio) / Math.SQRT2
          const { kl, standardError, totalVariation, totalVariationError, bound, klBound } = smoothedDivergence(
            [[0, 0]],
            [[side, side]],
            { noise, draws: 1500 },
          )
          near(kl, (ratio * ratio) / 2, { absolute: 5 * standardError })
          const exact = 2 * normalCdf(ratio / 2) - 1
          near(totalVariation, exact, { absolute: 5 * totalVariationError + 1e-3 })
          expect(bound).toBeGreaterThanOrEqual(exact)
          expect(klBound).toBeGreaterThan(exact - 0.1)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('of mixtures on a line is that of a quadrature', () => {
    const [a, b] = [normals(7, 1, 1), normals(9, 1, 2, 0.5)]
    const noise = 0.4
    const density = (rows: number[][], t: number) =>
      rows.reduce((sum, [c]) => sum + Math.exp(-(((t - c) / noise) ** 2) / 2), 0) /
      rows.length /
      noise /
      Math.sqrt(2 * Math.PI)
    let [kl, tv] = [0, 0]
    for (let t = -8; t < 8; t += 0.002) {
      const [p, q] = [density(a, t), density(b, t)]
      kl += p * Math.log(p / q) * 0.002
      tv += (Math.abs(p - q) / 2) * 0.002
    }
    const found = smoothedDivergence(a, b, { noise, draws: 20_000 })
    near(found.kl, kl, { absolute: 4 * found.standardError })
    near(found.totalVariation, tv, { absolute: 4 * found.totalVariationError })
  })

  test('of equal samples is zero, of far ones one; any container gives the same', () => {
    const a = normals(6, 2, 3)
    expect(smoothedDivergence(a, a, { draws: 50 })).toMatchObject({ kl: 0, totalVariation: 0, klBound: 0 })
    const far = smoothedDivergence(
      a,
      a.map(([x, y]) => [x + 1e200, y]),
      { draws: 50 },
    )
    expect(far).toMatchObject({ kl: Infinity, totalVariation: 1, bound: 1, klBound: 1 })
    const b = normals(5, 2, 4)
    const want = smoothedDivergence(a, b, { draws: 50 })
    expect(smoothedDivergence(new Matrix(a), Object.freeze(b), { draws: 50 })).toEqual(want)
    const reversed = ndarray(Float64Array.from(a.flat()).reverse(), [6, 2], [-2, -1], 11)
    expect(smoothedDivergence(reversed, b, { draws: 50 })).toEqual(want)
  })
})

describe('smoothedProfile', () => {
  test('no change of the error is above the bound of any layer, and distances fall with depth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0, max: 2, noNaN: true }), (seed, shift) => {
        const { layers, bound, difference, status } = smoothedProfile(
          layersOf(seed),
          sample(30, seed + 5),
          sample(30, seed + 6, shift),
          {
            components: 600,
            draws: 400,
            random: random(seed),
          },
        )
        expect(status).toBe('completed')
        expect(Math.abs(difference!)).toBeLessThanOrEqual(bound)
        expect(layers[1].kl).toBeLessThanOrEqual(layers[0].kl + 4 * (layers[0].standardError + layers[1].standardError))
        expect(layers[1].totalVariation).toBeLessThanOrEqual(layers[0].totalVariation + 0.1)
        for (const { totalVariation, klBound } of layers) expect(totalVariation).toBeLessThanOrEqual(klBound + 0.1)
      }),
      { numRuns: 60 },
    )
  })

  describe('of two points on a line', () => {
    // Two layers that add noise: behind layer l the samples are N(0, l noise^2) and N(offset, l noise^2).
    const layers: DenseLayer[] = [{ weights: [[1]] }, { weights: [[1]] }, { weights: [[1]] }]
    const exact = (offset: number, noise: number, l: number) => 2 * normalCdf(offset / (2 * noise * Math.sqrt(l))) - 1
    const measure = (offset: number, noise: number, components: number, seed: number) =>
      smoothedProfile(
        layers,
        { inputs: [[0]] },
        { inputs: [[offset]] },
        { noise, components, draws: 300, random: random(seed) },
      )

    test('the bound of every layer is above the true total variation', () => {
      const misses = [0, 0]
      fc.assert(
        fc.property(
          fc.double({ min: 0, max: 3, noNaN: true }),
          fc.double({ min: 0.1, max: 2, noNaN: true }),
          fc.integer({ min: 0, max: 1e6 }),
          (ratio, noise, seed) => {
            const { layers: found } = measure(ratio * noise, noise, 200, seed)
            found.forEach(({ bound, totalVariation, totalVariationError }, l) => {
              const truth = exact(ratio * noise, noise, l + 1)
              if (bound < truth) misses[l]++
              // The first mixture is exact, up to its draws.
              if (l === 0) near(totalVariation, truth, { absolute: 5 * totalVariationError + 0.01 })
            })
          },
        ),
        { numRuns: 200 },
      )
      // Each layer may miss with probability 0.025; the inequalities behind the bounds are far from equal.
      expect(Math.max(...misses)).toBeLessThanOrEqual(3)
    })

    test('later layers are above the true total variation on average, by less with more paths', () => {
      // Little noise at the second layer, so that few paths make a rough mixture.
      const noise = [1, 0.1]
      const truth = 2 * normalCdf(0.5 / Math.sqrt(1.01)) - 1
      const excess = [10, 20, 40].map((components) => {
        let total = 0
        for (let seed = 0; seed < 40; seed++) {
          const [a, b] = [{ inputs: [[0]] }, { inputs: [[1]] }]
          const found = smoothedProfile(layers, a, b, { noise, components, draws: 400, random: random(seed) })
          total += found.layers[1].totalVariation / 40
        }
        return total - truth
      })
      for (const k of [1, 2]) expect(excess[k - 1]).toBeGreaterThan(1.2 * excess[k])
      expect(excess[2]).toBeGreaterThan(0.03)
    })
  })

  test('takes samples of more than a hundred thousand examples', () => {
    const many = (n: number, shift: number) => ({
      inputs: Array.from({ length: n }, (_, i) => [(i % 7) / 7 + shift]),
      labels: new Int8Array(n).fill(1),
    })
    const layers: DenseLayer[] = [{ weights: [[1]] }, { weights: [[1]] }]
    const { profile } = shiftReport(layers, many(70_000, 0), many(65_000, 0.1), { draws: 2, divisions: 1 })
    expect(profile.dropped).toEqual({ a: 5000, b: 0 })
  })

  test('networks of @opt/nn, their weights and functions give the same', () => {
    const net = mlp({ sizes: [3, 4, 3, 2], activation: 'tanh', seed: 1 })
    const layers = net.layers().map(({ inputs, outputs, weight, bias }, l) => ({
      weights: Array.from({ length: outputs }, (_, j) =>
        Array.from({ length: inputs }, (_, i) => weight[i * outputs + j]),
      ),
      bias: bias!,
      activation: l < 2 ? ('tanh' as const) : ('identity' as const),
    }))
    const settings = () => ({ components: 100, draws: 100, random: random(3) })
    const [a, b] = [sample(20, 1), sample(20, 2, 0.5)]
    const want = smoothedProfile(net, a, b, settings())
    expect(smoothedProfile(layers, a, b, settings())).toEqual(want)
    const functions = layers.map(
      ({ weights, bias, activation }) =>
        (rows: { data: Float64Array; shape: number[] }) =>
          Array.from({ length: rows.shape[0] }, (_, i) =>
            weights.map((row, j) => {
              const z = row.reduce((sum, w, k) => sum + w * rows.data[i * row.length + k], bias[j])
              return activation === 'tanh' ? Math.tanh(z) : z
            }),
          ),
    )
    const other = smoothedProfile(functions, a, b, settings())
    near(
      other.layers.map(({ kl }) => kl),
      want.layers.map(({ kl }) => kl),
      { relative: 1e-9 },
    )
    expect(other.difference).toBe(want.difference)
  })

  test('leaves out examples so that classes have equal numbers, and says how many', () => {
    const [a, b] = [sample(21, 1), { inputs: normals(12, 3, 2), labels: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1] }]
    const found = smoothedProfile(layersOf(1), a, b, { components: 50, draws: 50 })
    expect(found.dropped).toEqual({ a: 9, b: 0 })
    const free = smoothedProfile(layersOf(1), a, b, { components: 50, draws: 50, labels: false })
    expect(free).toMatchObject({ labelled: false, dropped: { a: 0, b: 0 } })
    expect(free.errorA).toBeUndefined()
  })

  test('has the error of the noisy network, not of the quiet one', () => {
    // One hidden unit at 0 or 1, noise 0.5: the sign of t - 1/2 is wrong with probability Phi(-1).
    const layers: DenseLayer[] = [{ weights: [[1]] }, { weights: [[2]], bias: [-1] }]
    const inputs = Array.from({ length: 10 }, (_, i) => [i % 2])
    const labels = inputs.map(([x]) => x)
    const { errorA } = smoothedProfile(
      layers,
      { inputs, labels },
      { inputs, labels },
      { noise: 0.5, components: 40_000, draws: 10 },
    )
    near(errorA!, normalCdf(-1), { absolute: 0.012 })
  })
})

describe('shiftReport', () => {
  const settings = (seed: number) => ({ components: 100, draws: 100, divisions: 19, random: random(seed) })
  const layers = layersOf(2)

  test('finds a strong shift and calls few unchanged batches shifted', () => {
    const found = shiftReport(layers, sample(40, 1), sample(40, 2, 2), settings(0))
    expect(found).toMatchObject({ shifted: true, pValue: 0.05, status: 'completed' })
    expect(found.largestChange).toBe(found.profile.bound)
    expect(found.verdict).toContain('The batch has shifted (p = 0.050 of 19 divisions)')
    expect(found.profile.layers[1].totalVariation).toBeGreaterThan(found.null.layers[1].totalVariation)
    let alarms = 0
    for (let k = 0; k < 10; k++)
      alarms += Number(shiftReport(layers, sample(30, 10 * k + 5), sample(30, 10 * k + 6), settings(k)).shifted)
    expect(alarms).toBeLessThanOrEqual(3)
  })

  test('without labels has a verdict and no bound', () => {
    const { inputs } = sample(40, 2, 2)
    const found = shiftReport(layers, sample(30, 1), { inputs }, settings(0))
    expect(found.shifted).toBe(true)
    expect(found.largestChange).toBeUndefined()
    expect(found.verdict).toContain('without labels nothing bounds')
  })

  test('ended early, saved as JSON and resumed, ends in the same bits', () => {
    const [reference, batch] = [sample(20, 1), sample(20, 2, 0.3)]
    const whole = shiftReport(layers, reference, batch, settings(7))
    const part = shiftReport(layers, reference, batch, { ...settings(7), maxIterations: 6 })
    expect(part.divided.null.length).toBe(6)
    expect(part.status).toBe('max-iterations')
    const resume = JSON.parse(JSON.stringify(part.divided))
    // A division that is known costs no iteration.
    const next = shiftReport(layers, reference, batch, { ...settings(7), resume, maxIterations: 6 })
    expect(next.divided.null).toEqual(whole.divided.null.slice(0, 12))
    const { history: _, iterations: __, ...rest } = shiftReport(layers, reference, batch, { ...settings(7), resume })
    expect(rest).toMatchObject({
      pValue: whole.pValue,
      divided: whole.divided,
      profile: whole.profile,
      null: whole.null,
    })
    expect(() => shiftReport(layers, reference, batch, { ...settings(8), resume })).toThrow(
      'shiftReport: resume must be of the same data, options and generator',
    )
  })

  test('can be aborted and reports its progress', async () => {
    const controller = new AbortController()
    const seen: number[] = []
    const found = await shiftReport.async(layers, sample(20, 1), sample(20, 2), {
      ...settings(1),
      signal: controller.signal,
      onProgress: ({ divisions }) => {
        seen.push(divisions)
        if (divisions === 3) controller.abort()
      },
    })
    expect(found.status).toBe('aborted')
    expect(seen).toEqual([1, 2, 3])
  })
})
