import { dot, norm, random } from '@opt/core'
import { golden, near } from '@opt/testing'
import fc from 'fast-check'
import { type ActivationName, type DenseNetwork, type LossName, mlp, type Real } from '../src/index.ts'
import { networkOf, within } from './shared.ts'

const minus = (x: Real, y: Real) => Float64Array.from(x, (value, i) => value - y[i])

interface SpreadCase {
  activation: ActivationName
  loss: LossName
  bias: boolean
  batchNorm: boolean
  sizes: number[]
  [name: string]: unknown
}

describe.each(golden<SpreadCase[]>(import.meta.url, 'derivatives.json'))(
  'PyTorch: $activation, $loss, bias $bias, norm $batchNorm',
  (given) => {
    const array = (name: string) => given[name] as number[]
    const [x, y, weights] = ['inputs', 'targets', 'weights'].map(array)

    test.each([7, 3])('the spread of the gradients, at most %d examples a pass', (batch) => {
      const network = mlp({ ...networkOf(given), batch })
      network.parameters.set(array('parameters'))
      const found = network.gradientStatistics(x, y, { weights, variances: true })
      near(network.gradients, array('meanGradient'), within(1e-12))
      near(found.norms, array('norms'), within(1e-12))
      near(found.products, array('meanProducts'), within(1e-12))
      near(found.distances, array('distances'), within(1e-12))
      near(found.variances, array('variances'), within(1e-12))
      near(found.squaredNorm, dot(array('meanGradient'), array('meanGradient')), { relative: 1e-12 })
      near(found.loss, array('losses').reduce((sum, loss) => sum + loss) / 7, { relative: 1e-12, absolute: 1e-14 })
      const other = array('other')
      const norms = network.perExampleGradientDifferenceNorms(x, y, other, { weights })
      near(norms, array('differenceNorms'), within(1e-12))
      expect(network.parameters).toEqual(Float64Array.from(array('parameters')))
    })
  },
)

interface ClippingCase {
  sizes: number[]
  activation: ActivationName
  loss: LossName
  inputs: number[][]
  targets: number[][]
  x: number[]
  losses: number[]
  norms: number[]
  pairs: { step: number; previous: number[]; norms: number[] }[]
}

test.each(golden<ClippingCase[]>(import.meta.url, 'clipping.json'))(
  'differences of gradients at steps down to 1e-7: $sizes, $activation',
  ({ inputs, targets, x, losses, norms, pairs, sizes, activation, loss }) => {
    const network = mlp({ sizes, activation, loss })
    network.parameters.set(x)
    near(network.perExampleLosses(inputs, targets), losses, within(1e-12))
    near(network.perExampleGradientNorms(inputs, targets), norms, within(1e-12))
    for (const { step, previous, norms: expected } of pairs)
      near(
        network.perExampleGradientDifferenceNorms(inputs, targets, previous),
        expected,
        within(step < 1e-6 ? 1e-8 : 1e-11),
      )
  },
)

/** A random network with examples, and the explicit gradients of their own losses. */
const settings = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 }),
  activation: fc.constantFrom<ActivationName>('relu', 'tanh', 'softplus', 'identity'),
  loss: fc.constantFrom<LossName>('squared', 'logistic'),
  batch: fc.integer({ min: 1, max: 9 }),
  bias: fc.boolean(),
  batchNorm: fc.boolean(),
  dtype: fc.constantFrom('float64' as const, 'float64' as const, 'float32' as const),
  n: fc.integer({ min: 2, max: 7 }),
  seed: fc.integer(),
  alike: fc.constantFrom(1, 1, 1e-3, 1e-9, 0),
})

type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never

/** `alike` is how far the examples are from each other. */
function draw({ n, seed, alike, ...options }: Settings) {
  const rng = random(seed)
  const network = mlp({ ...options, seed: rng })
  network.training = false
  const width = options.sizes[options.sizes.length - 1]
  for (let i = 0; i < network.parameters.length; i++) network.parameters[i] += rng.normal(0, 0.2)
  const centre = Array.from({ length: options.sizes[0] }, () => rng.normal())
  const y = Array.from({ length: width }, () => rng.uniform())
  const x = Array.from({ length: n }, () => centre.map((value) => value + alike * rng.normal()))
  const targets = Array.from({ length: n }, () => y)
  const own = () => x.map((row, i) => Float64Array.from(network.gradient([row], [targets[i]])))
  return { network, x, targets, own, rng, accuracy: options.dtype === 'float64' ? 1e-13 : 1e-5 }
}

