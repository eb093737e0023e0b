import { random } from '@opt/core'
import { loadTable } from '@opt/datasets-tables'
import { curvatureOperator, mlp, train } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import { near } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

/** Blocks of curvature scale * diag(1 + i, 1, ..., 1) for example i of 8; the scale may change. */
const bowl = { scale: 1 }
const products: api.BatchProduct = (indices, v, out) => {
  const top = indices.reduce((sum, i) => sum + 1 + i, 0) / indices.length
  v.forEach((x, j) => {
    out[j] = bowl.scale * (j === 0 ? top : 1) * x
  })
}
const options = (more: Partial<api.RateLearnerOptions> = {}): api.RateLearnerOptions => ({
  products,
  count: 8,
  size: 5,
  batch: 2,
  ...more,
})
beforeEach(() => {
  bowl.scale = 1
})

function task(batchNorm = false) {
  const rng = random(3)
  const inputs = Float64Array.from({ length: 400 }, () => rng.uniform(-1, 1))
  const targets = Int32Array.from({ length: 200 }, (_, i) => Number(inputs[2 * i] * inputs[2 * i + 1] > 0))
  return { network: mlp({ sizes: [2, 16, 2], activation: 'tanh', seed: 1, batchNorm, batch: 200 }), inputs, targets }
}

function standardised(features: Float64Array, [n, d]: readonly number[]): Float64Array {
  const x = Float64Array.from(features)
  for (let j = 0; j < d; j++) {
    let [sum, squares] = [0, 0]
    for (let i = 0; i < n; i++) sum += x[i * d + j] / n
    for (let i = 0; i < n; i++) squares += (x[i * d + j] - sum) ** 2 / n
    for (let i = 0; i < n; i++) x[i * d + j] = (x[i * d + j] - sum) / Math.sqrt(squares)
  }
  return x
}

describe('rules', () => {
  test('stochastic: half of R(B) of the mean spectrum of the samples', () => {
    const probes = [
      { indices: [0, 1, 2, 3], start: [1, 1, 1, 1, 1] },
      { indices: [7], start: [1, 0, 0, 0, 0] },
    ]
    const { rate, momentum, lambda, trace } = new api.RateLearner(options({ steps: 5 })).measure(probes)
    expect(lambda).toBeCloseTo((2.5 + 8) / 2, 12)
    // P times the Rayleigh quotient of each start.
    expect(trace).toBeCloseTo((2.5 + 4 + 5 * 8) / 2, 12)
    expect(rate).toBeCloseTo(0.5 * api.maximalRate({ lambda, trace, batch: 2, count: 8, momentum: 0.9 }), 12)
    expect(momentum).toBe(0.9)
  })

  test("batch: Polyak's momentum up to the given one, and the plain rate over 1 - rho", () => {
    const { rate, momentum, lambda, bulk } = new api.RateLearner(options({ rule: 'batch' })).measure()
    const best = api.polyak(lambda, bulk)
    expect(momentum).toBeCloseTo(Math.min(0.9, best.momentum), 12)
    expect(rate).toBeCloseTo(((1 - momentum) * 2) / (lambda + bulk), 12)
    const little = new api.RateLearner(options({ rule: 'batch', momentum: 0.01 })).measure()
    expect(little.momentum).toBe(0.01)
  })

  test('polyak and cauchy start with the stochastic rule', () => {
    const gradient = () => [1, 0, 0, 0, 0]
    const first = new api.RateLearner(options({ sample: 8 })).measure().rate
    const polyak = new api.RateLearner(options({ rule: 'polyak', sample: 8, steps: 6 }))
    expect(polyak.measure().rate).toBeCloseTo(first, 12)
    const { rate, momentum, lambda, bulk } = polyak.measure()
    const best = api.polyak(lambda, bulk)
    expect([rate, momentum]).toEqual([best.rate, best.momentum])
    const cauchy = new api.RateLearner(options({ rule: 'cauchy', gradient }))
    cauchy.measure()
    // Along the first axis the curvature of all examples is 4.5.
    expect(cauchy.measure()).toMatchObject({ momentum: 0 })
    expect(cauchy.measurement?.rate).toBeCloseTo(1 / 4.5, 12)
    bowl.scale = -1
    expect(cauchy.measure().rate).toBeCloseTo(1 / 4.5, 12)
  })

  test('the network brings its own gradient for cauchy', () => {
    const { network, inputs, targets } = task()
    const learner = new api.RateLearner({ products: { network, inputs, targets }, batch: 20, rule: 'cauchy' })
    learner.measure()
    const { rate } = learner.measure()
    const g = network.gradient(inputs, targets)
    const Hg = network.hvp(inputs, targets, g)
    const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      Array.from(x, (v, i) => v * y[i]).reduce((a, b) => a + b)
    expect(rate / (dot(g, g) / dot(g, Hg))).toBeCloseTo(1, 9)
  })
})

