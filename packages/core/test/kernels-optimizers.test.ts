import fc from 'fast-check'
import { type OptimizerKernels, plainKernels, type Random, random, workspace } from '../src/index.ts'

type View = Float64Array | Float32Array
const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e-45, 1e300, -1e300, 3e38, 1, -1]

const draw = (rng: Random, wild: boolean) =>
  wild && rng.uniform() < 0.1 ? SPECIAL[rng.integer(0, SPECIAL.length)] : rng.uniform() < 0.1 ? 0 : rng.normal()

/** One update by both kinds of kernels, on `arrays` views of n numbers and 3 more that must not change. */
function sameBits(name: keyof OptimizerKernels, arrays: number, rng: Random, n: number, wild: boolean, rest: number[]) {
  const single = name.endsWith('32')
  const ws = workspace(arrays * (8 * (n + 3) + 16), { checked: true })
  const plain: View[] = []
  const wasm: View[] = []
  for (let k = 0; k < arrays; k++) {
    const values = Array.from({ length: n + 3 }, () => draw(rng, wild))
    plain.push(single ? Float32Array.from(values) : Float64Array.from(values))
    wasm.push(single ? ws.f32(n + 3) : ws.f64(n + 3))
    wasm[k].set(values)
  }
  const call = (kernels: OptimizerKernels, views: View[]) =>
    (kernels[name] as (...args: unknown[]) => number | undefined)(n, ...views, ...rest)
  const before = plain.map((view) => view.slice())
  expect(call(ws.kernels, wasm)).toBe(call(plainKernels, plain))
  for (let k = 0; k < arrays; k++)
    for (let i = 0; i < n + 3; i++) {
      if (!Object.is(wasm[k][i], plain[k][i]))
        throw new Error(`${name}, n ${n}, argument ${k}, entry ${i}: ${wasm[k][i]} against ${plain[k][i]}`)
      if (i >= n && !Object.is(plain[k][i], before[k][i])) throw new Error(`${name} wrote past the end`)
    }
}

/** Number of views and the coefficients behind them. */
const UPDATES: [keyof OptimizerKernels & keyof typeof plainKernels, number, number[]][] = [
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

  test.each([NaN, Infinity, -Infinity])('nonFinite finds %d wherever it stands', (bad) => {
    for (let n = 1; n < 40; n++) {
      const ws = workspace(12 * n + 32)
      const [x, y] = [ws.f64(n), ws.f32(n)]
      expect([ws.kernels.nonFinite(n, x), ws.kernels.nonFinite32(n, y)]).toEqual([-1, -1])
      for (let at = n - 1; at >= 0; at--) {
        x[at] = y[at] = bad
        expect([ws.kernels.nonFinite(n, x), ws.kernels.nonFinite32(n, y)]).toEqual([at, at])
        expect([plainKernels.nonFinite(n, x), plainKernels.nonFinite32(n, y)]).toEqual([at, at])
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
    plainKernels.sgd(1, p, b, g, 0.1, 0.99, 0.2, 0.9, 0.5, 1)
    expect(b[0]).toBeCloseTo(0.9 * 0.5 + 0.5 * -0.6, 15)
    expect(p[0]).toBeCloseTo(0.99 * 2 - 0.1 * (0.9 * b[0] - 0.6), 15)
  })

  test('centred RMSProp never takes the root of a negative number', () => {
    const [p, s, a, b, g] = one(1, 0, 0, 0, 0.1)
    for (let t = 0; t < 5000; t++) plainKernels.rmsprop(1, p, s, a, b, g, 1e-9, 1, 0, 0.9, 1e-8, 0, 1)
    expect(Number.isFinite(p[0])).toBe(true)
  })

  test('amsgrad keeps the largest second moment', () => {
    const [p, m, v, w, g] = one(1, 0, 0, 5, 1)
    plainKernels.amsgrad(1, p, m, v, w, g, 1, 1, 1, 0, 0, 0, 0)
    expect([v[0], w[0]]).toEqual([1, 5])
    expect(p[0]).toBeCloseTo(1 - 1 / Math.sqrt(5), 15)
  })
})
