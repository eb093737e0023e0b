import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { clippedGradient, type DenseNetwork, elementwise, mlp } from '../src/index.ts'

const draw = (seed: number, n: number, d: number) => {
  const rng = random(seed)
  return Float64Array.from({ length: n * d }, () => rng.normal())
}

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
                : Array.from({ length: n }, () => rng.integer(0, Math.max(2, k)))
            const minus = Float64Array.from(network.parameters, (v) => v + step * rng.normal())
            const counts = Array.from({ length: n }, () => rng.integer(1, 4))
            const before = network.parameters.slice()
            for (const options of [{}, { minus }, { counts }, { minus, counts, divisor: 7 }]) {
              const c = 'minus' in options ? clip * step : clip
              near(
                clippedGradient(network, inputs, targets, c, options),
                byExample(network, inputs, targets, c, options),
                { absolute: 1e-11 * Math.min(1, step), relative: 1e-9 },
              )
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
    clippedGradient(mlp({ sizes: [3, 4, 1], activation: 'tanh', loss: 'squared', batch }), inputs, targets, 0.3),
  )
  near(small, whole, { absolute: 1e-15 })
})

test('an example whose gradient is not finite adds nothing', () => {
  for (const loss of ['squared', 'logistic'] as const) {
    const network = mlp({ sizes: [2, 3, 1], activation: 'softplus', loss, batch: 3 })
    const inputs = Float64Array.of(1, 2, 1e300, -1e300, -1, 0.5)
    const out = new Float64Array(network.parameters.length)
    for (const minus of [undefined, network.parameters.map((v) => v + 0.01)]) {
      clippedGradient(network, inputs, [0, 1, 1], 0.5, { minus, out, divisor: 1 })
      const rest = clippedGradient(network, Float64Array.of(1, 2, -1, 0.5), [0, 1], 0.5, { minus, divisor: 1 })
      near(out, rest, { absolute: 1e-15 })
    }
  }
})

test('a clip of 0, and one that never binds', () => {
  const network = mlp({ sizes: [2, 3, 1], activation: 'tanh', loss: 'squared' })
  const [inputs, targets] = [draw(1, 6, 2), draw(2, 6, 1)]
  expect(clippedGradient(network, inputs, targets, 0).every((v) => v === 0)).toBe(true)
  near(clippedGradient(network, inputs, targets, 1e300), network.gradient(inputs, targets), { absolute: 1e-15 })
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
  const exact = clippedGradient(network, inputs, targets, 0.4)
  near(exact, byExample(network, inputs, targets, 0.4), { absolute: 1e-12 })
  near(clippedGradient(network.clone({ dtype: 'float32' }), inputs, targets, 0.4), exact, { absolute: 1e-6 })
})

test('refusals', () => {
  const options = { sizes: [2, 3, 1], loss: 'squared' } as const
  const [network, x] = [mlp(options), Float64Array.of(1, 2)]
  expect(() => clippedGradient({} as never, x, [1], 1)).toThrow('clippedGradient: network must be a network')
  expect(() => clippedGradient(mlp({ ...options, batchNorm: true }), x, [1], 1)).toThrow(
    'network must be without batch normalization',
  )
  expect(() => clippedGradient(mlp({ ...options, dropout: 0.5 }), x, [1], 1)).toThrow('network must be without noise')
  expect(() => clippedGradient(network, x, [1], -1)).toThrow('clip must be a nonnegative number, got -1')
  expect(() => clippedGradient(network, x, [1], 1, { counts: [-1] })).toThrow(
    'options.counts[0] must be a nonnegative number',
  )
  expect(() => clippedGradient(network, x, [1], 1, { counts: [0] })).toThrow(
    'options.counts must be positive for an example',
  )
  expect(() => clippedGradient(network, x, [1], 1, { minus: [1] })).toThrow('options.minus must be')
})
