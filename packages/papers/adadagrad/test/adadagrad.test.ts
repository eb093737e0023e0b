import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { digest } from '@opt/testing'
import { AdaGradNorm, adadagrad, networkOracle, type Oracle, statisticsOf } from '../src/index.ts'
import { wave } from './problem.ts'

/** Mean over i of |x - c_i|^2 / 2. */
function quadratic(count: number, columns = 3): Oracle & { centres: number[][]; batches: number[][] } {
  const rng = random(7)
  const centres = Array.from({ length: count }, () => Array.from({ length: columns }, () => 1 + rng.normal(0, 0.5)))
  const batches: number[][] = []
  return {
    count,
    centres,
    batches,
    evaluate(x, indices) {
      batches.push(Array.from(indices))
      const rows = Array.from(indices, (i) => Array.from(x, (v, j) => v - centres[i][j]))
      const loss = rows.flat().reduce((sum, v) => sum + v * v, 0) / 2 / rows.length
      const statistics = statisticsOf(rows)
      return { loss, gradient: Float64Array.from(statistics.mean), statistics }
    },
  }
}

const mean = ({ centres }: { centres: number[][] }) =>
  centres[0].map((_, j) => centres.reduce((sum, row) => sum + row[j], 0) / centres.length)

test.each([
  ['adagrad', 0.3],
  ['adagrad-norm', 1],
  ['sgd', 0.3],
] as const)(
  '%s comes to the minimum of a quadratic, on batches that grow to all of the data',
  (optimizer, learningRate) => {
    const oracle = quadratic(100)
    const options = { optimizer, learningRate, eta: 0.5, maxIterations: 600, seed: 1 }
    const { x, status, history, batchSize, examples } = adadagrad(oracle, [0, 0, 0], options)
    expect(status).toBe('max-iterations')
    expect(batchSize).toBe(100)
    mean(oracle).forEach((v, j) => expect(x[j]).toBeCloseTo(v, 6))
    const sizes = history.map((report) => report.batchSize)
    expect(sizes[0]).toBe(8)
    sizes.forEach((size, t) => {
      expect(size).toBeGreaterThanOrEqual(sizes[t - 1] ?? 8)
      expect(oracle.batches[t]).toHaveLength(size)
      expect(new Set(oracle.batches[t]).size).toBe(size)
    })
    expect(examples).toBe(sizes.reduce((sum, size) => sum + size, 0))
    expect(history.every(({ suggested, batchSize: b }) => (suggested === undefined) === (b === 100))).toBe(true)
  },
)

test('a budget of examples completes the run, and schedules count examples', () => {
  const seen: number[] = []
  const learningRate = (examples: number) => {
    seen.push(examples)
    return 0.1
  }
  const { status, examples, history } = adadagrad(quadratic(40), [0, 0, 0], { learningRate, examples: 500 })
  expect(status).toBe('completed')
  expect(examples).toBeGreaterThanOrEqual(500)
  expect(history.at(-2)?.examples).toBeLessThan(500)
  expect(seen).toEqual([0, ...history.map((report) => report.examples).slice(0, -1)])
})

test('saved in the middle and resumed, it comes to the same bits', () => {
  for (const optimizer of ['adagrad', 'adagrad-norm', 'sgd'] as const) {
    const options = { optimizer, learningRate: 0.2, eta: 0.7, seed: 3, interval: 2 }
    const whole = adadagrad(quadratic(60), [0, 1, 2], { ...options, maxIterations: 40 })
    for (const cut of [1, 7, 39]) {
      const first = adadagrad(quadratic(60), [0, 1, 2], { ...options, maxIterations: cut })
      const resume = JSON.parse(JSON.stringify(first.checkpoint))
      const rest = adadagrad(quadratic(60), [9, 9, 9], { ...options, seed: 99, resume, maxIterations: 40 - cut })
      expect(rest.x).toEqual(whole.x)
      expect(rest.checkpoint).toEqual(whole.checkpoint)
      expect(rest.history.map(({ loss }) => loss)).toEqual(whole.history.slice(cut).map(({ loss }) => loss))
    }
  }
})

test('an optimizer of your own', () => {
  const oracle = quadratic(50)
  const { x } = adadagrad(oracle, [0, 0, 0], {
    optimizer: (point, learningRate) => new Adam(point, { learningRate }),
    learningRate: 0.05,
    eta: 0.5,
  })
  mean(oracle).forEach((v, j) => expect(x[j]).toBeCloseTo(v, 3))
})

test('the caller’s start is not changed, and a network holds the point that was evaluated last', () => {
  const start = Object.freeze([0, 0, 0]) as number[]
  adadagrad(quadratic(20), start, { maxIterations: 3 })
  expect(start).toEqual([0, 0, 0])
})

test('a loss that is not finite ends it as diverged, at the last finite point', () => {
  const oracle = quadratic(20)
  let calls = 0
  const failing: Oracle = {
    count: 20,
    evaluate: (x, indices, needs) => ({ ...oracle.evaluate(x, indices, needs), loss: ++calls > 4 ? NaN : 1 }),
  }
  const { status, x, checkpoint } = adadagrad(failing, [0, 0, 0])
  expect(status).toBe('diverged')
  expect(x).toEqual(adadagrad(quadratic(20), [0, 0, 0], { maxIterations: 4 }).x)
  expect(checkpoint.optimizer.steps).toBe(4)
})

