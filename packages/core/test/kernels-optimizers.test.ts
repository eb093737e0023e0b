import fc from 'fast-check'
import { allocateUpdates, type OptimizerKernels, plainUpdates, type Random, random } from '../src/index.ts'

type View = Float64Array | Float32Array
const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e-45, 1e300, -1e300, 3e38, 1, -1]

const draw = (rng: Random, wild: boolean) =>
  wild && rng.uniform() < 0.1 ? SPECIAL[rng.integer(0, SPECIAL.length)] : rng.uniform() < 0.1 ? 0 : rng.normal()

/** One update by both kinds of kernels, on `arrays` views of n numbers and 3 more that must not change. */
function sameBits(name: keyof OptimizerKernels, arrays: number, rng: Random, n: number, wild: boolean, rest: number[]) {
  const single = name.endsWith('32')
  const { kernels, wasm } = allocateUpdates(
    (ws) => ({ wasm: Array.from({ length: arrays }, (): View => (single ? ws.f32(n + 3) : ws.f64(n + 3))) }),
    { checked: true },
  )
  const plain = wasm.map((view) => {
    view.set(Array.from({ length: n + 3 }, () => draw(rng, wild)))
    return view.slice()
  })
  const call = (some: OptimizerKernels, views: View[]) =>
    (some[name] as (...args: unknown[]) => number | undefined)(n, ...views, ...rest)
  const before = plain.map((view) => view.slice())
  expect(call(kernels, wasm)).toBe(call(plainUpdates, plain))
  for (let k = 0; k < arrays; k++)
    for (let i = 0; i < n + 3; i++) {
      if (!Object.is(wasm[k][i], plain[k][i]))
        throw new Error(`${name}, n ${n}, argument ${k}, entry ${i}: ${wasm[k][i]} against ${plain[k][i]}`)
      if (i >= n && !Object.is(plain[k][i], before[k][i])) throw new Error(`${name} wrote past the end`)
    }
}

/** Number of views and the coefficients behind them. */
const UPDATES: [keyof OptimizerKernels, number, number[]][] = [
  ['lion', 3, [0.003, 0.1, 0.9, 0.99]],
  ['adamw', 4, [0.003, 1.7, 0.997, 0.9, 0.999, 1e-8]],
  ['adam', 4, [0.003, 1.7, 0.997, 0.9, 0.999, 1e-8, 0.1]],
  ['amsgrad', 5, [0.003, 1.7, 0.997, 0.9, 0.999, 1e-8, 0.1]],
  ['descend', 2, [0.003, 0.997, 0.1]],
  ['sgd', 3, [0.003, 0.997, 0.1, 0.9, 0.3, 0]],
  ['sgd', 3, [0.003, 0.997, 0.1, 0.9, 1, 1]],
  ['rmsprop', 5, [0.003, 0.997, 0.1, 0.99, 1e-8, 0, 0]],
  ['rmsprop', 5, [0.003, 0.997, 0.1, 0.99, 1e-8, 0.9, 0]],
  ['rmsprop', 5, [0.003, 0.997, 0.1, 0.99, 1e-8, 0, 1]],
  ['rmsprop', 5, [0.003, 0.997, 0.1, 0.99, 1e-8, 0.9, 1]],
  ['adagrad', 3, [0.003, 0.997, 0.1, 1e-10]],
  ['nonFinite', 1, []],
  ['adamDirection', 3, [1.7, 0.9, 0.999, 1e-8, 0]],
  ['adamDirection', 3, [1.7, 0.9, 0.999, 1e-8, 1]],
  ['diffgrad', 5, [0.003, 0.997, 0.9, 0.999, 1e-8, 0.1]],
  ['largest', 1, []],
  ['peak', 1, []],
  ['squaredNorm', 1, []],
  ['scaleAbove', 1, [1.3, 0.7]],
  ['adahessian', 5, [0.003, 1.7, 0.997, 0.9, 0.999, 1e-4]],
]