test('on a thousand networks, the statistics are those of explicit gradients, however alike', () => {
  fc.assert(
    fc.property(settings, (given) => {
      const { network, x, targets, own, accuracy } = draw(given)
      const gradients = own()
      const mean = Float64Array.from(network.gradient(x, targets))
      const found = network.gradientStatistics(x, targets, { variances: true })
      const largest = Math.max(...gradients.map((g) => norm(g)), 1e-30)
      const tolerance = (size: number) => ({ absolute: 50 * accuracy * size })
      near(network.gradients, mean, tolerance(largest))
      near(
        found.norms,
        gradients.map((g) => norm(g)),
        tolerance(largest),
      )
      near(
        found.products,
        gradients.map((g) => dot(g, mean)),
        tolerance(largest * largest),
      )
      // Rounding of the gradients themselves, not of their squares: spreads of 1e-9 keep six digits.
      near(
        found.distances,
        gradients.map((g) => norm(minus(g, mean))),
        tolerance(largest),
      )
      const total = found.variances.reduce((sum, variance) => sum + variance, 0)
      const explicit = gradients.reduce((sum, g) => sum + norm(minus(g, mean)) ** 2, 0) / (given.n - 1)
      near(Math.sqrt(total), Math.sqrt(explicit), tolerance(4 * largest))
      near(
        found.distances.reduce((sum, d) => sum + d * d, 0),
        total * (given.n - 1),
        {
          relative: given.dtype === 'float64' ? 1e-9 : 1e-3,
          absolute: 1e-300 + (given.alike < 1e-6 ? tolerance(largest).absolute ** 2 * 100 : 0),
        },
      )
    }),
    { numRuns: 1000, seed: 5 },
  )
})

test('on a thousand networks, differences of gradients are those of explicit gradients, at steps of any length', () => {
  fc.assert(
    fc.property(settings, fc.constantFrom(1, 1e-3, 1e-7, 0), (given, step) => {
      const { network, x, targets, own, rng, accuracy } = draw({ ...given, alike: 1 })
      const here = own()
      const start = network.parameters.slice()
      const other = start.map((value) => value + step * rng.normal())
      network.parameters.set(other)
      const there = own()
      network.parameters.set(start)
      const largest = Math.max(...here.map((g) => norm(g)), ...there.map((g) => norm(g)))
      near(
        network.perExampleGradientDifferenceNorms(x, targets, other),
        here.map((g, i) => norm(minus(g, there[i]))),
        { absolute: 50 * accuracy * largest },
      )
      expect(network.parameters).toEqual(start)
    }),
    { numRuns: 1000, seed: 6 },
  )
})

