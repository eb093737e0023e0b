import { random } from '@opt/core'
import { type Executor, inProcess } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import { mlp } from '@opt/nn'
import { Adam, SGD } from '@opt/optimizers'
import { centralDifference } from '@opt/testing'
import fc from 'fast-check'
import {
  klWeights,
  type Method,
  martLoss,
  type RobustOptions,
  type RobustStep,
  robustReport,
  trainRobust,
} from '../src/index.ts'
import { type TrainJob, trainSeed } from '../src/seeds/train-seed.ts'
import { seedTask, trainSeeds } from '../src/seeds.ts'
import { clouds, sameNetwork, smallNetwork, softmaxRegression } from './shared.ts'

const METHODS: Method[] = ['done', 'bilevel-at', 'dro-at', 'at', 'gairat', 'mail', 'mart']
const data = clouds(60, 1)

test.each(METHODS)('%s lowers the loss at attacked points and reports what it does', (method) => {
  const network = smallNetwork('relu', 3)
  const { status, history, checkpoint, logU } = trainRobust(network, data, {
    epsilon: 0.05,
    method,
    epochs: 20,
    batchSize: 20,
    learningRate: 0.1,
    steps: 4,
  })
  expect(status).toBe('completed')
  expect(history.length).toBe(20)
  expect(history[19].loss).toBeLessThan(0.7 * history[0].loss)
  expect(history.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 20 }, (_, k) => k + 1))
  expect(checkpoint.step).toBe(60)
  expect(logU !== null).toBe(method === 'done' || method === 'dro-at')
  const uniform = method === 'at' || method === 'bilevel-at' || method === 'mart'
  for (const { maxWeight, effectiveExamples } of history) {
    if (uniform) expect([maxWeight, effectiveExamples].map((v) => Number(v.toFixed(9)))).toEqual([1, 20])
    expect(effectiveExamples).toBeLessThanOrEqual(20 + 1e-9)
    expect(maxWeight).toBeGreaterThanOrEqual(1 - 1e-9)
  }
})

test.each(METHODS)('%s: saved as JSON in mid-epoch and resumed, the same bits', (method) => {
  const options: RobustOptions = {
    epsilon: 0.05,
    method,
    epochs: 6,
    batchSize: 16,
    steps: 3,
    seed: 5,
    reportEvery: 1,
  }
  const whole = smallNetwork('tanh', 2)
  const end = trainRobust(whole, data, options)
  const first = smallNetwork('tanh', 2)
  const half = trainRobust(first, data, { ...options, maxIterations: 10 })
  expect(half.status).toBe('max-iterations')
  expect(half.checkpoint.step).toBe(10)
  const second = smallNetwork('tanh', 9)
  const resume = JSON.parse(JSON.stringify(half.checkpoint))
  const rest = trainRobust(second, data, { ...options, resume })
  expect(second.parameters).toEqual(whole.parameters)
  expect(rest.checkpoint).toEqual(end.checkpoint)
  expect(rest.history.map(({ loss }) => loss)).toEqual(end.history.slice(10).map(({ loss }) => loss))
})

test.each([{ dropout: 0.2, dtype: 'float32' as const }, { batchNorm: true }])(
  'a network with %j resumes to the same bits',
  (settings) => {
    const make = (seed: number) => mlp({ sizes: [2, 6, 3], seed, ...settings })
    const options: RobustOptions = { epsilon: 0.05, epochs: 3, batchSize: 16, steps: 3, reportEvery: 1 }
    const [whole, first, second] = [make(1), make(1), make(2)]
    trainRobust(whole, data, options)
    const { checkpoint } = trainRobust(first, data, { ...options, maxIterations: 4 })
    trainRobust(second, data, { ...options, resume: JSON.parse(JSON.stringify(checkpoint)) })
    expect(second.state()).toEqual(whole.state())
  },
)

