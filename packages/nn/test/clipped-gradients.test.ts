import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  type ClippedGradientsOptions,
  type ClippedMeanOptions,
  clippedGradients,
  type DenseNetwork,
  elementwise,
  mlp,
} from '../src/index.ts'

const draw = (seed: number, n: number, d: number) => {
  const rng = random(seed)
  return Float64Array.from({ length: n * d }, () => rng.normal())
}

/** The mean by one call. */
const meanOf = (
  network: DenseNetwork,
  inputs: Float64Array,
  targets: ArrayLike<number>,
  clip: number,
  { counts, ...options }: ClippedMeanOptions & ClippedGradientsOptions = {},
) => clippedGradients(network, inputs, targets, { counts }).mean(clip, options)

/** The sum of counts_i min(1, clip / |g_i|) g_i / divisor, from gradients of single examples. */
function byExample(
  network: DenseNetwork,
  inputs: Float64Array,
  targets: ArrayLike<number>,
  clip: number,
  { minus, counts, divisor }: { minus?: Float64Array; counts?: number[]; divisor?: number } = {},
) {
  const [columns, outputs] = [network.sizes[0], targets.length / (inputs.length / network.sizes[0])]
  const n = inputs.length / columns
  const sum = new Float64Array(network.parameters.length)
  const other = network.clone()
  if (minus) other.parameters.set(minus)
  let total = 0
  for (let i = 0; i < n; i++) {
    const x = inputs.slice(i * columns, (i + 1) * columns)
    const y = Array.prototype.slice.call(targets, i * outputs, (i + 1) * outputs)
    const g = Float64Array.from(network.gradient(x, y))
    if (minus) other.gradient(x, y).forEach((v, j) => (g[j] -= v))
    const times = counts?.[i] ?? 1
    const factor = times * Math.min(1, clip / Math.hypot(...g))
    g.forEach((v, j) => (sum[j] += factor * v))
    total += times
  }
  return sum.map((v) => v / (divisor ?? total))
}

describe.each(['tanh', 'softplus', 'relu'] as const)('%s', (activation) => {
  test.each([
    ['squared', [3, 5, 2], true],
    ['cross-entropy', [4, 3, 3, 3], true],
    ['logistic', [2, 4, 1], false],
    ['logistic', [2, 4, 3], true],
    ['hinge', [2, 3, 1], true],
  ] as const)(
    'the mean of clipped gradients and differences with loss %s is that of single examples',
    (loss, sizes, bias) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 0, max: 1e6 }),
          fc.double({ min: 0.01, max: 3, noNaN: true }),
          fc.constantFrom(1, 1e-3),
          (n, seed, clip, step) => {
            const network = mlp({ sizes, activation, loss, bias, batch: 5, seed })
            const inputs = draw(seed, n, sizes[0])
            const k = sizes[sizes.length - 1]
            const rng = random(seed)
            const targets =
              loss === 'squared'
                ? draw(seed + 1, n, k)
                : loss === 'hinge'
                  ? Array.from({ length: n }, () => 2 * rng.integer(0, 2) - 1)
                  : Array.from({ length: n }, () => rng.integer(0, Math.max(2, k)))
            const minus = Float64Array.from(network.parameters, (v) => v + step * rng.normal())
            const counts = Array.from({ length: n }, () => rng.integer(1, 4))
            const before = network.parameters.slice()
            for (const options of [{}, { minus }, { counts }, { minus, counts, divisor: 7 }]) {
              const c = 'minus' in options ? clip * step : clip
              near(meanOf(network, inputs, targets, c, options), byExample(network, inputs, targets, c, options), {
                absolute: 1e-11 * Math.min(1, step),
                relative: 1e-9,
              })
            }
            expect(network.parameters).toEqual(before)
          },
        ),
        { numRuns: 25 },
      )
    },
  )
})

