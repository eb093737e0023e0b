import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  DataSampler,
  evolve,
  exhaustive,
  gradientVariance,
  kendallTau,
  PathSampler,
  Supernet,
  searchSpace,
} from '../src/index.ts'
import { cumulated, drawEach, drawFrom } from '../src/samplers/draw.ts'
import { varianceOf } from '../src/variance/formulas.ts'
import { noise, small } from './shared.ts'

const seeds = fc.integer({ min: 0, max: 1e6 })

describe('spaces', () => {
  const spaces = fc
    .record({
      nodes: fc.integer({ min: 2, max: 4 }),
      keep: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      ops: fc.subarray(['none', 'skip', 'thin', 'dense', 'pool'] as const, { minLength: 1 }),
    })
    .map(({ nodes, keep, ops }) => {
      const pairs: [number, number][] = []
      for (let a = 0; a < nodes; a++) for (let b = a + 1; b < nodes; b++) pairs.push([a, b])
      const edges = pairs.filter((_, k) => keep[k] || k === pairs.length - 1)
      return searchSpace({ edges, ops, cells: 1 })
    })

  test('numbers and paths are inverse; canonical paths are fixed points and the same function', () => {
    fc.assert(
      fc.property(spaces, seeds, (space, seed) => {
        const i = seed % space.count
        const path = space.path(i)
        expect(space.index(path)).toBe(i)
        const canonical = space.canonical(path)
        expect(space.canonical(canonical)).toEqual(canonical)
        const net = new Supernet({ inputs: 3, classes: 3, channels: 3, space, dtype: 'float64', seed })
        const { inputs } = noise(seed, 2)
        expect(net.forward(inputs, path)).toEqual(net.forward(inputs, canonical))
        expect(net.extract(path).forward(inputs)).toEqual(net.forward(inputs, path))
      }),
      { numRuns: 150 },
    )
  })

  test('the default space has 125 paths and 85 functions', () => {
    const space = searchSpace()
    expect([space.count, space.distinct().length]).toEqual([125, 85])
    expect(space.canonical([1, 3, 0])).toEqual([0, 3, 0])
    expect(space.canonical([0, 3, 2])).toEqual([0, 3, 0])
    expect(space.describe([3, 1, 3])).toBe('dense-skip-dense')
  })
})

describe('the supernet', () => {
  const space = searchSpace({
    edges: [
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 3],
      [2, 3],
    ],
    ops: ['none', 'skip', 'thin', { kind: 'thin', width: 3 }, 'dense', 'pool'],
  })

  test('finite differences agree with the gradient, and weights scale losses', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const net = small(seed, space)
        const { inputs, labels } = noise(seed, 5)
        const path = space.path(seed % space.count)
        // Biases away from 0: the loss has kinks where a node is exactly 0.
        const shift = random(seed + 1)
        const { parameters } = net.state()
        for (const row of Object.values(parameters)) row.forEach((v, k) => (row[k] = v + shift.normal(0, 0.3)))
        net.load({ parameters })
        const weights = labels.map((_, i) => (i + 1) / 2)
        const { gradients } = net.lossAndGradient(inputs, labels, path, weights)
        const rng = random(seed)
        const before = net.state()
        for (const name of Object.keys(gradients)) {
          const k = rng.integer(0, gradients[name].length)
          const at = (step: number) => {
            const parameters = { ...before.parameters, [name]: before.parameters[name].slice() }
            parameters[name][k] += step
            net.load({ parameters })
            return net.lossAndGradient(inputs, labels, path, weights).loss
          }
          near((at(1e-5) - at(-1e-5)) / 2e-5, gradients[name][k], { absolute: 2e-6, relative: 1e-4 })
        }
      }),
      { numRuns: 60 },
    )
  })

  test("examples' norms are those of gradients of one example, and the mean gradient is no larger than their mean", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const net = small(seed, space)
        const { inputs, labels } = noise(seed, 4)
        const path = space.path(seed % space.count)
        const norms = net.perExampleNorms(inputs, labels, path)
        const single = inputs.map((x, i) => net.lossAndGradient([x], [labels[i]], path).norm)
        near(norms, single, { relative: 1e-10, absolute: 1e-14 })
        const { norm } = net.lossAndGradient(inputs, labels, path)
        expect(norm).toBeLessThanOrEqual(norms.reduce((a, b) => a + b, 0) / 4 + 1e-12)
      }),
      { numRuns: 150 },
    )
  })

  test('float32 is near float64, and more examples than pass at a time are cut', () => {
    const { inputs, labels } = noise(3, 600)
    const [a, b] = (['float64', 'float32'] as const).map(
      (dtype) => new Supernet({ inputs: 3, classes: 3, channels: 8, dtype, seed: 4 }),
    )
    for (const path of [
      [3, 2, 4],
      [1, 3, 2],
    ]) {
      near(b.forward(inputs, path), a.forward(inputs, path), { absolute: 1e-4 })
      near(b.perExampleNorms(inputs, labels, path), a.perExampleNorms(inputs, labels, path), { ofLargest: 1e-4 })
      const whole = a.lossAndGradient(inputs, labels, path)
      const halves = [0, 300].map((s) => a.lossAndGradient(inputs.slice(s, s + 300), labels.slice(s, s + 300), path))
      near(whole.loss, (halves[0].loss + halves[1].loss) / 2, { relative: 1e-12 })
    }
  })
})

