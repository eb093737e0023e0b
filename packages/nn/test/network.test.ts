import { dot, random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import ndarray, { type NdArray } from 'ndarray'
import {
  accuracy,
  confusion,
  type DenseNetwork,
  elementwise,
  initialize,
  mlp,
  objective,
  predictedClass,
} from '../src/index.ts'

const make = (options = {}): DenseNetwork => mlp({ sizes: [3, 4, 2], seed: 1, ...options })
const x = [0.1, -0.2, 0.3, 1, 2, -1]
const y = [0, 1]

describe('intake', () => {
  test('flat arrays, rows, ndarrays and typed arrays of any kind are the same to it', () => {
    const network = make()
    const expected = network.gradient(x, y)
    const rows = [x.slice(0, 3), x.slice(3)]
    const views = [
      rows,
      ndarray(Float64Array.from(x), [2, 3]),
      ndarray(Float64Array.from([0.1, 1, -0.2, 2, 0.3, -1]), [2, 3], [1, 2]),
    ]
    for (const inputs of [...views, Float64Array.from(x)]) expect(network.gradient(inputs, y)).toEqual(expected)
    for (const targets of [
      Uint8Array.from(y),
      Int32Array.from(y),
      [
        [1, 0],
        [0, 1],
      ],
      [1, 0, 0, 1],
    ])
      expect(network.gradient(x, targets)).toEqual(expected)
    expect(network.gradient(Uint8Array.from([1, 2, 3]), [1])).toEqual(network.gradient([1, 2, 3], [1]))
  })

  test('a row as a subarray, out arrays, and the gradients themselves', () => {
    const network = make()
    const out = new Float64Array(network.parameters.length)
    expect(network.gradient(x, y, out)).toBe(out)
    expect(network.gradient(x, y, network.gradients)).toBe(network.gradients)
    expect(network.gradients).toEqual(out)
    const logits = new Float64Array(4)
    expect(network.predict(x, logits)).toBe(logits)
    expect(network.perExampleGradientNorms(x, y, { out: new Float64Array(2) })).toEqual(
      network.perExampleGradientNorms(x, y),
    )
    expect(network.inputGradient(x, y, new Float32Array(6))).toBeInstanceOf(Float32Array)
  })

  test('what refuses a later row, in a later pass, has written nothing', () => {
    const network = make({ batch: 1 })
    const late = [...x, 0, NaN, 0]
    const of = (width: number) => new Float64Array(3 * width).fill(7)
    const calls: [Float64Array, (out: Float64Array) => unknown][] = [
      [of(2), (out) => network.predict(late, out)],
      [of(3), (out) => network.inputGradient(late, [0, 1, 0], out)],
      [of(3), (out) => network.inputGradient([...x, 1, 1, 1], [0, 1, 2], out)],
      [of(1), (out) => network.perExampleGradientNorms(late, [0, 1, 0], { out })],
      [of(1), (out) => network.perExampleGradientNorms([...x, 1e200, 0, 0], [0, 1, 0], { out })],
    ]
    for (const [out, call] of calls) {
      expect(() => call(out)).toThrow(/^DenseNetwork\.\w+: (inputs|targets)\[2\]/)
      expect(out.every((entry) => entry === 7)).toBe(true)
    }
  })

  test('nothing given is changed', () => {
    const network = make()
    const [inputs, targets, v] = [
      Float64Array.from(x),
      Int32Array.from(y),
      new Float64Array(network.parameters.length).fill(0.5),
    ]
    network.hvp(inputs, targets, v)
    network.gnvp(inputs, targets, v)
    network.ntk(inputs)
    expect([Array.from(inputs), Array.from(targets), v.every((t) => t === 0.5)]).toEqual([x, y, true])
  })

  const bad: [string, () => unknown, string][] = [
    [
      'no options',
      () => mlp(undefined as never),
      'mlp: sizes must be an array of at least two numbers of units, got undefined',
    ],
    ['one size', () => make({ sizes: [3] }), 'mlp: sizes must be an array of at least two'],
    ['a broken size', () => make({ sizes: [3, 1.5, 2] }), 'mlp: sizes[1] must be an integer of at least 1, got 1.5'],
    ['one output with softmax', () => make({ sizes: [3, 1] }), "loss 'logistic'"],
    ['an unknown activation', () => make({ activation: 'swish' }), "activation must be 'identity', 'relu'"],
    ['an unknown loss', () => make({ loss: 'l1' }), "loss must be 'cross-entropy'"],
    ['an unknown dtype', () => make({ dtype: 'float16' }), "mlp: dtype must be 'float64' or 'float32'"],
    ['an unknown initialization', () => make({ initialization: 'zero' }), "initialization must be 'he'"],
    ['no batch', () => make({ batch: 0 }), 'mlp: batch must be an integer of at least 1, got 0'],
    ['no inputs', () => make().predict([]), 'inputs must be nonempty'],
    ['a broken row', () => make().predict([1, 2, 3, 4]), 'inputs must be rows of 3 numbers'],
    [
      'ragged rows',
      () =>
        make().predict([
          [1, 2, 3],
          [1, 2],
        ]),
      'inputs[1] must be of length 3',
    ],
    ['a NaN', () => make().predict([1, 2, 3, 4, NaN, 6]), 'inputs[1][1] must be a finite number, got NaN'],
    ['an infinity', () => make().loss([1, -Infinity, 3], [0]), 'inputs[0][1] must be a finite number, got -Infinity'],
    [
      'a NaN far down',
      () => make({ batch: 2 }).predict([...x, ...x, NaN, 0, 0]),
      'inputs[4][0] must be a finite number',
    ],
    [
      'an infinity in float32',
      () => make({ dtype: 'float32' }).predict([1, 1e300, 3]),
      'inputs[0][1] must be a finite number',
    ],
    ['few labels', () => make().loss(x, [1]), 'targets must be 2 labels or 2 rows of 2, got length 1'],
    ['targets of null', () => make().loss(x, null as never), 'targets must be a matrix'],
    ['a label too large', () => make().loss(x, [0, 2]), 'targets[1] must be a class from 0 to 1, got 2'],
    ['a broken label', () => make().loss(x, [0.5, 1]), 'targets[0] must be a class from 0 to 1, got 0.5'],
    ['a NaN label', () => make().loss(x, [NaN, 1]), 'targets[0] must be a class'],
    [
      'no distribution',
      () => make().loss(x, [1, 0, 0.5, 0.6]),
      'targets[1] must be a distribution (sum 1), got sum 1.1',
    ],
    ['a negative share', () => make().loss(x, [1, 0, -0.5, 1.5]), 'targets[1][0] must be between 0 and 1, got -0.5'],
    [
      'no hinge target',
      () => make({ sizes: [3, 1], loss: 'hinge' }).loss(x, [1, 0]),
      'targets[1] must be 1 or -1, got 0',
    ],
    [
      'no probability',
      () => make({ sizes: [3, 1], loss: 'logistic' }).loss(x, [1, 2]),
      'targets[1] must be between 0 and 1',
    ],
    ['a NaN target', () => make({ loss: 'squared' }).loss(x, [1, 2, 3, NaN]), 'targets[1][1] must be a finite number'],
    ['a short direction', () => make().hvp(x, y, [1, 2]), 'v must be of length 26, got length 2'],
    ['a NaN direction', () => make().gnvp(x, y, new Float64Array(26).fill(NaN)), 'v[0] must be a finite number'],
    [
      'a direction beyond float32',
      () => make({ dtype: 'float32' }).hvp(x, y, new Float64Array(26).fill(1e300, 4)),
      'v[4] must be a finite number',
    ],
    ['a short out', () => make().gradient(x, y, new Float64Array(3)), 'out must be of length 26, got length 3'],
    [
      'a short out of norms',
      () => make().perExampleGradientNorms(x, y, { out: new Float64Array(3) }),
      'out must be of length 2',
    ],
    [
      'unknown layers',
      () => make().perExampleGradientNorms(x, y, { layers: 'first' as never }),
      "layers must be 'all', 'last' or 'each'",
    ],
    [
      'a large batch with batch normalization',
      () => make({ batchNorm: true, batch: 1 }).loss(x, y),
      'inputs must be at most 1 examples',
    ],
    ['no momentum', () => make({ batchNorm: true }).updateStatistics(2), 'updateStatistics: momentum must be'],
    ['no index', () => make().lossAndGradientAt(make().examples(x, y), []), 'indices must be nonempty'],
    [
      'an index too large',
      () => make().lossAndGradientAt(make().examples(x, y), [0, 2]),
      'indices[1] must be an integer from 0 to 1, got 2',
    ],
    [
      'a state of another shape',
      () => make().load(make({ sizes: [3, 5, 2] }).state()),
      'load: state.sizes must be [3,4,2]',
    ],
    [
      'a state of another type',
      () => make().load(make({ dtype: 'float32' }).state()),
      'load: state.dtype must be "float64"',
    ],
    [
      'a cut state',
      () => make().load({ ...make().state(), parameters: 'AAAA' }),
      'load: state.parameters must be base64 of 208 bytes',
    ],
    ['no state', () => make().load(null as never), 'load: state must be what state() returned'],
    [
      'a state without statistics',
      () => make({ batchNorm: true }).load({ ...make({ batchNorm: true }).state(), statistics: [] }),
      'load: state.statistics[0]',
    ],
    ['a parameter vector too short', () => objective(make(), x, y).value([1]), 'x must be of length 26'],
    ['an output too few', () => accuracy([1, 2, 3], [0, 1], 2), 'accuracy: outputs must be of length 4'],
    [
      'a label that is no class',
      () => confusion([1, 2, 3, 4], [0, 3], 2),
      'confusion: labels[1] must be a class from 0 to 1',
    ],
  ]
  test.each(bad)('refuses %s', (_, call, message) => expect(call).toThrow(message))
})

describe('extremes', () => {
  test.each(['float64', 'float32'] as const)(
    'outputs of +-1e6 have exact probabilities and a finite loss (%s)',
    (dtype) => {
      const network = mlp({ sizes: [1, 3], dtype, bias: false })
      network.parameters.set([1e6, 0, -1e6])
      expect(network.loss([1], [2])).toBe(2e6)
      expect(Array.from(network.gradient([1], [2]))).toEqual([1, 0, -1])
      expect(network.loss([1], [0])).toBe(0)
      const yes = mlp({ sizes: [1, 1], dtype, bias: false, loss: 'logistic' })
      yes.parameters.set([1e6])
      expect([yes.loss([1], [1]), yes.loss([1], [0]), yes.loss([-1], [0])]).toEqual([0, 1e6, 0])
    },
  )

  test('a relu unit at zero has slope zero, a NaN is never hidden', () => {
    const network = mlp({ sizes: [1, 1, 2], bias: false })
    network.parameters.set([0, 1, -1])
    expect(network.gradient([1], [0]).every((g) => g === 0)).toBe(true)
    network.parameters[0] = NaN
    expect(network.predict([1]).every(Number.isNaN)).toBe(true)
  })
})

describe('pieces', () => {
  test('a batch in several passes, or a clone with a larger one, is the same but for rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer(), (n, batch, seed) => {
        const rng = random(seed)
        const small = mlp({ sizes: [3, 5, 4], activation: 'tanh', batch, seed: rng })
        const whole = small.clone({ batch: 40 })
        const inputs = Float64Array.from({ length: 3 * n }, () => rng.normal())
        const labels = Int32Array.from({ length: n }, () => rng.integer(0, 4))
        const v = Float64Array.from(small.parameters, () => rng.normal())
        const answers = (network: DenseNetwork) => [
          network.gradient(inputs, labels),
          network.hvp(inputs, labels, v),
          network.gnvp(inputs, labels, v),
          network.predict(inputs),
          network.perExampleGradientNorms(inputs, labels),
          network.inputGradient(inputs, labels),
          network.perExampleInnerProducts(inputs, labels),
        ]
        near(answers(small), answers(whole), { absolute: 1e-13, relative: 1e-13 })
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  test('closed-form norms are those of explicit gradients, on a thousand networks', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(
        sizes,
        fc.integer(),
        fc.boolean(),
        fc.constantFrom('relu', 'tanh', 'gelu'),
        (hidden, seed, bias, activation) => {
          const rng = random(seed)
          const network = mlp({ sizes: [3, ...hidden, 3], bias, activation: activation as 'relu', seed: rng })
          const inputs = Float64Array.from({ length: 6 }, () => rng.normal())
          const labels = [rng.integer(0, 3), rng.integer(0, 3)]
          const [g, h] = [0, 1].map((i) => network.gradient(inputs.subarray(3 * i, 3 * i + 3), [labels[i]]))
          const norms = network.perExampleGradientNorms(inputs, labels)
          const gram = network.perExampleInnerProducts(inputs, labels)
          const expected = [dot(g, g), dot(g, h), dot(h, g), dot(h, h)]
          const scale = 1 + Math.max(...expected)
          near(norms, [Math.sqrt(expected[0]), Math.sqrt(expected[3])], { absolute: 1e-12 * scale })
          near(gram, expected, { absolute: 1e-12 * scale })
        },
      ),
      { numRuns: 1000, seed: 2 },
    )
  })

  test('the kernel is symmetric, positive semidefinite, and gives the Gram matrix of gradients', () => {
    const network = make({ activation: 'erf', batch: 1 })
    const kernel = network.ntk(x)
    const z = network.predict(x)
    const e = Float64Array.from(z, (_, at) => {
      const row = z.subarray(2 * (at >> 1), 2 * (at >> 1) + 2)
      return 1 / (1 + Math.exp(row[1 - (at % 2)] - row[at % 2])) - (y[at >> 1] === at % 2 ? 1 : 0)
    })
    const gram = network.perExampleInnerProducts(x, y)
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 2; j++) {
        let sum = 0
        for (let k = 0; k < 2; k++)
          for (let m = 0; m < 2; m++) {
            expect(kernel[(2 * i + k) * 4 + 2 * j + m]).toBe(kernel[(2 * j + m) * 4 + 2 * i + k])
            sum += e[2 * i + k] * kernel[(2 * i + k) * 4 + 2 * j + m] * e[2 * j + m]
          }
        expect(gram[2 * i + j]).toBeCloseTo(sum, 13)
      }
  })
})