describe("@opt/nn's operator in place of its products", () => {
  const data = () => {
    const { network, inputs, targets } = task()
    return {
      network,
      plain: { network, inputs, targets },
      quick: { network, inputs, targets, operator: curvatureOperator },
    }
  }

  test.each(['stochastic', 'batch', 'polyak', 'cauchy'] as const)(
    'the same measurements while training: %s',
    (rule) => {
      const { network, plain, quick } = data()
      const learners = [plain, quick].map((products) => new api.RateLearner({ products, batch: 20, rule }))
      const examples = network.examples(plain.inputs, plain.targets)
      for (let step = 0; step < 5; step++) {
        network.training = step % 2 === 0
        network.lossAndGradientAt(examples, [step, step + 1, step + 2])
        const gradients = network.gradients.slice()
        const [first, second] = learners.map((learner) => learner.measure())
        for (const key of ['rate', 'momentum', 'lambda', 'trace', 'bulk'] as const)
          near(second[key], first[key], { relative: 1e-9 })
        expect([network.gradients, network.training]).toEqual([gradients, step % 2 === 0])
        network.descend(0.1)
      }
    },
  )

  test('the same noise and sharpness of batches of any size, in turns with all examples', () => {
    const { plain, quick } = data()
    const noise = [plain, quick].map((products) => api.batchNoise(products, { block: 7 }))
    expect(noise[1].lambda / noise[0].lambda).toBeCloseTo(1, 9)
    expect(noise[1].trace / noise[0].trace).toBeCloseTo(1, 9)
    const sharpness = [plain, quick].map((products) =>
      api.measuredSharpness(products, { batches: [1, 5, 20], repeats: 3 }),
    )
    sharpness[0].sizes.forEach(({ highest }, i) => {
      expect(sharpness[1].sizes[i].highest / highest).toBeCloseTo(1, 9)
    })
  })

  test('something else is refused', () => {
    const { quick } = data()
    expect(() => new api.RateLearner({ products: { ...quick, operator: 1 as never }, batch: 20 })).toThrow(
      'products.operator must be a function',
    )
  })
})

test('curvature may collapse, lambda and trace fall by 3% a measurement at most, and rise at once', () => {
  const learner = new api.RateLearner(options({ sample: 8 }))
  const first = learner.measure()
  bowl.scale = 1e-6
  for (let k = 1; k <= 10; k++) {
    const { lambda, trace, rate } = learner.measure()
    expect(lambda / first.lambda).toBeCloseTo(0.97 ** k, 12)
    expect(trace / first.trace).toBeCloseTo(0.97 ** k, 12)
    expect(rate / first.rate).toBeCloseTo(0.97 ** -k, 12)
  }
  bowl.scale = 3
  expect(learner.measure().lambda / first.lambda).toBeCloseTo(3, 12)
  const forgetful = new api.RateLearner(options({ sample: 8, keep: 0 }))
  forgetful.measure()
  bowl.scale = 1e-6
  expect(forgetful.measure().rate / first.rate).toBeGreaterThan(1e5)
})