test("a user's model trains as the network that computes the same, and resumes to the same bits", () => {
  for (const method of METHODS) {
    const rng = random(4)
    const theta = Float64Array.from({ length: 9 }, () => rng.normal(0, 0.3))
    const options: RobustOptions = { epsilon: 0.05, method, epochs: 3, batchSize: 20, steps: 3 }
    const model = softmaxRegression(2, 3, theta.slice())
    trainRobust(model, data, options)
    const network = sameNetwork(2, 3, theta)
    trainRobust(network, data, options)
    model.parameters.forEach((p, i) => void expect(Math.abs(p - network.parameters[i])).toBeLessThan(1e-5))
    const again = softmaxRegression(2, 3, theta.slice())
    const { checkpoint } = trainRobust(again, data, { ...options, reportEvery: 2, maxIterations: 2 })
    const third = softmaxRegression(2, 3, new Float64Array(9))
    trainRobust(third, data, { ...options, resume: JSON.parse(JSON.stringify(checkpoint)) })
    expect(third.parameters).toEqual(model.parameters)
  }
})

test('KL weights of a batch of all examples, without cap and burn-in, follow the gradient of the problem', () => {
  const network = smallNetwork('tanh', 8)
  const steps: RobustStep[] = []
  trainRobust(network, data, {
    epsilon: 0.05,
    method: 'dro-at',
    track: 1,
    maxWeight: Infinity,
    burnIn: 0,
    r: 0.7,
    batchSize: 60,
    epochs: 1,
    learningRate: 0,
    onStep: (step) => void steps.push({ ...step, gradient: step.gradient.slice(), delta: step.delta.slice() }),
  })
  const [{ losses, weights, gradient, delta }] = steps
  const { weights: expected } = klWeights(losses, 0.7)
  weights.forEach((w, i) => void expect(Math.abs(w - expected[i])).toBeLessThan(1e-13))
  const points = data.inputs.flat().map((x, at) => x + delta[at])
  const value = () => klWeights(network.perExampleLosses(points, data.targets), 0.7).value
  for (let p = 0; p < network.parameters.length; p += 5)
    expect(Math.abs(centralDifference(value, network.parameters, p) - gradient[p])).toBeLessThan(1e-8)
})

test.each([{}, { dropout: 0.3 }, { batchNorm: true }])(
  'MART follows the gradient of its loss, network %j',
  (settings) => {
    const network = mlp({ sizes: [2, 6, 3], activation: 'tanh', seed: 8, ...settings })
    let [gradient, delta] = [new Float64Array(), new Float64Array()]
    const batch = [...data.targets.keys()]
    trainRobust(network, data, {
      epsilon: 0.05,
      method: 'mart',
      batchSize: 60,
      epochs: 1,
      learningRate: 0,
      batches: () => batch,
      onStep: (step) => {
        gradient = step.gradient.slice()
        delta = step.delta.slice()
      },
    })
    const clean = Float64Array.from(data.inputs.flat())
    const points = clean.map((x, at) => x + delta[at])
    // With the noise of the step, or the statistics of the batch.
    const logits = (x: Float64Array) => {
      network.loss(x, data.targets)
      const z = Array.from(network.lastOutputs)
      return batch.map((i) => z.slice(3 * i, 3 * i + 3))
    }
    const value = () => martLoss(logits(points), logits(clean), data.targets).value
    for (let p = 0; p < network.parameters.length; p += 3)
      expect(Math.abs(centralDifference(value, network.parameters, p) - gradient[p])).toBeLessThan(1e-6)
  },
)

test('burn-in, a function of weights, another optimizer, named parameters, float32', () => {
  const seen: number[] = []
  const network = mlp({ sizes: [2, 6, 3], dtype: 'float32', batch: 7 })
  const optimizer = new Adam(network.named(), { learningRate: 0.01 })
  trainRobust(network, data, {
    epsilon: 0.05,
    weights: ({ losses, kappa, logits, labels, step, steps, indices }) => {
      expect([losses.length, kappa.length, logits.length, labels.length, indices.length]).toEqual([20, 20, 60, 20, 20])
      expect(steps).toBe(12)
      seen.push(step)
      return losses.map(() => 2 / 20)
    },
    burnIn: 0.5,
    optimizer,
    gradients: network.named(network.gradients),
    batchSize: 20,
    epochs: 4,
  })
  expect(seen).toEqual([6, 7, 8, 9, 10, 11])
})

test('a network of smaller passes than batches trains to nearly the same parameters', () => {
  const [small, large] = [7, 128].map((batch) => {
    const network = smallNetwork('tanh', 1, batch)
    trainRobust(network, data, { epsilon: 0.05, epochs: 3, batchSize: 20 })
    return network.parameters
  })
  small.forEach((p, i) => void expect(Math.abs(p - large[i])).toBeLessThan(1e-9))
})