describe('optimizer updates: WebAssembly and plain JavaScript give the same bits', () => {
  test.each(UPDATES)('%s with %d arrays, %j', (name, arrays, rest) => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), fc.integer({ min: 0, max: 100 }), (seed, wild, n) => {
        sameBits(name, arrays, random(seed), n, wild, rest)
        sameBits(`${name}32` as keyof OptimizerKernels, arrays, random(seed), n, wild, rest)
      }),
      { numRuns: 100, seed: 7 },
    )
  })

  test.each(['largestCosine', 'projectRows'] as const)('%s, row by row', (name) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 40 }), (seed, rows, n) => {
        const rng = random(seed)
        const { kernels, views } = allocateUpdates((ws) => ({
          views: [ws.f64(rows * n), ws.f64(rows * n), ws.f32(rows * n), ws.f32(rows * n)],
        }))
        for (const view of views) for (let i = 0; i < view.length; i++) view[i] = draw(rng, seed % 3 === 0)
        const [a, b, c, d] = views as [Float64Array, Float64Array, Float32Array, Float32Array]
        const [e, f, g, h] = views.map((view) => view.slice()) as [
          Float64Array,
          Float64Array,
          Float32Array,
          Float32Array,
        ]
        expect(kernels[name](rows, n, a, b, 1e-8)).toBe(plainUpdates[name](rows, n, e, f, 1e-8))
        expect(kernels[`${name}32`](rows, n, c, d, 1e-8)).toBe(plainUpdates[`${name}32`](rows, n, g, h, 1e-8))
        expect([b, d].map((view) => [...view])).toEqual([f, h].map((view) => [...view]))
      }),
      { numRuns: 200, seed: 7 },
    )
  })

  test.each([
    [NaN, allocateUpdates, plainUpdates],
    [Infinity, allocateUpdates, plainUpdates],
  ])('nonFinite finds %d wherever it stands', (bad, from, plain) => {
    for (let n = 1; n < 40; n++) {
      const { kernels, x, y } = from((ws) => ({ x: ws.f64(n), y: ws.f32(n) }))
      expect([kernels.nonFinite(n, x), kernels.nonFinite32(n, y)]).toEqual([-1, -1])
      for (let at = n - 1; at >= 0; at--) {
        x[at] = y[at] = bad
        expect([kernels.nonFinite(n, x), kernels.nonFinite32(n, y)]).toEqual([at, at])
        expect([plain.nonFinite(n, x), plain.nonFinite32(n, y)]).toEqual([at, at])
        x.fill(1e308)
        y.fill(3e38)
      }
    }
  })
})