test('the schedule measures at every epoch, interval or doubling', () => {
  const at = (interval: number | 'doubling' | undefined) => {
    const steps: number[] = []
    let now = 0
    const watched: api.BatchProduct = (indices, v, out) => {
      if (steps.at(-1) !== now) steps.push(now)
      return products(indices, v, out)
    }
    const learner = new api.RateLearner(options({ products: watched, interval, decay: api.lateDecay(40) }))
    for (now = 0; now < 40; now++) {
      const rate = learner.schedule(now)
      const factor = now <= 20 ? 1 : now >= 36 ? 0.01 : 1 - (0.99 * (now / 40 - 0.5)) / 0.4
      expect(rate / (learner.measurement as api.Measurement).rate).toBeCloseTo(factor, 9)
    }
    return steps
  }
  expect(at(undefined)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36])
  expect(at(15)).toEqual([0, 15, 30])
  expect(at('doubling')).toEqual([0, 4, 8, 16, 32])
})

describe('in front of an optimizer', () => {
  test('trains a network of @opt/nn, and leaves its gradients, parameters and mode alone', () => {
    for (const batchNorm of [false, true]) {
      const { network, inputs, targets } = task(batchNorm)
      const learner = new api.RateLearner({ products: { network, inputs, targets }, batch: 20 })
      network.lossAndGradient(inputs, targets)
      const before = [network.gradients.slice(), network.parameters.slice()]
      learner.measure()
      expect([network.gradients, network.parameters, network.training]).toEqual([...before, true])
    }
  })

  test.each([8, 32])('no search: wine, batch size %i', async (batch) => {
    const { features, labels, shape } = await loadTable('wine')
    const inputs = standardised(features, shape)
    const network = mlp({ sizes: [shape[1], 32, 3], seed: 1 })
    const epochs = 20
    const decay = api.lateDecay(epochs * Math.floor(shape[0] / batch))
    const learner = new api.RateLearner({ products: { network, inputs, targets: labels }, batch, decay })
    const optimizer = new SGD(network.parameters, { learningRate: learner.schedule, momentum: 0.9 })
    train(network, { inputs, targets: labels }, { optimizer, epochs, batchSize: batch })
    expect(network.loss(inputs, labels)).toBeLessThan(0.01)
  })

  test('goes on from a saved state to the same bits', () => {
    const learner = new api.RateLearner(options({ seed: 4 }))
    for (let step = 0; step < 10; step++) learner.schedule(step)
    const saved = JSON.parse(JSON.stringify(learner.state()))
    const rates = (one: api.RateLearner) => Array.from({ length: 30 }, (_, k) => one.schedule(10 + k))
    const expected = rates(learner)
    const resumed = new api.RateLearner(options({ seed: 99 }))
    resumed.load(saved)
    expect(rates(resumed)).toEqual(expected)
    expect(resumed.state()).toEqual(learner.state())
  })

  test('labels and rows of targets, flat inputs, rows and strided views give the same', () => {
    const { network, inputs, targets } = task()
    const rows = Array.from(targets, (label) => [Number(label === 0), Number(label === 1)])
    const nested = Array.from({ length: 200 }, (_, i) => [inputs[2 * i], inputs[2 * i + 1]])
    const reversed = ndarray(Float64Array.from(inputs).reverse(), [200, 2]).step(-1, -1)
    const measured = [
      { inputs, targets },
      { inputs: nested, targets: rows },
      { inputs: reversed, targets: Object.freeze(Array.from(targets)) },
    ].map((data) => new api.RateLearner({ products: { network, ...data }, batch: 20 }).measure())
    expect(measured[1]).toEqual(measured[0])
    expect(measured[2]).toEqual(measured[0])
  })
})