test('a run can be aborted, and a stop keeps what was done', async () => {
  const controller = new AbortController()
  const network = smallNetwork()
  const answer = await trainRobust.async(network, data, {
    epsilon: 0.05,
    epochs: 50,
    batchSize: 20,
    signal: controller.signal,
    onProgress: ({ epoch }) => {
      if (epoch === 3) controller.abort()
    },
  })
  expect([answer.status, answer.checkpoint.step]).toEqual(['aborted', 9])
})

test('diverged: named with its step; the parameters are those of before', () => {
  const network = mlp({ sizes: [2, 3], seed: 1 })
  network.parameters.fill(1e308)
  const before = network.parameters.slice()
  const { status, message } = trainRobust(network, data, { epsilon: 0.05, epochs: 2, batchSize: 20 })
  expect(status).toBe('diverged')
  expect(message).toContain('of step 1 is not finite')
  expect(network.parameters).toEqual(before)
})

test('small r without a cap is warned of', () => {
  const settings = { epsilon: 0.05, epochs: 4, batchSize: 60, burnIn: 0, learningRate: 0, r: 1e-3 }
  const { status, message } = trainRobust(smallNetwork(), data, { ...settings, maxWeight: Infinity, track: 1 })
  expect(status).toBe('completed')
  expect(message).toMatch(/some batches of 60 rested on 1\.?\d* effective examples/)
})

test('robustReport: strong never above PGD, PGD never above clean; classes, tail and worst add up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0.01, max: 0.4, noNaN: true }), (seed, epsilon) => {
      const { inputs, targets } = clouds(40, seed)
      const network = smallNetwork('relu', seed)
      const kept = network.parameters.slice()
      const { clean, pgd, strong, examples, status } = robustReport(network, inputs, targets, {
        epsilon,
        steps: 4,
        strongSteps: 5,
        seed,
      })
      expect([examples, status]).toEqual([40, 'completed'])
      expect(network.parameters).toEqual(kept)
      const counts = [0, 1, 2].map((c) => targets.filter((y) => y === c).length)
      for (const { accuracy, perClass, tail, worst } of [clean, pgd, strong]) {
        expect(perClass.reduce((sum, a, c) => sum + a * counts[c], 0) / 40).toBeCloseTo(accuracy, 12)
        expect(worst).toBe(Math.min(...perClass))
        // 30 % of three classes, rounded up: one.
        expect(tail).toBe(worst)
      }
      expect(pgd.accuracy).toBeLessThanOrEqual(clean.accuracy)
      expect(strong.accuracy).toBeLessThanOrEqual(pgd.accuracy)
    }),
    { numRuns: 40 },
  )
})

test('robustReport of a linear model finds exactly the examples whose margin an attack can turn', () => {
  // z_1 - z_0 = 3 x_0 - 2 x_1 + b: epsilon moves it by 5 epsilon, unless the box is in the way.
  const model = softmaxRegression(2, 2, Float64Array.of(0, 3, 0, -2, 0, -0.3))
  const rng = random(2)
  const inputs = Array.from({ length: 700 }, () => [rng.uniform(), rng.uniform()])
  const targets = inputs.map((_, i) => (i % 7 === 0 ? 1 : 0))
  const epsilon = 0.1
  const robust = inputs.map(([a, b], i) => {
    const worst = (side: number) =>
      3 * Math.max(0, Math.min(1, a + side * epsilon)) - 2 * Math.max(0, Math.min(1, b - side * epsilon)) - 0.3
    return targets[i] ? worst(-1) > 0 : worst(1) < 0
  })
  const { pgd, strong, history } = robustReport(model, inputs, targets, { epsilon })
  const expected = robust.filter(Boolean).length / 700
  expect(strong.accuracy).toBeCloseTo(expected, 12)
  expect(pgd.accuracy).toBeCloseTo(expected, 12)
  expect(history.map(({ examples }) => examples)).toEqual([512, 700])
  // Absent classes have no accuracy, and do not count in the tail.
  const only = robustReport(softmaxRegression(2, 3, new Float64Array(9)), inputs.slice(0, 5), [0, 0, 0, 0, 0], {
    epsilon,
  })
  expect(Array.from(only.clean.perClass)).toEqual([1, NaN, NaN])
  expect(only.clean.tail).toBe(1)
})