describe('the edges', () => {
  const make = (options = {}): DenseNetwork => mlp({ sizes: [3, 4, 2], activation: 'tanh', seed: 1, ...options })
  const x = [0.1, -0.2, 0.3, 1, 2, -1, 0.5, 0.5, 0]
  const y = [0, 1, 1]

  test('one example has no distance from its mean; without products there are none', () => {
    const network = make()
    expect(Array.from(network.gradientStatistics([1, 2, 3], [1]).distances)).toEqual([0])
    const found = network.gradientStatistics(x, y, { products: false })
    expect([found.products.length, found.distances.length, found.variances.length]).toEqual([0, 0, 0])
    expect(found.norms).toEqual(network.gradientStatistics(x, y).norms)
    expect(network.gradients.slice()).toEqual(network.gradient(x, y))
  })

  test('chosen examples of a data set give the bits of their rows, in one pass or several', () => {
    const chosen = [2, 0, 2, 1]
    const rows = chosen.flatMap((i) => x.slice(3 * i, 3 * i + 3))
    const weights = [0.5, 2, -1]
    for (const batch of [2, 4]) {
      const network = make({ batch })
      const examples = network.examples(x, y, { weights })
      const found = network.gradientStatisticsAt(examples, chosen, { variances: true })
      const targets = chosen.map((i) => y[i])
      const options = { weights: chosen.map((i) => weights[i]), variances: true }
      expect(found).toEqual(network.gradientStatistics(rows, targets, options))
      expect(() => network.gradientStatisticsAt(examples, [3])).toThrow('indices[0] must be an integer from 0 to 2')
      expect(() => network.gradientStatisticsAt(examples, [])).toThrow('indices must be nonempty')
    }
  })

  test('rescaled units have the gradients that they have, without cancellation', () => {
    // Layers scaled by 1 + h and 1 / (1 + h) move a long way, but the first layer's gradient hardly does.
    const network = make({ sizes: [3, 1, 1], activation: 'identity', bias: false, loss: 'squared' })
    network.parameters.set([1, 2, 3, 1e4])
    const other = [1e4, 2e4, 3e4, 1]
    const before = network.gradient([1, 1, 1], [0])
    network.parameters.set(other)
    const after = network.gradient([1, 1, 1], [0])
    near(network.perExampleGradientDifferenceNorms([1, 1, 1], [0], [1, 2, 3, 1e4]), [norm(minus(before, after))], {
      relative: 1e-14,
    })
  })

  test('what does not fit is refused by name; the parameters and out stay as they were', () => {
    const network = make({ batch: 1 })
    const start = network.parameters.slice()
    const other = start.map((value) => 2 * value)
    const out = new Float64Array(3).fill(7)
    const bad: [() => unknown, RegExp][] = [
      [
        () => network.gradientStatistics([1, 2, 3], [0], { variances: true }),
        /^DenseNetwork\.gradientStatistics: inputs must be at least 2 examples/,
      ],
      [
        () => network.gradientStatistics(x, y, { products: 1 as never }),
        /^DenseNetwork\.gradientStatistics: options.products must be true or false/,
      ],
      [
        () => network.gradientStatistics(x, y, { weights: [1] }),
        /^DenseNetwork\.gradientStatistics: weights must be of length 3/,
      ],
      [
        () => network.gradientStatistics([...x.slice(0, 6), 1e200, 0, 0], y),
        /^DenseNetwork\.gradientStatistics: inputs\[2\] must be an example whose/,
      ],
      [
        () => network.perExampleGradientDifferenceNorms(x, y, [1]),
        /^DenseNetwork\.perExampleGradientDifferenceNorms: other must be of length 26/,
      ],
      [
        () =>
          network.perExampleGradientDifferenceNorms(
            x,
            y,
            start.map(() => NaN),
          ),
        /^DenseNetwork\.perExampleGradientDifferenceNorms: other\[0\] must be a finite/,
      ],
      [
        () => network.perExampleGradientDifferenceNorms(x, y, other, { out: out.subarray(1) }),
        /^DenseNetwork\.perExampleGradientDifferenceNorms: out must be of length 3/,
      ],
      [
        () => network.perExampleGradientDifferenceNorms(x, [0, 1, 2], other, { out }),
        /^DenseNetwork\.perExampleGradientDifferenceNorms: targets\[2\]/,
      ],
      [
        () =>
          make({ batch: 1, activation: 'relu' }).perExampleGradientDifferenceNorms(
            [...x.slice(0, 6), 1e200, 1e200, 1e200],
            [0, 1, 0],
            other,
            { out },
          ),
        /^DenseNetwork\.perExampleGradientDifferenceNorms: inputs\[2\] must be an example whose squared difference is finite/,
      ],
      [
        () =>
          make({ dtype: 'float32' }).perExampleGradientDifferenceNorms(
            x,
            y,
            start.map(() => 1e39),
          ),
        /^DenseNetwork\.perExampleGradientDifferenceNorms: other\[0\] must be a finite number, got 1e\+39/,
      ],
    ]
    for (const [call, message] of bad) expect(call).toThrow(message)
    expect(network.parameters).toEqual(start)
    expect(out).toEqual(new Float64Array(3).fill(7))
    expect(network.perExampleGradientDifferenceNorms(x, y, other, { out })).toBe(out)
  })
})
