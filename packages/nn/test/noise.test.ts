import { dot, norm, Random, random } from '@opt/core'
import { SGD } from '@opt/optimizers'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { type ActivationName, type Checkpoint, type DenseNetwork, mlp, train } from '../src/index.ts'
import { inputSlope, slope, within } from './shared.ts'

const KINDS = [
  { dropout: 0.4 },
  { dropout: [0.3, 0.5, 0] },
  { gaussianNoise: [0.5, 0.2, 0.3] },
  { dropConnect: 0.3 },
  { dropout: [0.2, 0, 0.4], gaussianNoise: 0.3, dropConnect: [0.5, 0, 0.2] },
]
const combinations = KINDS.flatMap((kind, k) =>
  (['relu', 'tanh', 'gelu'] as ActivationName[]).flatMap((activation) =>
    [false, true].map((batchNorm) => ({ kind, k, activation, batchNorm })),
  ),
)

function problem({ kind, k, activation, batchNorm }: (typeof combinations)[number]) {
  const rng = random(k + 10)
  const network = mlp({ sizes: [4, 6, 5, 3], activation, batchNorm, ...kind, seed: rng, batch: 8 })
  for (let i = 0; i < network.parameters.length; i++) network.parameters[i] += rng.normal(0, 0.3)
  const draw = (length: number) => Float64Array.from({ length }, () => rng.normal())
  const targets = Int32Array.from({ length: 8 }, () => rng.integer(0, 3))
  return { network, inputs: draw(32), targets, draw }
}

