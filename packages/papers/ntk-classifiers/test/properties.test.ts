import { exp, log, normalCdf, type Random, random, tanh } from '@opt/core'
import fc from 'fast-check'
import {
  type Activation,
  activation,
  DeepNTKClassifier,
  hilbertEstimate,
  majorityVote,
  nearestNeighbor,
  ntk,
  optimalActivation,
  relu,
  singularKernel,
  taxonomy,
  toSphere,
  wideNetwork,
} from '../src/index.ts'

const seeds = fc.integer({ min: 0, max: 1e9 })
const settings = { numRuns: 300 }
const close = (value: number, want: number, tolerance: number) =>
  expect(Math.abs(value - want)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(want)))

/** A random series of degree 1 to 8, some coefficients 0, of any scale. */
function series(rng: Random, from = 0): number[] {
  const scale = 10 ** rng.uniform(-100, 100)
  const degree = rng.integer(from + 1, from + 8)
  const a = Array.from({ length: degree + 1 }, (_, i) => (i < from || rng.uniform() < 0.3 ? 0 : scale * rng.normal()))
  a[degree] = scale
  return a
}
const rowsOf = (rng: Random, n: number, p: number) =>
  toSphere(
    Array.from({ length: n }, () => Array.from({ length: p }, () => 0.01 + Math.abs(rng.normal()))),
    { shift: 'none' },
  )

/** The recursion in plain numbers. */
function naive(f: Activation, depth: number, s: number): [sigma: number, kernel: number] {
  let kernel = s
  for (let l = 0; l < depth; l++) {
    const next = f.dual(s)
    kernel = kernel * f.dualDerivative(s) + next
    s = next
  }
  return [s, kernel]
}

test('small depths are those of the plain recursion, also for negative x.x', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const f = activation({ hermite: series(rng) })
      const depth = rng.integer(0, 12)
      const delta = Array.from({ length: 8 }, () => rng.uniform(0, 2))
      const { logSigma, signSigma, logKernel, signKernel } = ntk(f, { depth, delta })
      const diagonal = naive(f, depth, 1)[1]
      delta.forEach((gap, i) => {
        const [sigma, kernel] = naive(f, depth, 1 - gap)
        expect(Math.abs(signSigma[i] * exp(logSigma[i]) - sigma)).toBeLessThan(1e-10)
        expect(Math.abs(signKernel[i] * exp(logKernel[i]) - kernel)).toBeLessThan(1e-10 * diagonal)
        if (gap < 1 && sigma > 1e-290) close(logKernel[i], log(kernel), 1e-11)
      })
    }),
    settings,
  )
})

test('the diagonal is the sum of the powers of B, at any depth', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const f = activation({ hermite: series(rng) })
      const depth = rng.integer(0, 3000)
      // sum_{j <= L} b^j by Horner's rule, in a logarithm that is shifted when it grows.
      const b = f.derivativeSecondMoment
      let [sum, shift] = [1, 0]
      for (let l = 0; l < depth; l++) {
        sum = sum * b + (shift > 0 ? 0 : 1)
        if (sum > 1e250) {
          sum /= 1e250
          shift += log(1e250)
        }
      }
      close(ntk(f, { depth, delta: [0] }).logKernel[0], log(sum) + shift, 1e-10)
    }),
    settings,
  )
})

test('dual, derivative and gap belong together', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const f = rng.uniform() < 0.3 ? relu({ slope: rng.uniform(-1, 2) }) : activation({ hermite: series(rng) })
      const s = rng.uniform(-0.99, 0.99)
      close(f.dual(1), 1, 1e-14)
      close(f.dualDerivative(1), f.derivativeSecondMoment, 1e-13)
      close(f.dualGap(1 - s), 1 - f.dual(s), 1e-14)
      close((f.dual(s + 1e-6) - f.dual(s - 1e-6)) / 2e-6, f.dualDerivative(s), 1e-7)
      const small = 10 ** rng.uniform(-30, -9)
      expect(Math.abs(f.dualGap(small) / small / f.derivativeSecondMoment - 1)).toBeLessThan(1e-4)
      const z = rng.uniform(-2, 2)
      if (Math.abs(z) > 1e-3) {
        close((f.value(z + 1e-6) - f.value(z - 1e-6)) / 2e-6, f.slope(z), 1e-5)
        close((f.slope(z + 1e-6) - f.slope(z - 1e-6)) / 2e-6, f.curvature(z), 1e-5)
      }
    }),
    settings,
  )
})

