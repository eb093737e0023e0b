import { random } from '@opt/core'
import { DataSampler, PathSampler, Supernet, trainSupernet } from '../src/index.ts'

const problem = () => {
  const rng = random(5)
  const inputs = Array.from({ length: 40 }, () => [rng.normal(), rng.normal(), rng.normal()])
  return { inputs, labels: inputs.map(([a, b]) => (a * b > 0 ? 1 : 0)) }
}
const net = (seed = 1, dtype: 'float32' | 'float64' = 'float32') =>
  new Supernet({ inputs: 3, classes: 2, channels: 5, seed, dtype })
const options = { epochs: 4, batchSize: 8, seed: 3 }

const samplings = [
  {},
  { path: 'per-edge' },
  { path: 'table', weights: true },
  { data: false, bias: [0, 0, 0.5, 0.5, 0] },
  { method: 'spos' },
  { method: 'fairnas' },
] as const

test.each(samplings)('training with %j goes on from any step to the same bits', (sampling) => {
  const whole = net()
  trainSupernet(whole, problem(), { ...options, ...sampling })
  for (const steps of [1, 3, 5, 7, 12]) {
    const first = net()
    const { checkpoint, status } = trainSupernet(first, problem(), {
      ...options,
      ...sampling,
      reportEvery: 1,
      maxIterations: steps,
    })
    expect(status).toBe('max-iterations')
    const next = net(99)
    const resume = JSON.parse(JSON.stringify(checkpoint))
    expect(trainSupernet(next, problem(), { ...options, ...sampling, resume }).status).toBe('completed')
    expect(next.state()).toEqual(whole.state())
  }
})

test('states of another problem are refused, and nothing changes', () => {
  const { checkpoint } = trainSupernet(net(), problem(), { ...options, maxIterations: 2 })
  const target = net(7)
  const before = target.state()
  const bad: [string, unknown][] = [
    ['resume must be', 3],
    ['resume.epoch must be', { ...checkpoint, epoch: 9 }],
    ['resume.step must be', { ...checkpoint, step: 6 }],
    ['resume.order', { ...checkpoint, order: [1, 2] }],
    ['resume.order[0]', { ...checkpoint, order: Array(40).fill(40) }],
    ['resume.sums', { ...checkpoint, sums: [Infinity, 0] }],
    ['resume.velocity', { ...checkpoint, velocity: [1] }],
    ['state.averages', { ...checkpoint, paths: {} }],
    ['state.probabilities', { ...checkpoint, data: { ...checkpoint.data, probabilities: Array(40).fill(1) } }],
    ['state.parameters', { ...checkpoint, network: { parameters: { 'stem.W': [1] } } }],
    ['state.parameters must be of this network', { ...checkpoint, network: { parameters: { other: [1] } } }],
  ]
  for (const [message, resume] of bad)
    expect(() => trainSupernet(target, problem(), { ...options, resume: resume as never })).toThrow(message)
  expect(target.state()).toEqual(before)
})

test('samplers load what they saved', () => {
  const rng = random(2)
  const first = new PathSampler({ choices: [3, 3], mode: 'per-edge' })
  const data = new DataSampler(6)
  for (let k = 0; k < 10; k++) {
    const path = first.sample(rng)
    first.record(path, [rng.uniform(), rng.uniform()])
    data.record([k % 6, 2], [rng.uniform(), rng.uniform()])
    if (k === 6) {
      first.endEpoch(0.5)
      data.endEpoch(0.5)
    }
  }
  const second = new PathSampler({ choices: [3, 3], mode: 'per-edge' })
  second.load(JSON.parse(JSON.stringify(first.state())))
  const other = new DataSampler(6)
  other.load(JSON.parse(JSON.stringify(data.state())))
  for (const sampler of [first, second]) sampler.endEpoch(0.7)
  for (const sampler of [data, other]) sampler.endEpoch(0.7)
  expect(second.state()).toEqual(first.state())
  expect(other.state()).toEqual(data.state())
  expect([...other.draw(random(1))]).toEqual([...data.draw(random(1))])
  expect(() => new PathSampler({ choices: [3, 3, 3], mode: 'per-edge' }).load(first.state())).toThrow('3 arrays')
  expect(() => new DataSampler(5).load(data.state())).toThrow('DataSampler.load: state.averages must be of length 5')
})
