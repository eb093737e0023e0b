import { type Random, random } from '@opt/core'
import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { euclidean, type LearnMapOptions, learnMap, type MapCheckpoint } from '../src/index.ts'

const points = (count: number, rng: Random) => Array.from({ length: count }, () => [rng.normal(), rng.normal()])
const rng = random(5)
const [x, z] = [points(40, rng), points(30, rng)]
const copy = <T>(state: T): T => JSON.parse(JSON.stringify(state))

const cases: Record<string, [Parameters<typeof learnMap>[1], Parameters<typeof learnMap>[2], LearnMapOptions]> = {
  'all points': [x, z, {}],
  batches: [x, z, { batchSize: 20 }],
  'fresh points': [points, points, { batchSize: 16 }],
  'a schedule and validation': [x, z, { strength: [0, 0, 0, 0, 0, 1], validation: { x: z, z: x, every: 2 } }],
}

test.each(Object.entries(cases))('a run on %s resumes from JSON to the same bits', (_, [from, to, options]) => {
  const run = (steps: number, resume?: MapCheckpoint) => {
    const network = mlp({ sizes: [2, 8, 2], activation: 'tanh', loss: 'squared', seed: 2, batch: 40 })
    const optimizer = new Adam(network.parameters, { learningRate: 0.02 })
    return learnMap(network, from, to, { cost: euclidean(), ...options, optimizer, steps, resume })
  }
  const whole = run(12)
  const half = run(7)
  const rest = run(12, copy(half.checkpoint))
  expect(rest.network.parameters).toEqual(whole.network.parameters)
  const reports = (history: typeof whole.history) => history.map(({ iteration, ...report }) => report)
  expect([...reports(half.history), ...reports(rest.history)]).toEqual(reports(whole.history))
  expect(rest.checkpoint).toEqual(whole.checkpoint)
  expect([rest.fit, rest.gap, rest.status]).toEqual([whole.fit, whole.gap, 'completed'])
})

test('states that do not fit are refused, and nothing changes', () => {
  const make = () => mlp({ sizes: [2, 4, 2], loss: 'squared', seed: 2 })
  const { checkpoint } = learnMap(make(), x, z, { steps: 3, batchSize: 10 })
  const spoil: [string, (c: MapCheckpoint) => void][] = [
    ['resume.step', (c) => void (c.step = -1)],
    ['resume.unconverged', (c) => void (c.unconverged = 0.5)],
    ['resume.x', (c) => void (c.x = { batches: { order: [0], drawn: 0, random: random(1).state() } })],
    ['resume.loss.cross.F', (c) => c.loss.cross?.F.pop()],
    ['resume.loss', (c) => void (c.loss = 3 as never)],
    ['epsilonGap', (c) => void (c.epsilonGap = 0)],
    ['resume.optimizer', (c) => void (c.optimizer = null)],
    ['parameters', (c) => void (c.network.parameters = '')],
  ]
  for (const [message, change] of spoil) {
    const spoilt = copy(checkpoint)
    change(spoilt)
    const network = make()
    const before = network.parameters.slice()
    expect(() => learnMap(network, x, z, { steps: 4, batchSize: 10, resume: spoilt })).toThrow(message)
    expect(network.parameters).toEqual(before)
  }
})

test('a run reports its progress, can be aborted, and goes on from there', async () => {
  const make = () => mlp({ sizes: [2, 4, 2], loss: 'squared', seed: 2 })
  const controller = new AbortController()
  const network = make()
  const stopped = await learnMap.async(network, x, z, {
    steps: 9,
    signal: controller.signal,
    onProgress: ({ step }) => step === 4 && controller.abort(),
  })
  expect([stopped.status, stopped.checkpoint.step]).toEqual(['aborted', 4])
  const rest = learnMap(make(), x, z, { steps: 9, resume: copy(stopped.checkpoint) })
  const whole = learnMap(make(), x, z, { steps: 9 })
  expect(rest.network.parameters).toEqual(whole.network.parameters)
})