/** Against formulas written down anew, at one entry. */
describe('what the updates compute', () => {
  const one = (...values: number[]) => values.map((v) => Float64Array.of(v))

  test('sgd, Nesterov: d = l2 p + g, b = mu b + gain d, p = keep p - rate (mu b + d)', () => {
    const [p, b, g] = one(2, 0.5, -1)
    plainUpdates.sgd(1, p, b, g, 0.1, 0.99, 0.2, 0.9, 0.5, 1)
    expect(b[0]).toBeCloseTo(0.9 * 0.5 + 0.5 * -0.6, 15)
    expect(p[0]).toBeCloseTo(0.99 * 2 - 0.1 * (0.9 * b[0] - 0.6), 15)
  })

  test('centred RMSProp never takes the root of a negative number', () => {
    const [p, s, a, b, g] = one(1, 0, 0, 0, 0.1)
    for (let t = 0; t < 5000; t++) plainUpdates.rmsprop(1, p, s, a, b, g, 1e-9, 1, 0, 0.9, 1e-8, 0, 1)
    expect(Number.isFinite(p[0])).toBe(true)
  })

  test('amsgrad keeps the largest second moment', () => {
    const [p, m, v, w, g] = one(1, 0, 0, 5, 1)
    plainUpdates.amsgrad(1, p, m, v, w, g, 1, 1, 1, 0, 0, 0, 0)
    expect([v[0], w[0]]).toEqual([1, 5])
    expect(p[0]).toBeCloseTo(1 - 1 / Math.sqrt(5), 15)
  })

  test('adamDirection leaves the direction in g; Nesterov looks ahead', () => {
    const [m, v, g] = one(0.5, 4, -1)
    plainUpdates.adamDirection(1, m, v, g, 2, 0.9, 0.99, 0.1, 1)
    expect([m[0], v[0]]).toEqual([expect.closeTo(0.35, 15), expect.closeTo(3.97, 14)])
    expect(g[0]).toBeCloseTo((0.9 * 0.35 - 0.1) / (Math.sqrt(2 * 3.97) + 0.1), 15)
  })

  test('largestCosine and projectRows: rows by rows', () => {
    const x = Float64Array.of(3, 4, 1, 0)
    const y = Float64Array.of(4, -3, 1, 1)
    expect(plainUpdates.largestCosine(2, 2, x, y, 1e-8)).toBeCloseTo(Math.SQRT1_2, 15)
    expect(plainUpdates.largestCosine(1, 4, x, y, 1e-8)).toBeCloseTo(1 / Math.sqrt(26 * 27), 15)
    plainUpdates.projectRows(2, 2, x, y, 0)
    ;[4, -3, 0, 1].forEach((value, i) => expect(y[i]).toBeCloseTo(value, 15))
  })

  test('diffGrad: friction 1 / (1 + exp(-|q - d|)), and q becomes d', () => {
    const [p, m, v, q, g] = one(2, 0.5, 4, 1, -1)
    plainUpdates.diffgrad(1, p, m, v, q, g, 0.1, 0.99, 0.9, 0.99, 1e-3, 0.2)
    const [first, second] = [0.9 * 0.5 - 0.06, 0.99 * 4 + 0.01 * 0.36]
    expect([m[0], v[0], q[0]]).toEqual([expect.closeTo(first, 15), expect.closeTo(second, 14), -0.6])
    expect(p[0]).toBeCloseTo(0.99 * 2 - (0.1 * first) / (1 + Math.exp(-1.6)) / (Math.sqrt(second) + 1e-3), 14)
  })

  test('peak: NaN wherever it stands, in both sets; else the largest size', () => {
    for (const plain of [false, true])
      for (let n = 1; n < 40; n++) {
        const { kernels: fast, x, y } = allocateUpdates((ws) => ({ x: ws.f64(n), y: ws.f32(n) }))
        const kernels = plain ? plainUpdates : fast
        expect([kernels.peak(n, x), kernels.peak32(n, y)]).toEqual([0, 0])
        for (let at = n - 1; at >= 0; at--)
          for (const [value, wanted] of [
            [-7, 7],
            [-Infinity, Infinity],
            [NaN, NaN],
          ]) {
            x.fill(2)
            y.fill(-2)
            x[at] = y[at] = value
            expect([kernels.peak(n, x), kernels.peak32(n, y)]).toEqual([wanted, wanted])
          }
      }
  })

  test('largest, squaredNorm, scaleAbove', () => {
    const x = Float64Array.of(1, -3, 2, 0.5, -2)
    expect([plainUpdates.largest(5, x), plainUpdates.squaredNorm(5, x)]).toEqual([3, 18.25])
    plainUpdates.scaleAbove(5, x, 1.5, 0.5)
    expect([...x]).toEqual([1, -1.5, 1, 0.5, -1])
  })

  test('ADAHESSIAN: the second moment is that of the curvature', () => {
    const [p, m, v, g, d] = one(1, 0, 0, 0.5, -2)
    plainUpdates.adahessian(1, p, m, v, g, d, 1, 1, 1, 0, 0, 0)
    expect([p[0], v[0]]).toEqual([1 - 0.25, 4])
  })
})