describe('parameters', () => {
  test.each(['float64', 'float32'] as const)('plain descent (%s)', (dtype) => {
    const network = make({ dtype })
    network.lossAndGradient(x, y)
    const round = dtype === 'float32' ? Math.fround : (v: number) => v
    const expected = Array.from(network.parameters, (w, i) => round(w - round(round(0.5) * network.gradients[i])))
    network.descend(0.5)
    expect(Array.from(network.parameters)).toEqual(expected)
    expect(() => network.descend(-1)).toThrow('descend: learningRate must be a nonnegative number')
  })

  test('one flat array, cut into layers and by name', () => {
    const network = make({ batchNorm: true })
    expect(network.layers().map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [3, 4],
      [4, 2],
    ])
    expect(Object.entries(network.named()).map(([name, view]) => [name, view.length])).toEqual([
      ['weight1', 12],
      ['bias1', 4],
      ['scale1', 4],
      ['shift1', 4],
      ['weight2', 8],
      ['bias2', 2],
    ])
    network.named().bias2[1] = 7
    expect(network.parameters[network.parameters.length - 1]).toBe(7)
  })

  test('outputs come first in the weights, for optimizers that look at rows', () => {
    const network = mlp({ sizes: [3, 2], seed: 1 })
    const { weight1, bias1 } = network.outputsFirst()
    const weight = weight1 as NdArray<Float64Array>
    expect(weight.shape).toEqual([2, 3])
    for (const [i, j] of [
      [0, 0],
      [1, 0],
      [1, 2],
    ])
      expect(weight.get(i, j)).toBe(network.layers()[0].weight[2 * j + i])
    weight.set(1, 2, 5)
    expect(network.parameters[5]).toBe(5)
    expect(bias1).toHaveLength(2)
    expect((network.outputsFirst(network.gradients).weight1 as NdArray<Float64Array>).data[0]).toBe(
      network.gradients[0],
    )
  })

  test.each([
    ['he', 2 / 300],
    ['glorot', 2 / 400],
    ['lecun', 1 / 300],
  ] as const)('%s draws weights of its variance, and starts the rest at nothing', (initialization, variance) => {
    const network = mlp({ sizes: [300, 100, 10], initialization, batchNorm: true, seed: 3 })
    const [{ weight, bias, scale, shift }] = network.layers()
    const mean = Array.from(weight).reduce((sum, w) => sum + w, 0) / weight.length
    const square = Array.from(weight).reduce((sum, w) => sum + w * w, 0) / weight.length
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / weight.length))
    expect(Math.abs(square / variance - 1)).toBeLessThan(0.05)
    expect([bias?.every((b) => b === 0), scale?.every((s) => s === 1), shift?.every((s) => s === 0)]).toEqual([
      true,
      true,
      true,
    ])
    const again = network.clone()
    initialize(again.layers(), initialization, random(3))
    expect(again.parameters).toEqual(network.parameters)
  })

  test('a state comes back to the bit, negative zeros and running statistics too', () => {
    const network = make({ batchNorm: true })
    network.parameters[0] = -0
    network.loss(x, y)
    network.updateStatistics()
    const twin = make({ batchNorm: true, seed: 9 })
    twin.load(JSON.parse(JSON.stringify(network.state())))
    expect(Object.is(twin.parameters[0], -0)).toBe(true)
    expect(twin.predict(x)).toEqual(network.predict(x))
    expect(twin.state()).toEqual(network.state())
  })

  test('an objective is a function of x', () => {
    const network = make({ activation: 'tanh' })
    const f = objective(network, x, y)
    const at = Float64Array.from(network.parameters, (w) => w + 0.1)
    const g = f.gradient(at)
    expect(network.parameters).toEqual(at)
    expect(g).toEqual(network.gradient(x, y))
    expect(f.value(at)).toBe(network.loss(x, y))
    expect(f.hvp(at, g)).toEqual(network.hvp(x, y, g))
    expect(f.gnvp(at, g)).toEqual(network.gnvp(x, y, g))
    expect(f.size).toBe(26)
  })

  test('an activation of one own', () => {
    const square = elementwise(
      'square',
      (s) => s * s,
      (s) => 2 * s,
      () => 2,
    )
    const network = make({ activation: square })
    const h = 1e-6
    const v = Float64Array.from(network.parameters, (_, i) => (i % 3) - 1)
    const start = network.parameters.slice()
    const [up, down] = [h, -h].map((t) => objective(network, x, y).gradient(start.map((w, i) => w + t * v[i])))
    const Hv = objective(network, x, y).hvp(start, v)
    near(
      Hv,
      up.map((value, i) => (value - down[i]) / (2 * h)),
      { absolute: 5e-7 },
    )
  })
})

describe('metrics', () => {
  test('accuracy and confusion; the first of equals wins', () => {
    const outputs = [1, 1, 0, 0, 2, 1, 0, 0, 3]
    expect([0, 1, 2].map((row) => predictedClass(outputs, row, 3))).toEqual([0, 1, 2])
    expect(accuracy(outputs, [0, 1, 1], 3)).toBeCloseTo(2 / 3, 15)
    expect(Array.from(confusion(outputs, [0, 1, 1], 3))).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 0])
    expect(accuracy([1, -1, 0], [1, 0, 0], 1)).toBe(1)
    expect(Array.from(confusion([1, -1, 0], [1, 1, 0], 1))).toEqual([1, 0, 1, 1])
  })
})