describe("Kendall's tau", () => {
  const brute = (a: number[], b: number[]) => {
    let [p, x, y] = [0, 0, 0]
    for (let i = 0; i < a.length; i++)
      for (let j = 0; j < i; j++) {
        const [u, v] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])]
        p += u * v
        x += u * u
        y += v * v
      }
    return x && y ? p / Math.sqrt(x * y) : 0
  }
  const values = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
    fc.constant(-0),
  )
  test('is that of all pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(values, values), { minLength: 2, maxLength: 40 }), (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)]
        near(kendallTau(a, b).tau, brute(a, b), { absolute: 1e-12 })
        near(kendallTau(b, a).tau, kendallTau(a, b).tau, { absolute: 1e-15 })
        near(
          kendallTau(
            a,
            b.map((v) => -v),
          ).tau,
          -kendallTau(a, b).tau,
          { absolute: 1e-15 },
        )
      }),
      { numRuns: 400 },
    )
  })
})

describe('samplers', () => {
  test('probabilities sum to 1, weights have mean 1, and operations without norms keep (1 - tau) / O', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.constantFrom('ops', 'per-edge', 'table'),
        (seed, tau, mode) => {
          const rng = random(seed)
          const space = searchSpace({
            edges: [
              [0, 1],
              [1, 2],
            ],
            ops: ['none', 'thin', 'dense'],
          })
          const sampler = new PathSampler({ choices: [3, 3], mode: mode as 'ops' })
          const length = { ops: 3, 'per-edge': 2, table: 1 }[mode]!
          for (let k = 0; k < 8; k++)
            sampler.record(
              sampler.sample(rng),
              Array.from({ length }, (_, j) => (j === 0 && mode === 'ops' ? 0 : rng.uniform())),
            )
          sampler.endEpoch(tau)
          for (const row of sampler.probabilities)
            near(
              row.reduce((a, b) => a + b, 0),
              1,
              { absolute: 1e-12 },
            )
          if (mode === 'ops') near(sampler.probabilities[0][0], (1 - tau) / 3, { absolute: 1e-15 })
          let mean = 0
          const all = Array.from({ length: 9 }, (_, i) => space.path(i))
          for (const path of all) mean += 1 / 9 / sampler.weight(path)
          near(mean, 1, { absolute: 1e-12 })
          const data = new DataSampler(5)
          data.record([0, 3, 3], [0.5, 0, 0.25])
          data.endEpoch(tau)
          near(data.probabilities[3], (tau * 0.25) / 0.75 + (1 - tau) / 5, { absolute: 1e-15 })
        },
      ),
      { numRuns: 200 },
    )
  })

  test('many draws are those of one after the other, whatever the probabilities', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1e-12, 0.1, 1, 1e6), { minLength: 1, maxLength: 30 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (p, u) => {
          fc.pre(p.some((one) => one > 0))
          const cdf = cumulated(Float64Array.from(p))
          const numbers = Float64Array.from([...u, 1 - 2 ** -53, ...cdf.filter((c) => c < 1)])
          const found = drawEach(cdf, numbers)
          expect(found).toEqual(Int32Array.from(numbers, (one) => cdf.findIndex((c) => c > one)))
          expect(found).toEqual(Int32Array.from(numbers, (one) => drawFrom(cdf, one)))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('draws have their probabilities', () => {
    const sampler = new DataSampler(3)
    sampler.record([0, 1, 2], [1, 2, 5])
    sampler.endEpoch(1)
    const counts = [0, 0, 0]
    for (const i of sampler.draw(random(1), 20000)) counts[i]++
    near(
      counts.map((c) => c / 20000),
      [1 / 8, 2 / 8, 5 / 8],
      { absolute: 0.015 },
    )
  })
})

