import { random } from '@opt/core'
import { AdamW, cosineDecay, SGD } from '@opt/optimizers'
import { golden, near } from '@opt/testing'
import { accuracy, type Checkpoint, type DenseNetwork, mlp, train } from '../src/index.ts'

interface Trajectory {
  name: string
  inputs: number[][]
  labels: number[]
  layers: { weight: number[][]; bias: number[] }[]
  batches: number[][]
  learningRate: number
  momentum: number
  nesterov: boolean
  weightDecay: number
  schedule: 'cosine' | 'constant'
  batchLosses: number[]
  checkpoints: Record<string, { grand: number[]; accuracy: number }>
  finalLayers: { weight: number[][]; bias: number[] }[]
}
const trajectories = golden<Trajectory[]>(import.meta.url, 'training.json')

/** Three clouds in the plane. */
function clouds(n: number, seed = 1) {
  const rng = random(seed)
  const labels = Int32Array.from({ length: n }, () => rng.integer(0, 3))
  const inputs = Float64Array.from({ length: 2 * n }, (_, at) => {
    const label = labels[at >> 1]
    return rng.normal((at % 2 ? [0, 2, 0] : [-2, 0, 2])[label], 0.5)
  })
  return { inputs, targets: labels }
}

const nesterov = (network: DenseNetwork, steps: number) =>
  new SGD(network.parameters, { learningRate: cosineDecay(0.1, steps), momentum: 0.9, nesterov: true })

describe('trajectories of torch.optim.SGD', () => {
  test.each(trajectories)('$name', (given) => {
    const sizes = [given.layers[0].weight.length, ...given.layers.map(({ weight }) => weight[0].length)]
    const network = mlp({ sizes, batch: 40 })
    network.layers().forEach(({ weight, bias }, l) => {
      weight.set(given.layers[l].weight.flat())
      bias?.set(given.layers[l].bias)
    })
    const { learningRate, momentum, weightDecay, batches, labels } = given
    const parameters = network.named()
    const weights = Object.keys(parameters).filter((name) => name.startsWith('weight'))
    const optimizer = new SGD(parameters, {
      learningRate: given.schedule === 'cosine' ? cosineDecay(learningRate, batches.length) : learningRate,
      momentum,
      nesterov: given.nesterov,
      groups: [{ parameters: weights, l2: weightDecay }],
    })
    const gradients = network.named(network.gradients)
    const examples = network.examples(given.inputs, labels)
    batches.forEach((batch, t) => {
      const loss = network.lossAndGradientAt(examples, batch)
      expect(Math.abs(loss / given.batchLosses[t] - 1)).toBeLessThan(1e-10)
      optimizer.step(gradients)
      const expected = given.checkpoints[t + 1]
      if (!expected) return
      const norms = network.perExampleGradientNorms(given.inputs, labels)
      near(norms, expected.grand, { absolute: 1e-10, relative: 1e-10 })
      expect(accuracy(network.predict(given.inputs), labels, sizes[sizes.length - 1])).toBe(expected.accuracy)
    })
    network.layers().forEach(({ weight, bias }, l) => {
      const { weight: finalWeight, bias: finalBias } = given.finalLayers[l]
      near([weight, bias ?? []], [finalWeight.flat(), finalBias], { absolute: 5e-11 })
    })
  })
})