test('a short last batch counts each example alike', () => {
  const inputs = draw(1, 11, 3)
  const targets = draw(2, 11, 1)
  const [small, whole] = [4, 32].map((batch) =>
    meanOf(mlp({ sizes: [3, 4, 1], activation: 'tanh', loss: 'squared', batch }), inputs, targets, 0.3),
  )
  near(small, whole, { absolute: 1e-15 })
})

test('an example whose gradient is not finite adds nothing', () => {
  for (const loss of ['squared', 'logistic'] as const) {
    const network = mlp({ sizes: [2, 3, 1], activation: 'softplus', loss, batch: 3 })
    const inputs = Float64Array.of(1, 2, 1e300, -1e300, -1, 0.5)
    const out = new Float64Array(network.parameters.length)
    for (const minus of [undefined, network.parameters.map((v) => v + 0.01)]) {
      meanOf(network, inputs, [0, 1, 1], 0.5, { minus, out, divisor: 1 })
      const rest = meanOf(network, Float64Array.of(1, 2, -1, 0.5), [0, 1], 0.5, { minus, divisor: 1 })
      near(out, rest, { absolute: 1e-15 })
    }
  }
})

test('a clip of 0, and one that never binds', () => {
  const network = mlp({ sizes: [2, 3, 1], activation: 'tanh', loss: 'squared' })
  const [inputs, targets] = [draw(1, 6, 2), draw(2, 6, 1)]
  expect(meanOf(network, inputs, targets, 0).every((v) => v === 0)).toBe(true)
  near(meanOf(network, inputs, targets, 1e300), network.gradient(inputs, targets), { absolute: 1e-15 })
})

test('float32 networks, and activations of users', () => {
  const activation = elementwise(
    'square',
    (s) => s * s,
    (s) => 2 * s,
    () => 2,
  )
  const [inputs, targets] = [draw(1, 6, 2), draw(2, 6, 1)]
  const network = mlp({ sizes: [2, 3, 1], activation, loss: 'squared' })
  const exact = meanOf(network, inputs, targets, 0.4)
  near(exact, byExample(network, inputs, targets, 0.4), { absolute: 1e-12 })
  near(meanOf(network.clone({ dtype: 'float32' }), inputs, targets, 0.4), exact, { absolute: 1e-6 })
})