test('masked gradients deceive PGD, not the strong attack', () => {
  // A linear model that is far too sure: the gradient of the cross-entropy underflows to 0.
  const theta = Float64Array.of(0, 3e4, 0, -2e4, 0, -3e3)
  const inputs = [
    [0.6, 0.5],
    [0.3, 0.4],
  ]
  const { clean, pgd, strong } = robustReport(softmaxRegression(2, 2, theta), inputs, [1, 0], { epsilon: 0.2, seed: 3 })
  expect(clean.accuracy).toBe(1)
  expect(pgd.accuracy).toBeGreaterThan(0)
  expect(strong.accuracy).toBe(0)
})

describe('many seeds', () => {
  const job: Omit<TrainJob, 'seed'> = {
    network: { sizes: [2, 5, 3] },
    data,
    options: { epsilon: 0.05, epochs: 2, batchSize: 20, steps: 2 },
    audit: { ...data, options: { steps: 2, strongSteps: 2 } },
  }
  const seeds = [0, 1, 2]
  const here = { [seedTask.module]: () => import('../src/seeds/train-seed.ts') }
  // Threads cannot run TypeScript on every Node: they take the built module.
  const built = { [seedTask.module]: new URL('../dist/seeds/train-seed.js', import.meta.url) }
  const answersOf = async (executor: Executor) => {
    try {
      return await trainSeeds(executor, job, seeds)
    } finally {
      await executor.close()
    }
  }

  test('the same bits on this thread, on one and on two others', async () => {
    const answers = await answersOf(inProcess({ modules: here }))
    expect(answers.map(({ seed }) => seed)).toEqual(seeds)
    expect(new Set(answers.map(({ network }) => network.parameters)).size).toBe(3)
    const executors = [
      inProcess({ modules: here, concurrency: 3 }),
      workerThreads({ workers: 1, modules: built }),
      workerThreads({ workers: 2, modules: built }),
    ]
    for (const executor of executors) expect(await answersOf(executor)).toEqual(answers)
  })

  test('each is the run of that seed alone, and its network gives the accuracies of its audit', async () => {
    const [, second] = await answersOf(inProcess({ modules: here }))
    expect(trainSeed({ ...job, seed: 1 })).toEqual(second)
    const network = mlp({ sizes: [2, 5, 3] })
    network.load(second.network)
    const { clean } = robustReport(network, data.inputs, data.targets, { epsilon: 0.05 })
    expect(clean).toEqual(second.audit!.clean)
  })

  test('what is wrong is named before anything runs', () => {
    const executor = inProcess({ modules: here })
    const calls: [string, () => unknown][] = [
      ['trainSeeds: seeds must be an array', () => trainSeeds(executor, job, 3 as never)],
      ['trainSeeds: seeds[1] must be an integer', () => trainSeeds(executor, job, [0, 0.5])],
      ['trainSeeds: executor.map must be a function', () => trainSeeds({} as never, job, [0])],
      ['trainSeeds: job must be an object', () => trainSeeds(executor, 1 as never, [0])],
    ]
    for (const [message, call] of calls) expect(call).toThrow(message)
  })
})

test('an optimizer of the caller keeps its state over a resumed run', () => {
  const run = (resume?: unknown) => {
    const network = smallNetwork('tanh', 2)
    const optimizer = new SGD(network.parameters, { learningRate: 0.1, momentum: 0.5 })
    const options = { epsilon: 0.05, epochs: 2, batchSize: 20, optimizer, reportEvery: 1 }
    return trainRobust(network, data, { ...options, resume: resume as never, maxIterations: 4 })
  }
  const { checkpoint } = run()
  const resumed = run(checkpoint)
  expect(resumed.checkpoint.step).toBe(6)
  const whole = smallNetwork('tanh', 2)
  const optimizer = new SGD(whole.parameters, { learningRate: 0.1, momentum: 0.5 })
  trainRobust(whole, data, { epsilon: 0.05, epochs: 2, batchSize: 20, optimizer })
  expect(resumed.network.parameters).toEqual(whole.parameters)
})