describe('train', () => {
  test('learns, reports once an epoch, and says that it is complete', () => {
    const data = clouds(200)
    const network = mlp({ sizes: [2, 16, 3], seed: 2 })
    const { status, history, iterations, message } = train(network, data, {
      optimizer: nesterov(network, 60),
      batchSize: 20,
      epochs: 6,
      seed: 3,
      evaluate: (net) => ({ accuracy: accuracy(net.predict(data.inputs), data.targets, 3) }),
    })
    expect(status).toBe('completed')
    expect(message).toContain('completed after 6 iterations')
    expect(iterations).toBe(6)
    expect(history.map(({ step, epoch }) => [step, epoch])).toEqual(
      [1, 2, 3, 4, 5, 6].map((epoch) => [10 * epoch, epoch]),
    )
    expect(history[5].loss).toBeLessThan(history[0].loss)
    expect(history[5].accuracy).toBeGreaterThan(0.95)
  })

  test('is the loop one would write by hand', () => {
    const data = clouds(50)
    const [first, second] = [1, 1].map((seed) => mlp({ sizes: [2, 8, 3], seed }))
    const seen: number[] = []
    train(first, data, {
      optimizer: nesterov(first, 12),
      batchSize: 16,
      steps: 12,
      seed: 5,
      onBatch: ({ indices }) => seen.push(...indices),
    })
    const rng = random(5)
    const order = Int32Array.from({ length: 50 }, (_, i) => i)
    const optimizer = nesterov(second, 12)
    const drawn: number[] = []
    for (let step = 0; step < 12; step++) {
      if (step % 3 === 0) rng.shuffle(order)
      const indices = order.slice(16 * (step % 3), 16 * (step % 3) + 16)
      drawn.push(...indices)
      const rows = Array.from(indices)
      second.lossAndGradient(
        rows.map((i) => data.inputs.subarray(2 * i, 2 * i + 2)),
        rows.map((i) => data.targets[i]),
      )
      optimizer.step(second.gradients)
    }
    expect(seen).toEqual(drawn)
    expect(first.parameters).toEqual(second.parameters)
  })

  test.each([
    { dtype: 'float64', batchNorm: false },
    { dtype: 'float32', batchNorm: true },
  ] as const)('resumes to the same bits through JSON ($dtype, batch normalization $batchNorm)', (options) => {
    const data = clouds(90)
    const start = () => {
      const network = mlp({ ...options, sizes: [2, 8, 8, 3], activation: 'tanh', seed: 4 })
      return { network, optimizer: new AdamW(network.named(), { learningRate: cosineDecay(0.01, 40) }) }
    }
    const run = ({ network, optimizer }: ReturnType<typeof start>, more: { stopAt?: number; resume?: Checkpoint }) =>
      train(network, data, {
        optimizer,
        gradients: network.named(network.gradients),
        batchSize: 16,
        steps: 40,
        seed: 7,
        reportEvery: 1,
        resume: more.resume,
        stopWhen: ({ step }) => step === more.stopAt,
      })
    const whole = run(start(), {})
    for (const stopAt of [3, 10, 17]) {
      const half = run(start(), { stopAt })
      expect(half.status).toBe('stopped')
      expect(half.checkpoint.step).toBe(stopAt)
      const rest = run(start(), { resume: JSON.parse(JSON.stringify(half.checkpoint)) })
      expect(rest.network.parameters).toEqual(whole.network.parameters)
      expect(rest.network.predict(data.inputs)).toEqual(whole.network.predict(data.inputs))
      expect([...half.history, ...rest.history].map(({ loss }) => loss)).toEqual(whole.history.map(({ loss }) => loss))
      expect(rest.checkpoint).toEqual(whole.checkpoint)
    }
  })

  test('a loss that is no number is divergence, and the network stays as it was', () => {
    const network = mlp({ sizes: [1, 1], loss: 'squared', seed: 1 })
    const { status, iterations, history } = train(
      network,
      { inputs: [1e200, 1e200], targets: [0, 1] },
      { optimizer: new SGD(network.parameters, { learningRate: 1 }), epochs: 5 },
    )
    expect(status).toBe('diverged')
    expect(iterations).toBe(1)
    expect(history[0].loss).toBe(Infinity)
    expect(network.parameters.every(Number.isFinite)).toBe(true)
  })

  test('an abort wraps up with a checkpoint', async () => {
    const network = mlp({ sizes: [2, 8, 3] })
    const controller = new AbortController()
    const answer = await train.async(network, clouds(64), {
      optimizer: nesterov(network, 100),
      batchSize: 16,
      epochs: 25,
      signal: controller.signal,
      onProgress: ({ epoch }) => epoch === 2 && controller.abort(),
    })
    expect(answer.status).toBe('aborted')
    expect(answer.checkpoint.step).toBe(8)
  })

  test('a batch larger than the data takes all of them, a broken number of epochs its steps', () => {
    const network = mlp({ sizes: [2, 3] })
    const data = clouds(10)
    const optimizer = new SGD(network.parameters)
    expect(train(network, data, { optimizer, epochs: 3, batchSize: 64 }).checkpoint.step).toBe(3)
    expect(train(network, data, { optimizer, epochs: 0.5, batchSize: 2 }).checkpoint.step).toBe(3)
    expect(train(network, data, { optimizer, steps: 0 }).iterations).toBe(0)
  })

  test('refuses by name', () => {
    const network = mlp({ sizes: [2, 3] })
    const data = clouds(10)
    const optimizer = { step() {} }
    expect(() => train(network, data, { optimizer } as never)).toThrow(
      'train: steps must be given, or epochs, and not both',
    )
    expect(() => train(network, data, { optimizer: {} as never, steps: 1 })).toThrow(
      'train: optimizer must be an object',
    )
    expect(() => train(network, data, { optimizer, steps: 1.5 })).toThrow('train: steps must be')
    expect(() => train(network, data, { optimizer, epochs: -1 })).toThrow('train: epochs must be')
    expect(() => train(network, data, { optimizer, epochs: 1, batchSize: 0 })).toThrow('train: batchSize must be')
    const { checkpoint } = train(network, data, { optimizer: new SGD(network.parameters), steps: 1 })
    expect(() => train(network, clouds(9), { optimizer, steps: 2, resume: checkpoint })).toThrow(
      'train: resume.order must be of length 9',
    )
    expect(() => train(network, data, { optimizer, steps: 2, resume: checkpoint })).toThrow(
      'train: optimizer must be one with load',
    )
  })
})

test('losses of weight 2 are a learning rate twice as large', () => {
  const data = clouds(60)
  const run = (learningRate: number, weights?: number[]) => {
    const network = mlp({ sizes: [2, 5, 3], activation: 'tanh', seed: 2 })
    const optimizer = new SGD(network.parameters, { learningRate })
    train(network, { ...data, weights }, { optimizer, epochs: 3, batchSize: 20 })
    return network.parameters
  }
  expect(run(0.1, new Array(60).fill(2))).toEqual(run(0.2))
})