describe.each(combinations)('noise $k, $activation, batch normalization $batchNorm', (options) => {
  const { network, inputs, targets, draw } = problem(options)
  const { length } = network.parameters
  const v = draw(length)
  const dx = draw(32)
  const alongInputs = (f: Parameters<typeof inputSlope>[2], h?: number) => inputSlope(inputs, dx, f, h)
  const outputs = (x = inputs) => {
    network.loss(x, targets)
    return network.lastOutputs
  }

  test('under the noise last drawn, derivatives are exact', () => {
    for (let draws = 0; draws < 2; draws++) {
      const gradient = network.gradient(inputs, targets)
      const along = slope(network, v, () => Float64Array.of(network.loss(inputs, targets)))[0]
      near(dot(gradient, v), along, { absolute: 1e-7, relative: 1e-6 })
      const slopes = Float64Array.from(gradient, (_, i) => {
        const unit = gradient.map((_, j) => +(i === j))
        return slope(network, unit, () => Float64Array.of(network.loss(inputs, targets)))[0]
      })
      near(gradient, slopes, within(1e-6))
      near(
        network.hvp(inputs, targets, v),
        slope(network, v, () => network.gradient(inputs, targets)),
        within(2e-6),
      )
      near(
        network.hvp(inputs, targets, { inputs: dx }),
        alongInputs((x) => network.gradient(x, targets)),
        within(2e-6),
      )
      near(
        network.jvp(inputs, v),
        slope(network, v, () => outputs()),
        within(1e-6),
      )
      near(network.jvp(inputs, { inputs: dx }), alongInputs(outputs), within(1e-6))
      const c = draw(24)
      near(dot(network.backpropagate(inputs, c), v), dot(c, network.jvp(inputs, v)), { absolute: 1e-10 })
      const w = draw(length)
      const [Gv, Gw] = [v, w].map((u) => network.gnvp(inputs, targets, u).slice())
      near(dot(w, Gv), dot(v, Gw), { absolute: 1e-10, relative: 1e-10 })
      network.drawNoise()
      expect(network.gradient(inputs, targets)).not.toEqual(gradient)
    }
  })

  test('what is said of single examples is what their own gradients under their own noise say', () => {
    if (options.batchNorm) return
    const own = Array.from(targets, (_, i) =>
      network.gradient(inputs, targets, { weights: Array.from(targets, (_, j) => (i === j ? 8 : 0)) }),
    )
    near(
      network.perExampleDirectionalDerivatives(inputs, targets, v),
      own.map((g) => dot(g, v)),
      within(1e-12),
    )
    near(
      network.perExampleLosses(inputs, targets).reduce((sum, loss) => sum + loss) / 8,
      network.loss(inputs, targets),
      { relative: 1e-14 },
    )
    const dots = Float64Array.from(network.inputGradient(inputs, targets), (g, at) => g * dx[at])
    near(
      Array.from(targets, (_, i) => dots.subarray(4 * i, 4 * i + 4).reduce((sum, entry) => sum + entry)),
      alongInputs((x) => network.perExampleLosses(x, targets)),
      within(1e-6),
    )
    near(
      network.inputGradientTangent(inputs, targets, { parameters: v, inputs: dx }),
      slope(network, v, () => network.inputGradient(inputs, targets)).map(
        (entry, i) => entry + alongInputs((x) => network.inputGradient(x, targets))[i],
      ),
      within(3e-6),
    )
    if (options.kind.dropConnect) {
      for (const call of [
        () => network.perExampleGradientNorms(inputs, targets),
        () => network.perExampleInnerProducts(inputs, targets),
        () => network.gradientStatistics(inputs, targets),
        () => network.perExampleGradientDifferenceNorms(inputs, targets, v),
      ])
        expect(call).toThrow('training must be false for gradients of single examples with DropConnect, got true')
      return
    }
    near(
      network.perExampleGradientNorms(inputs, targets),
      own.map((g) => norm(g)),
      within(1e-12),
    )
    near(
      network.perExampleInnerProducts(inputs, targets),
      own.flatMap((g) => own.map((h) => dot(g, h))),
      within(1e-12),
    )
    const mean = network.gradient(inputs, targets)
    const { distances, products } = network.gradientStatistics(inputs, targets)
    near(
      distances,
      own.map((g) => norm(g.map((entry, i) => entry - mean[i]))),
      within(1e-12),
    )
    near(
      products,
      own.map((g) => dot(g, mean)),
      within(1e-12),
    )
    const start = network.parameters.slice()
    network.parameters.set(v)
    const there = own.map((_, i) =>
      network.gradient(inputs, targets, { weights: Array.from(targets, (_, j) => (i === j ? 8 : 0)) }),
    )
    network.parameters.set(start)
    near(
      network.perExampleGradientDifferenceNorms(inputs, targets, v),
      own.map((g, i) => norm(g.map((entry, j) => entry - there[i][j]))),
      within(1e-12),
    )
  })

  test('predictions have none, and weights are those of a network without', () => {
    const { k, kind, ...rest } = options
    const make = (noise: object) => mlp({ sizes: [4, 6, 5, 3], ...rest, ...noise, seed: 5, batch: 8 })
    const [noisy, plain] = [make(kind), make({})]
    expect(noisy.parameters).toEqual(plain.parameters)
    expect(noisy.predict(inputs)).toEqual(plain.predict(inputs))
    expect(noisy.activations(inputs)).toEqual(plain.activations(inputs))
    expect(noisy.ntk(inputs)).toEqual(plain.ntk(inputs))
    for (const network of [noisy, plain]) network.training = false
    expect(noisy.gradient(inputs, targets)).toEqual(plain.gradient(inputs, targets))
    expect(noisy.perExampleGradientNorms(inputs, targets)).toEqual(plain.perExampleGradientNorms(inputs, targets))
    expect(noisy.hvp(inputs, targets, v)).toEqual(plain.hvp(inputs, targets, v))
  })
})