test('the singular kernel solves its functional equation, and starts as s', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const f = activation({
        hermite: [0, rng.uniform(0.02, 1), ...series(rng).map((v, _, all) => v / Math.max(...all.map(Math.abs)))],
      })
      const c = f.powers![1]
      fc.pre(c < 0.999)
      const delta = Array.from({ length: 6 }, () => (rng.uniform() < 0.5 ? rng.uniform() : 10 ** rng.uniform(-12, 0)))
      const before = singularKernel(f, delta)
      const after = singularKernel(f, delta.map(f.dualGap))
      delta.forEach((gap, i) => {
        if (f.dualGap(gap) < 1) close(after[i], before[i] + log(c), 1e-10)
      })
      close(singularKernel(f, [1 - 1e-12])[0], log(1 - (1 - 1e-12)), 1e-6 / c)
    }),
    settings,
  )
})

// A whole number of periods of the log-periodic factor, which is B' = 2.
test('near 0 the optimal activations weigh like |x - x|^-d', () => {
  for (const d of [2, 3, 5, 10, 20]) {
    const { alpha, optimalDimension, kind } = taxonomy(optimalActivation(d))
    expect([optimalDimension, kind]).toEqual([d, 'singular-kernel'])
    close(alpha!, d, 1e-12)
    const [far, near] = singularKernel(optimalActivation(d), [2 ** -18, 2 ** -32])
    const slope = (far - near) / log(2 ** 14)
    expect(Math.abs(2 * slope + d)).toBeLessThan(2e-4)
  }
})

/** E[phi(u) phi(v)] of standard normal u, v of correlation s, by the trapezoidal rule in the plane. */
function double(phi: (z: number) => number, s: number): number {
  const [h, reach] = [0.1, 7]
  let [sum, square] = [0, 0]
  for (let u = -reach; u <= reach; u += h) {
    square += phi(u) ** 2 * Math.exp(-0.5 * u * u)
    for (let w = -reach; w <= reach; w += h)
      sum += phi(u) * phi(s * u + Math.sqrt(1 - s * s) * w) * Math.exp(-0.5 * (u * u + w * w))
  }
  return (sum * h) / Math.sqrt(2 * Math.PI) / square
}

test('the dual of a function is the mean of the product over two correlated normals', () => {
  const cases: [(z: number) => number, number, number[]][] = [
    [tanh, 1e-8, []],
    [(z) => z * normalCdf(z), 1e-8, []],
    [(z) => z * z * Math.exp(-z * z), 1e-8, []],
    [(z) => Math.max(z, 0), 2e-3, []],
    [(z) => Math.max(-1, Math.min(1, z)), 2e-3, [-1, 1]],
  ]
  for (const [fn, tolerance, kinks] of cases) {
    const f = activation({ fn, kinks })
    for (const s of [0, 0.3, 0.7, 0.95]) close(f.dual(s), double(fn, s), tolerance)
  }
})

test('a rectifier given as a function has the dual of its closed form up to what its series misses', () => {
  for (const slope of [0, 0.1, -1]) {
    const closed = relu({ slope })
    const found = activation((z) => (z > 0 ? z : slope * z))
    expect(found.missing).toBeLessThan(1e-3)
    expect(taxonomy(found).kind).toBe(taxonomy(closed).kind)
    close(found.derivativeSecondMoment, 1, 1e-9)
    close(found.mean, closed.mean, 1e-12)
    for (const s of [0, 0.4, 0.9, 0.99]) close(found.dual(s), closed.dual(s), 1e-4)
    close(closed.dual(-1), slope === -1 ? 1 : closed.dual(-1), 1e-15)
  }
})

test('ReLU tends to 1/4 off the diagonal, a smooth activation with B = 1 to 1/3', () => {
  const depth = 1e4
  const over = (phi: Parameters<typeof ntk>[0]) =>
    Array.from(ntk(phi, { depth, delta: [0, 0.01, 0.1, 0.5, 1] }).logKernel, (v) => exp(v) / (depth + 1))
  const [own, ...others] = over(relu())
  close(own, 1, 1e-9)
  for (const v of others) expect(Math.abs(v - 0.2505)).toBeLessThan(0.002)
  for (const v of over({ hermite: [0.5, Math.SQRT1_2, 0.5] }).slice(1)) expect(Math.abs(v - 1 / 3)).toBeLessThan(0.02)
})