describe('variance', () => {
  test('no other distribution is better than the optimum, and each bounds the next', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rng = random(seed)
        const positive = (n: number) => Float64Array.from({ length: n }, () => rng.uniform(0.1, 2))
        const net = small(seed, searchSpace({ edges: [[0, 1]], cells: 1 }))
        const { inputs, labels } = noise(seed, 4)
        const normalized = (p: Float64Array) => p.map((v) => v / p.reduce((a, b) => a + b, 0))
        const [q, p] = [normalized(positive(5)), normalized(positive(4))]
        const found = gradientVariance(net, inputs, labels, { batch: 3, pathProbabilities: q, dataProbabilities: p })
        near(found.between + found.within, found.uniform, { relative: 1e-9 })
        expect(found.joint.variance).toBeLessThanOrEqual(
          Math.min(found.pathOptimal.variance, found.variance) * (1 + 1e-9),
        )
        expect(found.dataOptimal.variance).toBeLessThanOrEqual(found.uniform * (1 + 1e-9))
        const uniformPath = gradientVariance(net, inputs, labels, { batch: 3, dataProbabilities: p })
        expect(found.dataOptimal.variance).toBeLessThanOrEqual(uniformPath.variance * (1 + 1e-9))
      }),
      { numRuns: 100 },
    )
  })

  test('the formula is the variance of drawn gradients', () => {
    const rng = random(4)
    // Two paths, three examples, gradients of one number.
    const g = [
      [1, -2, 3],
      [0.5, 0, -1],
    ]
    const [q, p, batch] = [Float64Array.of(0.3, 0.7), Float64Array.of(0.2, 0.3, 0.5), 2]
    const means = g.map((row) => row.reduce((a, b) => a + b, 0) / 3)
    const total = (means[0] + means[1]) / 2
    const table = {
      squares: g.map((row) => Float64Array.from(row, (v) => v * v)),
      full: Float64Array.from(means, (m) => m * m),
      squaredMean: total * total,
      batch,
    }
    let [sum, square] = [0, 0]
    const draws = 200000
    for (let k = 0; k < draws; k++) {
      const a = rng.uniform() < q[0] ? 0 : 1
      let d = 0
      for (let b = 0; b < batch; b++) {
        const u = rng.uniform()
        const i = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2
        d += g[a][i] / (3 * p[i]) / batch / (2 * q[a])
      }
      sum += d
      square += d * d
    }
    near(sum / draws, total, { absolute: 0.02 })
    near(square / draws - (sum / draws) ** 2, varianceOf(table, q, p), { relative: 0.03 })
  })
})

describe('search', () => {
  test('evolution finds the best of 15,625, evaluating each path once', () => {
    const space = searchSpace({
      edges: [
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
      ],
    })
    for (let seed = 0; seed < 5; seed++) {
      const rng = random(seed)
      const values = Array.from({ length: 6 }, () => Array.from({ length: 5 }, () => rng.normal()))
      const fitness = (path: number[]) => path.reduce((sum, op, e) => sum + values[e][op], 0)
      const { best, evaluated, evaluations } = evolve(fitness, space, { seed })
      const ideal = values.map((row) => row.indexOf(Math.max(...row)))
      expect(best).toEqual(ideal)
      expect([evaluations, new Set(evaluated.map(({ path }) => path.join())).size]).toEqual([1050, 1050])
    }
  })

  test('evolution of a small space sees all of it, as the exhaustive search does', () => {
    const space = searchSpace({
      edges: [
        [0, 1],
        [1, 2],
      ],
    })
    const fitness = ([a, b]: number[]) => a * 3 - b * b
    const [one, all] = [evolve(fitness, space), exhaustive(fitness, space)]
    expect([one.evaluations, all.evaluations]).toEqual([25, 25])
    expect([one.best, all.best]).toEqual([
      [4, 0],
      [4, 0],
    ])
    expect([one.status, all.status]).toEqual(['completed', 'completed'])
  })
})