test('on a thousand networks, the outputs are those of the masks that the saved state draws', () => {
  const rate = fc.constantFrom(0, 0.2, 0.7)
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }).chain((sizes) => {
        const rates = fc.array(rate, { minLength: sizes.length - 1, maxLength: sizes.length - 1 })
        return fc.record({
          sizes: fc.constant(sizes),
          dropout: rates,
          gaussianNoise: rates,
          dropConnect: rates,
          seed: fc.integer(),
          n: fc.integer({ min: 1, max: 5 }),
        })
      }),
      ({ n, ...options }) => {
        const { sizes, dropout, gaussianNoise, dropConnect, seed } = options
        const network = mlp({ ...options, activation: 'tanh', loss: 'squared', batch: 5 })
        const rng = random(seed)
        network.drawNoise(n)
        const { noise } = network.state()
        expect(noise === undefined).toBe([dropout, gaussianNoise, dropConnect].flat().every((r) => r === 0))
        const draws = noise && new Random(noise.random)
        const kept = (r: number) => (draws!.uniform() < r ? 0 : 1 / (1 - r))
        const layers = network.layers()
        const weights = layers.map(({ weight }, l) =>
          Array.from(weight, (entry) => (dropConnect[l] > 0 ? entry * kept(dropConnect[l]) : entry)),
        )
        const x = Array.from({ length: n }, () => Array.from({ length: sizes[0] }, () => rng.normal()))
        const masks = x.map(() =>
          layers.map(({ inputs }, l) => {
            const keep = Array.from({ length: inputs }, () => (dropout[l] > 0 ? kept(dropout[l]) : 1))
            const sigma = gaussianNoise[l]
            const added = Array.from({ length: inputs }, () => (sigma > 0 ? draws!.normal(0, sigma) : 0))
            return { keep, added }
          }),
        )
        const expected = x.map((row, i) => {
          let a = row
          layers.forEach(({ inputs, outputs, bias }, l) => {
            const { keep, added } = masks[i][l]
            const noisy = a.map((value, j) => value * keep[j] + added[j])
            a = Array.from({ length: outputs }, (_, j) => {
              let s = bias![j]
              for (let p = 0; p < inputs; p++) s += noisy[p] * weights[l][p * outputs + j]
              return l < layers.length - 1 ? Math.tanh(s) : s
            })
          })
          return a
        })
        network.loss(x, expected)
        near(network.lastOutputs, expected, { absolute: 1e-12, relative: 1e-12 })
      },
    ),
    { numRuns: 1000, seed: 9 },
  )
})

test.each([{ dropout: [0.3] }, { dropConnect: 0.6 }, { gaussianNoise: [0.8] }])(
  'the expected outputs of a linear layer are those without noise: %p',
  (kind) => {
    // DropConnect has one mask per draw, the others one per example.
    const [rows, draws] = kind.dropConnect ? [1, 40_000] : [1000, 200]
    const network = mlp({ sizes: [3, 2], loss: 'squared', ...kind, batch: rows, seed: 1 })
    const inputs = new Array(rows).fill([1, -2, 3])
    const targets = new Array(rows).fill([0, 0])
    const sum = [0, 0]
    for (let draw = 0; draw < draws; draw++) {
      network.drawNoise()
      network.loss(inputs, targets)
      for (let i = 0; i < 2 * rows; i++) sum[i % 2] += network.lastOutputs[i]
    }
    near(
      sum.map((total) => total / (rows * draws)),
      network.predict([[1, -2, 3]]),
      { absolute: kind.dropConnect ? 0.1 : 0.05 },
    )
  },
)