test('classifiers of finite depth keep the labels of their rows, and deep ones are their limits', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const X = rowsOf(rng, rng.integer(2, 12), 4)
      const y = Array.from({ length: X.shape[0] }, () => rng.integer(0, 2))
      const Z = rowsOf(rng, 5, 4)
      for (const phi of [optimalActivation(3), { hermite: [0, 0, 1, 1] }, { hermite: [0.5, 1, 1, 0.5] }, relu()])
        for (const depth of [10, Infinity])
          expect(new DeepNTKClassifier<number>({ activation: phi, depth }).fit(X, y).predict(X)).toEqual(y)
      const deep = (phi: { hermite: number[] }, depth: number) =>
        new DeepNTKClassifier<number>({ activation: phi, depth }).fit(X, y)
      expect(deep({ hermite: [0, 0, 1, 1] }, 60).predict(Z)).toEqual(nearestNeighbor<number>(X, y).predict(Z))
      const majority = deep({ hermite: [0.5, 1, 1, 0.5] }, 400)
      const counts = [0, 1, 2].map((label) => y.filter((v) => v === label).length).sort((a, b) => b - a)
      if (counts[0] > counts[1]) expect(majority.predict(Z)).toEqual(majorityVote<number>(y).predict(Z))
      // The singular limit to O(1/L): scores of both classes, over their sum.
      const a = deep({ hermite: [0, 0.6, 0.8] }, 20_000).scores(Z)
      const b = deep({ hermite: [0, 0.6, 0.8] }, Infinity).scores(Z)
      a.data.forEach((v, i) => expect(Math.abs(v - b.data[i])).toBeLessThan(0.05))
    }),
    { numRuns: 40 },
  )
})

test('with A not 0 and B below 1 the networks tend to kriging, as slowly as 1/L, and with a ridge to the majority', () => {
  const rng = random(5)
  const phi = { hermite: [Math.sqrt(0.3), Math.sqrt(0.6), Math.sqrt(0.1)] }
  const X = rowsOf(rng, 6, 3)
  const Z = rowsOf(rng, 4, 3)
  const y = [1, -1, 1, -1, -1, -1]
  const output = (depth: number) => {
    const { data } = new DeepNTKClassifier<number>({ activation: phi, depth }).fit(X, y).scores(Z)
    return Array.from({ length: 4 }, (_, r) => data[2 * r + 1] - data[2 * r])
  }
  const limit = output(Infinity)
  const distance = (depth: number) => Math.max(...output(depth).map((v, r) => Math.abs(v - limit[r])))
  expect(taxonomy(phi).degenerate).toBe(true)
  expect(distance(60) * 60).toBeLessThan(1.3 * distance(30) * 30)
  expect(distance(60)).toBeLessThan(0.1)
  // Kriging interpolates and its weights sum to 1.
  const exact = new DeepNTKClassifier<number>({ activation: phi }).fit(X, y)
  expect(exact.predict(X)).toEqual(y)
  exact.scores(Z).data.forEach((_, i, all) => void (i % 2 === 0 && close(all[i] + all[i + 1], 1, 1e-10)))
  for (const depth of [60, Infinity]) {
    const ridged = new DeepNTKClassifier<number>({ activation: phi, depth, ridge: 0.1 }).fit(X, y)
    expect(ridged.predict(Z)).toEqual([-1, -1, -1, -1])
  }
  expect(() => new DeepNTKClassifier({ activation: phi, depth: 400 }).fit(X, y)).toThrow('singular to rounding')
})

test('the Hilbert estimate is its formula at every scale of the data', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const scale = 10 ** rng.uniform(-290, 290)
      const X = Array.from({ length: 9 }, () => [rng.normal(), rng.normal()])
      const y = X.map(() => (rng.uniform() < 0.5 ? 'a' : 'b'))
      const z = [rng.normal(), rng.normal()]
      const scaled = (rows: number[][]) => rows.map((row) => row.map((v) => v * scale))
      const votes = { a: 0, b: 0 }
      X.forEach((x, i) => (votes[y[i] as 'a' | 'b'] += 1 / ((x[0] - z[0]) ** 2 + (x[1] - z[1]) ** 2)))
      fc.pre(Math.abs(votes.a / votes.b - 1) > 1e-6)
      const found = hilbertEstimate<string>(scaled(X), y, 2).predict(scaled([z, X[3]]))
      expect(found).toEqual([votes.a > votes.b ? 'a' : 'b', y[3]])
      let best = 0
      const away = (i: number) => Math.hypot(X[i][0] - z[0], X[i][1] - z[1])
      X.forEach((_, i) => void (away(i) < away(best) && (best = i)))
      expect(nearestNeighbor<string>(scaled(X), y).predict(scaled([z]))).toEqual([y[best]])
    }),
    settings,
  )
})

test('equal rows vote in the limit, and are refused at finite depth without a ridge', () => {
  const X = [
    [1, 0],
    [1, 0],
    [1, 0],
    [0, 1],
  ]
  const y = [1, 1, 2, 2]
  const limit = new DeepNTKClassifier<number>().fit(X, y)
  expect(
    limit.predict([
      [1, 0],
      [0, 1],
      [0.6, 0.8],
    ]),
  ).toEqual([1, 2, 2])
  expect(() => new DeepNTKClassifier({ depth: 3 }).fit(X, y)).toThrow('DeepNTKClassifier.fit: ridge must be larger')
  expect(new DeepNTKClassifier<number>({ depth: 3, ridge: 0.01 }).fit(X, y).predict(X)).toEqual([1, 1, 1, 2])
})

