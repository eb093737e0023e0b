import { Adam } from '@opt/optimizers'
import { accuracy, type Checkpoint, confusion, type DenseNetwork, mlp, predictedClass, train } from '../src/index.ts'

// Cases made for this test: states and numbers that nothing here has written, each refused before anything changes.

const copy = <T>(x: T): T => JSON.parse(JSON.stringify(x))
const base64 = (...values: number[]) => btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer)))
const data = { inputs: Float64Array.of(0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8), targets: [0, 1, 2, 1] }
const start = () => {
  const network = mlp({ sizes: [2, 4, 3], batchNorm: true, seed: 1 })
  return { network, optimizer: new Adam(network.parameters) }
}
type Pair = ReturnType<typeof start>
const go = ({ network, optimizer }: Pair, more: { steps?: number; resume?: Checkpoint } = {}) =>
  train(network, data, { optimizer, steps: 6, batchSize: 2, ...more })

const checkpoint = copy(go(start(), { steps: 3 }).checkpoint)
const spoil = (change: (c: Checkpoint) => unknown) => {
  const spoiled = copy(checkpoint)
  change(spoiled)
  return spoiled
}
type Adams = ReturnType<Adam['state']>
const adam = (c: Checkpoint) => c.optimizer as Adams

describe('a checkpoint is restored as a whole or not at all', () => {
  test.each<[string, (c: Checkpoint) => unknown, RegExp]>([
    ['an order of null', (c) => (c.order = [null, null, null, null] as never), /resume\.order\[0\] must be an integer/],
    ['an order with an example twice', (c) => (c.order = [0, 1, 1, 3]), /resume\.order\[2\] must be .*got 1 again/],
    ['an order with one too many', (c) => (c.order = [0, 1, 2, 4]), /resume\.order\[3\] must be/],
    ['an order of halves', (c) => (c.order = [0.5, 1, 2, 3]), /resume\.order\[0\] must be/],
    ['no order', (c) => (c.order = undefined as never), /resume\.order must be an array, got undefined/],
    ['steps below zero', (c) => (c.step = -1), /resume\.step must be/],
    ['a generator of zeros', (c) => (c.random.generator = [0, 0, 0, 0]), /resume\.random must be/],
    ['no generator', (c) => (c.random = null as never), /resume\.random must be/],
    ['a damaged network', (c) => (c.network.parameters = 'AAAA'), /load: state\.parameters must be base64/],
    ['a negative variance', (c) => (c.network.statistics[1] = base64(1, 1, -1, 1)), /statistics\[1\]\[2\] must be/],
    ['a mean of NaN', (c) => (c.network.statistics[0] = base64(0, 0, 0, NaN)), /statistics\[0\]\[3\] must be/],
    ['statistics too many', (c) => c.network.statistics.push('AAAA'), /state\.statistics must be an array of length 2/],
    ['statistics that are none', (c) => (c.network.statistics = 'AA' as never), /state\.statistics must be an array/],
    ['other sizes', (c) => (c.network.sizes = ['2', 4, 3] as never), /state\.sizes must be \[2,4,3\]/],
    ['no optimizer', (c) => (c.optimizer = null), /resume\.optimizer must be/],
    ['no network', (c) => (c.network = null as never), /load: state must be/],
    [
      'a negative mean of squares',
      (c) => (adam(c).parameters[0].arrays.meanSquare = base64(...new Array(35).fill(-1))),
      /meanSquare\[0\] must be a nonnegative number, got -1/,
    ],
  ])('%s', (_, change, message) => {
    const [refused, untouched] = [start(), start()]
    for (const pair of [refused, untouched]) go(pair, { steps: 2 })
    expect(() => go(refused, { resume: spoil(change) })).toThrow(message)
    // It goes on as one that was never given such a thing.
    const [ours, theirs] = [refused, untouched].map((pair) => go(pair))
    expect(ours.checkpoint).toEqual(theirs.checkpoint)
  })

  test('whole, it is', () => {
    const pair = start()
    expect(go(pair, { resume: checkpoint }).checkpoint).toEqual(go(start()).checkpoint)
  })
})