describe('bad input', () => {
  const learner = (more: Partial<api.RateLearnerOptions>) => () => new api.RateLearner(options(more))
  test.each<[string, () => unknown]>([
    ['RateLearner: count must be an integer', learner({ count: undefined })],
    ['RateLearner: size must be an integer between 1 and 2147483647, got 0', learner({ size: 0 })],
    ['RateLearner: batch must be an integer between 1 and 8, got 9', learner({ batch: 9 })],
    ['RateLearner: momentum must be less than 1, got 1', learner({ momentum: 1 })],
    ['RateLearner: safety must be a positive number, got 0', learner({ safety: 0 })],
    [
      "RateLearner: rule must be 'stochastic', 'batch', 'polyak' or 'cauchy', got \"best\"",
      learner({ rule: 'best' as never }),
    ],
    ['RateLearner: gradient must be a function, got undefined', learner({ rule: 'cauchy' })],
    [
      'RateLearner.measure: the largest eigenvalue of the samples must be positive, got 0',
      () => new api.RateLearner(options({ products: (_, v) => v.map(() => 0) })).measure(),
    ],
    [
      'RateLearner.measure: answer 1 of products for a batch must be of length 5, got length 2',
      () => new api.RateLearner(options({ products: () => [1, 2] })).measure(),
    ],
    [
      'RateLearner.measure: answer 2 of products for a batch, entry 0, must be finite, got NaN',
      () => {
        let calls = 0
        new api.RateLearner(
          options({ products: (_, v) => v.map((x, i) => (++calls > 5 ? Number.NaN : (i + 1) * x)) }),
        ).measure()
      },
    ],
    [
      'RateLearner.measure: probes[0].indices[1] must be an integer between 0 and 7, got 8',
      () => new api.RateLearner(options()).measure([{ indices: [0, 8], start: [1, 1, 1, 1, 1] }]),
    ],
    [
      'RateLearner.measure: probes[0].start must be other than zero, got zeros',
      () => new api.RateLearner(options()).measure([{ indices: [0], start: [0, 0, 0, 0, 0] }]),
    ],
    [
      'batchNoise: answer 1 of products for a batch must be of length 5, got length 2',
      () => api.batchNoise(() => [1, 2], { count: 8, size: 5 }),
    ],
    [
      'measuredSharpness: answer 1 of products for a batch, entry 0, must be finite, got Infinity',
      () => api.measuredSharpness((_, v) => v.map(() => Infinity), { count: 8, size: 5, batches: [1] }),
    ],
    ['effectiveBatch: batch must be an integer between 1 and 4, got 5', () => api.effectiveBatch(5, 4)],
    [
      'additive: masses must be of sum 1, got 0.5',
      () => api.additive({ nodes: [0], masses: [0.5], width: 1, lambda: 1 }),
    ],
    ['maximalRate: trace must be a nonnegative number, got undefined', () => api.maximalRate({ lambda: 1 })],
    [
      'batchNoise: block must be an integer between 1 and 8, got 9',
      () => api.batchNoise(products, { count: 8, size: 5, block: 9 }),
    ],
    [
      'measuredSharpness: batches[1] must be an integer between 1 and 8, got 9',
      () => api.measuredSharpness(products, { count: 8, size: 5, batches: [1, 9] }),
    ],
  ])('%s', (message, call) => {
    expect(call).toThrow(message)
  })

  test('one example has no noise; samples and steps are capped', () => {
    const one = new api.RateLearner(options({ count: 1, batch: 1, sample: 500, steps: 500, products: (_, v) => v }))
    const { lambda, rate } = one.measure()
    expect(lambda).toBeCloseTo(1, 12)
    expect(rate).toBeCloseTo(0.5 * 2 * 1.9, 12)
    const noise = api.batchNoise((_, v) => v, { count: 1, size: 3 })
    expect([noise.isotropic, noise.aligned, noise.alignedLowest]).toEqual([0, 0, 0])
  })

  test('a run that is stopped early answers with what it has seen', () => {
    const early = api.batchNoise(products, { count: 8, size: 5, block: 1, maxIterations: 1 })
    expect(early.status).toBe('max-iterations')
    expect(early.blocks).toBe(1)
    const some = api.batchNoise(products, { count: 8, size: 5, block: 1, stopWhen: ({ blocks }) => blocks === 3 })
    expect([some.status, some.blocks]).toEqual(['stopped', 3])
    const { sizes, status } = api.measuredSharpness(products, { count: 8, size: 5, batches: [2, 4], maxIterations: 3 })
    expect([status, sizes.map(({ repeats }) => repeats)]).toEqual(['max-iterations', [3]])
  })
})