test('abort and progress', () => {
  const controller = new AbortController()
  const { status, iterations } = adadagrad(quadratic(20), [0, 0, 0], {
    signal: controller.signal,
    onProgress: ({ iteration }) => iteration === 5 && controller.abort(),
  })
  expect([status, iterations]).toEqual(['aborted', 5])
})

test('the bits of runs are the same in every engine', () => {
  const network = mlp({ sizes: [4, 6, 3], activation: 'tanh', batch: 30, seed: 5 })
  const inputs = wave(30, 4)
  const oracle = networkOracle(
    network,
    inputs,
    inputs.map((_, i) => (i * i) % 3),
  )
  const start = network.parameters.slice()
  const bits = (['norm', 'augmented', 'coordinate'] as const).map((test) => {
    const { x, history, checkpoint } = adadagrad(oracle, start, {
      test,
      optimizer: 'adagrad-norm',
      eta: 0.8,
      theta: 0.8,
      nu: 0.8,
      quantile: 0.5,
      initial: 3,
      population: 30,
      maxIterations: 30,
      seed: 2,
    })
    return digest((say) => say([x, history, checkpoint]))
  })
  expect(bits).toEqual(['92055cf38b58a6b6', 'e71cc6125ce9fe21', '31b34cabbfd5830f'])
})

describe('AdaGradNorm', () => {
  test('one step size for all parameters: by hand', () => {
    const x = { a: Float64Array.of(1, 2), b: Float64Array.of(3) }
    const optimizer = new AdaGradNorm(x, { learningRate: 2, initialAccumulator: 4, epsilon: 1e-300 })
    optimizer.step({ a: Float64Array.of(1, 2), b: Float64Array.of(4) })
    // v = 4 + 21.
    expect([...x.a, ...x.b]).toEqual([1 - 2 / 5, 2 - 4 / 5, 3 - 8 / 5])
    optimizer.step({ a: Float64Array.of(0, 0), b: null })
    optimizer.step({ a: null, b: Float64Array.of(Math.sqrt(11)) })
    // v = 25 + 11, though b missed a step.
    expect(x.b[0]).toBeCloseTo(3 - 8 / 5 - (2 * Math.sqrt(11)) / 6, 14)
  })

  test('float32 sums squares in float64: a small gradient after a large one still counts', () => {
    const x = Float32Array.of(0)
    const optimizer = new AdaGradNorm(x, { initialAccumulator: 0, learningRate: 1 })
    optimizer.step(Float32Array.of(4096))
    for (let t = 0; t < 1000; t++) optimizer.step(Float32Array.of(1))
    const [{ numbers }] = optimizer.state().parameters
    const sum = new Float64Array(Uint8Array.from(atob(numbers.sumOfSquares), (c) => c.charCodeAt(0)).buffer)[0]
    expect(sum).toBe(4096 * 4096 + 1000)
  })
})

describe('errors name what is wrong', () => {
  const oracle = quadratic(10)
  const checkpoint = adadagrad(oracle, [0, 0, 0], { maxIterations: 2 }).checkpoint
  test.each([
    [() => adadagrad(oracle, [0, 0, 0], { initial: 1 }), 'adadagrad: initial must be an integer of at least 2, got 1'],
    [() => adadagrad(oracle, [0, 0, 0], { max: 11 }), 'adadagrad: max'],
    [() => adadagrad(oracle, [0, 0, 0], { learningRate: -1 }), 'adadagrad: learningRate'],
    [() => adadagrad(oracle, [0, 0, 0], { optimizer: 'adam' as never }), 'adadagrad: optimizer'],
    [() => adadagrad(oracle, [0, 0, 0], { optimizer: () => ({}) as never }), 'optimizer(x).step'],
    [() => adadagrad(oracle, [0, 0, 0], { examples: 0 }), 'adadagrad: examples'],
    [() => adadagrad(oracle, [0, 0, 0], { eta: -1 }), 'eta'],
    [() => adadagrad(oracle, [NaN]), 'adadagrad: x0[0]'],
    [() => adadagrad({ ...oracle, count: 1 }, [0]), 'adadagrad: oracle.count'],
    [() => adadagrad({ count: 5 } as never, [0]), 'adadagrad: oracle.evaluate'],
    [
      () => adadagrad({ ...oracle, evaluate: () => ({ loss: '1', gradient: new Float64Array(1) }) as never }, [0]),
      'adadagrad: oracle.evaluate must be such that its loss is a number, got "1"',
    ],
    [
      () => adadagrad({ ...oracle, evaluate: () => undefined as never }, [0]),
      'adadagrad: oracle.evaluate must be such that it returns { loss, gradient, statistics }, got undefined',
    ],
    [
      () => adadagrad({ ...oracle, evaluate: () => ({ loss: 1, gradient: new Float64Array(2) }) }, [0]),
      'its gradient has length 1',
    ],
    [() => adadagrad({ ...oracle, evaluate: () => ({ loss: 1, gradient: new Float64Array(1) }) }, [0]), 'statistics'],
    [() => adadagrad(oracle, [0, 0, 0], { resume: { ...checkpoint, x: [0] } }), 'resume.x'],
    [() => adadagrad(oracle, [0, 0, 0], { resume: { ...checkpoint, examples: -1 } }), 'resume.examples'],
    [
      () => adadagrad(oracle, [0, 0, 0], { resume: { ...checkpoint, batches: { ...checkpoint.batches, order: [0] } } }),
      'resume.batches.order',
    ],
    [() => networkOracle({} as never, [[1]], [0]), 'networkOracle: network'],
  ])('%#', (call, words) => expect(call).toThrow(words))
})
