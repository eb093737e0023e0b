import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import { type AcrossOptions, AlignedModel, trainAcrossDomains } from '../src/index.ts'

const rng = random(2)
const domains = [0.9, 0.7, 0.8].map((agrees) => {
  const targets = Int32Array.from({ length: 60 }, () => rng.integer(0, 2))
  const inputs = Array.from(targets, (y) => [2 * y - 1 + rng.normal(), rng.uniform() < agrees ? y : 1 - y])
  return { inputs, targets }
})

const CASES: AcrossOptions[] = [
  { method: 'diagonal' },
  { method: 'hutchinson', probes: 3 },
  { method: 'fishr', varianceDecay: 0.9 },
  { method: 'iga' },
  { method: 'fish' },
  { method: 'hgp', resetOptimizer: true, dtype: 'float64' },
]

test.each(CASES)('a run of %j that is saved as JSON and resumed ends in the same bits', (given) => {
  const options: AcrossOptions = { ...given, steps: 12, annealSteps: 5, batchSize: 16, weight: 10, seed: 3 }
  const whole = trainAcrossDomains([2, 5, 1], domains, options)
  for (const at of [4, 5, 6]) {
    const { checkpoint } = trainAcrossDomains([2, 5, 1], domains, { ...options, stopWhen: ({ step }) => step === at })
    const resume = JSON.parse(JSON.stringify(checkpoint))
    const rest = trainAcrossDomains([2, 5, 1], domains, { ...options, resume })
    expect(rest.checkpoint).toEqual(whole.checkpoint)
    expect(rest.history.at(-1)!.loss).toBe(whole.history.at(-1)!.loss)
  }
})

test('a state that does not fit is refused', () => {
  const options = { steps: 3, batchSize: 16 }
  const { checkpoint } = trainAcrossDomains([2, 5, 1], domains, options)
  const resumed = (change: object) => () =>
    trainAcrossDomains([2, 5, 1], domains, { ...options, resume: { ...checkpoint, ...change } })
  expect(resumed({ step: -1 })).toThrow('resume.step')
  expect(resumed({ batches: [] })).toThrow('resume.batches')
  expect(resumed({ random: {} })).toThrow('Random: state')
  expect(resumed({ network: {} })).toThrow('state')
  expect(() => trainAcrossDomains([2, 6, 1], domains, { ...options, resume: checkpoint })).toThrow('state.sizes')
})

test('a model that is saved predicts the same', () => {
  for (const K of [1, 3]) {
    const network = mlp({ sizes: [2, 4, K], loss: K === 1 ? 'logistic' : 'cross-entropy', seed: 5, bias: K === 1 })
    const model = new AlignedModel(network)
    const again = AlignedModel.load(JSON.parse(JSON.stringify(model.state())))
    const inputs = domains[0].inputs
    expect(again.probabilities(inputs)).toEqual(model.probabilities(inputs))
    expect(again.predict(inputs)).toEqual(model.predict(inputs))
    expect(again.theta).toEqual(model.theta)
    expect(again.theta.length).toBe(K === 1 ? 5 : 12)
    expect(model.features(inputs).length).toBe(60 * 4)
    if (K === 3)
      for (let i = 0; i < 60; i++)
        expect(
          model
            .probabilities(inputs)
            .slice(3 * i, 3 * i + 3)
            .reduce((a, b) => a + b),
        ).toBeCloseTo(1, 14)
  }
  expect(new AlignedModel(mlp({ sizes: [2, 4, 1], loss: 'logistic' })).domainReport(domains).domains).toHaveLength(3)
})

test('the network given is not changed, the parameters are those of a hand-written step, an abort stops', () => {
  const network = mlp({ sizes: [2, 4, 1], loss: 'logistic', seed: 1 })
  const before = network.parameters.slice()
  const options: AcrossOptions = {
    method: 'erm',
    steps: 1,
    l2: 0,
    rescale: false,
    batchSize: 60,
    optimizer: (p) => new SGD(p, { learningRate: 0.5 }),
  }
  const { model } = trainAcrossDomains(network, domains, options)
  expect(network.parameters).toEqual(before)
  const mean = new Float64Array(before.length)
  for (const { inputs, targets } of domains)
    network.gradient(inputs, targets).forEach((g, i) => void (mean[i] += g / 3))
  model.network.parameters.forEach((p, i) => void expect(Math.abs(p - (before[i] - 0.5 * mean[i]))).toBeLessThan(1e-14))
  const controller = new AbortController()
  const stopped = trainAcrossDomains(network, domains, {
    steps: 50,
    signal: controller.signal,
    onProgress: ({ step }) => step === 7 && controller.abort(),
  })
  expect([stopped.status, stopped.checkpoint.step]).toEqual(['aborted', 7])
})

test('an overflow ends with the status diverged', () => {
  const network = mlp({ sizes: [2, 4, 1], loss: 'logistic', activation: 'identity' })
  network.parameters.fill(1e3)
  const wild = domains.map(({ inputs, targets }) => ({
    inputs: inputs.map((row) => row.map((v) => v * 1e155)),
    targets,
  }))
  const { status, checkpoint } = trainAcrossDomains(network, wild, { method: 'hgp', steps: 5 })
  expect([status, checkpoint.step]).toEqual(['diverged', 1])
  // The gradient is finite, its square in float32 is not.
  const large = domains.map(({ inputs, targets }) => ({
    inputs: inputs.map((row) => row.map((v) => v * 1e24)),
    targets,
  }))
  for (const method of ['diagonal', 'fish', 'iga'] as const)
    expect(trainAcrossDomains([2, 4, 1], large, { method, steps: 5 }).status).toBe('diverged')
})