describe('state', () => {
  const noise = { dropout: [0.1, 0.3], gaussianNoise: 0.2, dropConnect: 0.1 }
  const make = (more = {}) => mlp({ sizes: [3, 8, 2], seed: 3, batch: 16, ...noise, ...more })
  const rng = random(4)
  const inputs = Float64Array.from({ length: 48 }, () => rng.normal())
  const targets = Int32Array.from({ length: 16 }, () => rng.integer(0, 2))
  const gradients = (network: DenseNetwork) =>
    [0, 1, 2].map(() => {
      const gradient = network.gradient(inputs.subarray(0, 30), targets.subarray(0, 10))
      network.drawNoise(10)
      return gradient
    })

  test('a saved network continues with the same bits, and so does a copy', () => {
    const network = make()
    network.drawNoise(10)
    network.drawNoise(11)
    const state = JSON.parse(JSON.stringify(network.state()))
    const [copy, wider, other] = [network.clone(), network.clone({ batch: 20 }), make({ seed: 9 })]
    other.load(state)
    const expected = gradients(network)
    expect(gradients(copy)).toEqual(expected)
    expect(gradients(other)).toEqual(expected)
    expect(gradients(wider)).toEqual(expected)
    // A smaller batch has the noise of as many examples.
    const small = make()
    small.load(state)
    near(
      small.clone({ batch: 2 }).gradient(inputs.subarray(0, 6), targets.subarray(0, 2)),
      small.gradient(inputs.subarray(0, 6), targets.subarray(0, 2)),
      within(1e-14),
    )
  })

  test.each(['float64', 'float32'] as const)('training resumes to the same bits through JSON (%s)', (dtype) => {
    const start = () => {
      const network = make({ dtype, batchNorm: true })
      return { network, optimizer: new SGD(network.parameters, { learningRate: 0.1, momentum: 0.9 }) }
    }
    const run = ({ network, optimizer }: ReturnType<typeof start>, steps: number, resume?: Checkpoint) =>
      train(network, { inputs, targets }, { optimizer, steps, batchSize: 5, reportEvery: 1, resume })
    const whole = run(start(), 11)
    const half = run(start(), 4)
    const rest = run(start(), 11, JSON.parse(JSON.stringify(half.checkpoint)))
    expect(rest.network.parameters).toEqual(whole.network.parameters)
    expect(rest.network.state()).toEqual(whole.network.state())
    expect(whole.network.state().noise?.examples).toBe(5)
  })

  test('a state of another kind changes nothing', () => {
    const network = make()
    const before = network.state()
    const plain = mlp({ sizes: [3, 8, 2], seed: 3, batch: 16 })
    const state = make({ seed: 5 }).state()
    const bad: [() => void, string][] = [
      [() => plain.load(state), 'load: state.noise must be absent, since the network has no noise, got an object'],
      [() => network.load(plain.state()), 'load: state.noise must be what state() returned, got undefined'],
      [
        () => network.load({ ...state, noise: { ...state.noise!, examples: 17 } }),
        'load: state.noise.examples must be',
      ],
      [
        () => network.load({ ...state, noise: { examples: 2, random: {} as never } }),
        'load: state.noise.random must be the state of a generator, got an object',
      ],
    ]
    for (const [call, message] of bad) expect(call).toThrow(message)
    expect(network.state()).toEqual(before)
  })

  test('what does not fit is refused by name', () => {
    const network = make()
    const bad: [() => void, string][] = [
      [() => make({ dropout: 1 }), 'mlp: dropout must be less than 1, got 1'],
      [() => make({ dropout: [0, -0.5] }), 'mlp: dropout[1] must be a nonnegative number, got -0.5'],
      [
        () => make({ dropout: [0.5] }),
        'mlp: dropout must be a number or an array of length 2, got an array of length 1',
      ],
      [() => make({ dropConnect: [0, 1.5] }), 'mlp: dropConnect must be less than 1, got 1.5'],
      [() => make({ gaussianNoise: Infinity }), 'mlp: gaussianNoise must be a nonnegative number, got Infinity'],
      [() => make({ gaussianNoise: '1' }), 'mlp: gaussianNoise must be a nonnegative number, got "1"'],
      [() => network.drawNoise(0), 'drawNoise: examples must be an integer between 1 and 16, got 0'],
      [() => network.drawNoise(17), 'drawNoise: examples must be an integer between 1 and 16, got 17'],
    ]
    for (const [call, message] of bad) expect(call).toThrow(message)
    network.drawNoise(9)
    for (const call of [
      () => network.loss(inputs, targets),
      () => network.inputGradient(inputs, targets),
      () => network.jvp(inputs, { inputs }),
      () => network.lossAndGradientAt(network.examples(inputs, targets), targets),
    ])
      expect(call).toThrow('inputs must be at most 9 examples, for which noise was drawn, or training false, got 16')
    network.training = false
    expect(network.loss(inputs, targets)).toBeGreaterThan(0)
  })
})