test('a difference to the parameters of the last call has the bits of one that is computed anew', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('softplus', 'tanh', 'relu', 'gelu'),
      fc.constantFrom('squared', 'logistic', 'cross-entropy'),
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 0, max: 1e6 }),
      (activation, loss, n, seed) => {
        const sizes = [3, 5, loss === 'cross-entropy' ? 3 : 1]
        const network = mlp({ sizes, activation, loss, seed })
        const inputs = draw(seed, n, 3)
        const targets = Array.from({ length: n }, (_, i) => i % 2)
        const kept = clippedGradients(network, inputs, targets)
        let previous = network.parameters.slice()
        kept.mean(0.5)
        const rng = random(seed)
        for (const kind of ['difference', 'mean', 'chosen', 'difference', 'other'] as const) {
          const last = network.parameters.slice()
          for (let j = 0; j < last.length; j++) network.parameters[j] += 1e-3 * rng.normal()
          const minus = kind === 'mean' ? undefined : kind === 'other' ? previous : last
          const indices = kind === 'chosen' ? [n - 1, 0] : undefined
          const options = { minus, indices, divisor: 3 }
          const anew = clippedGradients(network, inputs, targets).mean(1e-3, options)
          expect(kept.mean(1e-3, options)).toEqual(anew)
          previous = last
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('chosen examples, some twice and none at all, are a data set of their own', () => {
  const network = mlp({ sizes: [3, 4, 2], activation: 'softplus', loss: 'cross-entropy' })
  const inputs = draw(1, 300, 3)
  const targets = Array.from({ length: 300 }, (_, i) => i % 2)
  const minus = Float64Array.from(network.parameters, (v) => v + 0.01)
  const all = clippedGradients(network, inputs, targets, { counts: Array(300).fill(2) })
  const rng = random(3)
  for (const count of [1, 7, 250]) {
    const indices = Array.from({ length: count }, () => rng.integer(0, 300))
    const chosen = Float64Array.from(indices.flatMap((i) => [...inputs.subarray(3 * i, 3 * i + 3)]))
    const own = indices.map((i) => targets[i])
    for (const options of [{}, { minus }, { minus, divisor: 5 }])
      near(all.mean(0.01, { ...options, indices }), byExample(network, chosen, own, 0.01, options), { absolute: 1e-13 })
  }
  expect(all.mean(0.01, { indices: [], divisor: 5 }).every((v) => v === 0)).toBe(true)
})

test('where the products of a difference cancel, no length is underestimated', () => {
  // d and x change so that d x' does not: with one input and one unit, x w is the same before and after.
  const network = mlp({ sizes: [1, 1, 1], activation: 'identity', loss: 'squared', bias: false })
  network.parameters.set([1, 1])
  const clipped = clippedGradients(network, [1000], [999])
  // z = w v: the gradient in w is (z - y) v, in v (z - y) w.
  const minus = Float64Array.of(1 + 1e-9, 1 / (1 + 1e-9))
  const exact = Math.hypot(1000 * (1 - 1 / (1 + 1e-9)), 1000 * 1e-9)
  const mean = clipped.mean(1e300, { minus })
  near(Math.hypot(...mean), exact, { relative: 1e-3 })
  expect(Math.hypot(...clipped.mean(exact / 2, { minus }))).toBeLessThanOrEqual((exact / 2) * (1 + 1e-9))
})

test('one layer, and more numbers than are kept', () => {
  const linear = mlp({ sizes: [3, 1], loss: 'logistic' })
  const [inputs, targets] = [draw(1, 20, 3), Array.from({ length: 20 }, (_, i) => i % 2)]
  const minus = Float64Array.from(linear.parameters, (v) => v - 0.1)
  near(meanOf(linear, inputs, targets, 0.05, { minus }), byExample(linear, inputs, targets, 0.05, { minus }), {
    absolute: 1e-13,
  })
  // 2 x 9001 units for 1,000 examples are above 2^24.
  const wide = mlp({ sizes: [1, 9000, 1], activation: 'relu', loss: 'squared' })
  const [rows, values] = [draw(1, 1000, 1), draw(2, 1000, 1)]
  const all = clippedGradients(wide, rows, values)
  const before = wide.parameters.slice()
  all.mean(1)
  wide.parameters[0] += 0.01
  const difference = all.mean(1e300, { minus: before })
  const gradient = all.mean(1e300)
  wide.parameters.set(before)
  const other = all.mean(1e300)
  near(
    difference,
    Float64Array.from(gradient, (v, j) => v - other[j]),
    { absolute: 1e-12 },
  )
})

test('refusals', () => {
  const options = { sizes: [2, 3, 1], loss: 'squared' } as const
  const [network, x] = [mlp(options), Float64Array.of(1, 2)]
  expect(() => clippedGradients({} as never, x, [1])).toThrow('clippedGradients: network must be a network')
  expect(() => clippedGradients(mlp({ ...options, batchNorm: true }), x, [1])).toThrow(
    'network must be without batch normalization',
  )
  expect(() => clippedGradients(mlp({ ...options, dropout: 0.5 }), x, [1])).toThrow('network must be without noise')
  expect(() => clippedGradients(network, x, [1], { counts: [-1] })).toThrow(
    'options.counts[0] must be a nonnegative number',
  )
  const clipped = clippedGradients(network, x, [1])
  expect(clipped.total).toBe(1)
  expect(() => clipped.mean(-1)).toThrow('mean: clip must be a nonnegative number, got -1')
  expect(() => clippedGradients(network, x, [1], { counts: [0] }).mean(1)).toThrow(
    'options.divisor must be given where no example counts',
  )
  expect(() => clipped.mean(1, { minus: [1] })).toThrow('options.minus must be of length 13')
  expect(() => clipped.mean(1, { indices: [1] })).toThrow('options.indices[0] must be an integer between 0 and 0')
})