test('wide networks have the exact kernel as their width grows', () => {
  const X = rowsOf(random(1), 5, 3)
  const delta: number[] = []
  for (let i = 0; i < 5; i++)
    for (let j = 0; j < 5; j++) delta.push([0, 1, 2].reduce((sum, k) => sum + (X.get(i, k) - X.get(j, k)) ** 2, 0) / 2)
  for (const phi of [relu(), activation({ hermite: [0.3, 1, 0.5] })]) {
    const exact = ntk(phi, { depth: 2, delta }).logKernel.map(exp)
    const means = new Float64Array(25)
    for (let seed = 0; seed < 20; seed++)
      wideNetwork(phi, { inputs: 3, depth: 2, width: 100, seed })
        .ntk(X)
        .forEach((v, i) => (means[i] += v / 20))
    means.forEach((v, i) => expect(Math.abs(v / exact[i] - 1)).toBeLessThan(0.2))
  }
})

test('toSphere gives unit rows at right angles at most, and refuses rows without a direction', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const rng = random(seed)
      const scale = 10 ** rng.uniform(-300, 300)
      const X = Array.from({ length: 6 }, () => Array.from({ length: 3 }, () => scale * rng.normal()))
      const sphere = toSphere(X, {
        reference: [X[0], [scale * 9, scale * 9, scale * 9], [-scale * 9, -scale * 9, -scale * 9]],
      })
      for (let i = 0; i < 6; i++) {
        const row = sphere.data.subarray(3 * i, 3 * i + 3)
        expect(Math.abs(Math.hypot(...row) - 1)).toBeLessThan(1e-15 * 4)
        expect(Math.min(...row)).toBeGreaterThanOrEqual(0)
      }
    }),
    settings,
  )
})

describe('fitAsync', () => {
  const rng = random(6)
  const points = Array.from({ length: 150 }, () => [rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0, 1)])
  const rowsOf = (n: number) => toSphere(points.slice(0, n))
  const X = rowsOf(150)
  const y = Array.from({ length: 150 }, () => rng.choice(3, 1)[0])
  const contracting = { hermite: [1, 0.5, 0.2] }

  test.each([
    ['of finite depth', 150, { depth: 4, ridge: 1e-3 }],
    ['of infinite depth', 150, {}],
    ['for kriging', 8, { activation: contracting }],
    ['for a majority', 150, { activation: relu() }],
  ])('%s: fits to the same bits, and reports what is done', async (_, n, options) => {
    const [rows, labels] = [rowsOf(n), y.slice(0, n)]
    const shares: number[] = []
    const onProgress = ({ done }: { done: number }) => void shares.push(done)
    const fitted = await new DeepNTKClassifier<number>(options).fitAsync(rows, labels, { onProgress })
    expect(fitted.state()).toEqual(new DeepNTKClassifier<number>(options).fit(rows, labels).state())
    expect(shares.length).toBeGreaterThanOrEqual(n)
    expect(shares.every((share, k) => share >= (shares[k - 1] ?? 0))).toBe(true)
    expect(shares.at(-1)).toBe(1)
  })

  test.each([0.3, 0.6])('is aborted when %d is done, and leaves the classifier as it was', async (at) => {
    const classifier = new DeepNTKClassifier<number>({ depth: 4, ridge: 1e-3 }).fit(X, y)
    const before = classifier.state()
    const controller = new AbortController()
    const other = y.map((label) => 2 - label)
    const onProgress = ({ done }: { done: number }) => done > at && controller.abort(new Error('enough'))
    const options = { signal: controller.signal, onProgress: (report: { done: number }) => void onProgress(report) }
    await expect(classifier.fitAsync(X, other, options)).rejects.toThrow('enough')
    expect(classifier.state()).toEqual(before)
    await expect(classifier.fitAsync(X, other, { signal: AbortSignal.abort() })).rejects.toThrow('abort')
    await expect(classifier.fitAsync(X, other, { signal: 3 as never })).rejects.toThrow(
      'DeepNTKClassifier.fitAsync: signal must be an AbortSignal, got 3',
    )
    const equal = new DeepNTKClassifier<number>({ depth: 4 }).fitAsync([[1], [1]], [1, 2])
    await expect(equal).rejects.toThrow('DeepNTKClassifier.fitAsync: ridge must be larger')
  })
})