test('a network that is refused a state goes on to the same bits', () => {
  const [one, other] = [start().network, start().network]
  expect(() => one.load({ ...one.state(), statistics: [base64(0, 0, 0, 0), base64(1, 1, 1, -1e-9)] })).toThrow(
    'load: state.statistics[1][3] must be a nonnegative number, a variance, got -1e-9',
  )
  expect(one.state()).toEqual(other.state())
})

test('a batch whose variance is beyond all doubles is no batch to learn from', () => {
  const { network } = start()
  const wild = { inputs: data.inputs.map((x) => x * 1e200), targets: data.targets }
  const before = network.state()
  expect(network.loss(wild.inputs, wild.targets)).toBeNaN()
  expect(() => network.updateStatistics()).toThrow(
    'updateStatistics must be called after a batch of finite statistics, got others',
  )
  const { status } = train(network, wild, { optimizer: new Adam(network.parameters), steps: 3, batchSize: 4 })
  expect(status).toBe('diverged')
  expect(network.state()).toEqual(before)
})

test('a gradient whose square is beyond all doubles has no norm', () => {
  const network = mlp({ sizes: [2, 3], seed: 1 })
  expect(() => network.perExampleGradientNorms([1, 2, 1e200, -1e200], [0, 1])).toThrow(
    'inputs[1] must be an example whose squared gradient is finite, got NaN',
  )
})

describe('outputs that are NaN speak for no class', () => {
  const cases: [string, () => unknown, string][] = [
    ['accuracy', () => accuracy([NaN, NaN, NaN, NaN], [0, 0], 2), 'accuracy: outputs[0] must be a number, got NaN'],
    ['accuracy, one of many', () => accuracy([1, 2, 3, NaN], [1, 0], 2), 'accuracy: outputs[3] must be'],
    ['accuracy of one output', () => accuracy([1, NaN], [1, 0], 1), 'accuracy: outputs[1] must be'],
    ['confusion', () => confusion([1, NaN, 2, 3], [0, 0], 2), 'confusion: outputs[1] must be a number, got NaN'],
    ['predictedClass', () => predictedClass([0, 1, NaN, 2], 1, 2), 'predictedClass: outputs[2] must be a number'],
    ['a row that is not there', () => predictedClass([0, 1], 1, 2), 'outputs[2] must be a number, got undefined'],
    ['a label of NaN', () => accuracy([1, 2, 3, 4], [0, NaN], 2), 'accuracy: labels[1] must be a class from 0 to 1'],
    ['a label of 1e7', () => accuracy([1, 2, 3, 4], [0, 1e7], 2), 'accuracy: labels[1] must be a class from 0 to 1'],
    ['a table beyond memory', () => confusion(new Float64Array(1e5), [0], 1e5), 'confusion: classes must be'],
  ]
  test.each(cases)('%s', (_, call, message) => expect(call).toThrow(message))

  test('infinite ones do; a hundred thousand classes need no table', () => {
    expect(accuracy([-Infinity, 0, Infinity, 0], [1, 0], 2)).toBe(1)
    const outputs = new Float64Array(1e5)
    outputs[77_777] = 1
    expect(accuracy(outputs, [77_777], 1e5)).toBe(1)
  })
})

test.each<[string, (network: DenseNetwork) => unknown, string]>([
  ['evaluate', (network) => train(network, data, { ...opt(network), evaluate: 1 as never }), 'train: evaluate must be'],
  ['onBatch', (network) => train(network, data, { ...opt(network), onBatch: {} as never }), 'train: onBatch must be'],
  ['options', (network) => train(network, data, undefined as never), 'train: optimizer must be'],
])('train refuses %s that is none, before anything changes', (_, call, message) => {
  const { network } = start()
  const before = network.state()
  expect(() => call(network)).toThrow(message)
  expect(network.state()).toEqual(before)
})

function opt(network: DenseNetwork) {
  return { optimizer: new Adam(network.parameters), steps: 1 }
}
