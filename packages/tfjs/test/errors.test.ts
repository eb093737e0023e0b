import { AdamW, SGD } from '@opt/optimizers'
import type { CreateOptimizer, StepOptimizer } from '../src/index.ts'
import { cpu, problem, TfOptimizer, tf, valuesOf } from './setting.ts'

beforeAll(cpu)

const adamW: CreateOptimizer = (p) => new AdamW(p)
const variable = (values: number[], name: string) => tf.variable(tf.tensor1d(values), true, name)

/** What `work` throws, and that neither the variables nor the optimizer changed. */
function refusal(optimizer: TfOptimizer, variables: tf.Variable[], work: () => unknown): string {
  const before = [valuesOf(variables), optimizer.iterations, optimizer.state()]
  let message = ''
  try {
    work()
  } catch (error) {
    message = `${(error as Error).constructor.name} ${(error as Error).message}`
  }
  expect([valuesOf(variables), optimizer.iterations, optimizer.state()]).toEqual(before)
  return message
}

test('create is a function', () => {
  for (const create of [undefined, null, {}, new AdamW(Float32Array.of(1))])
    expect(() => new TfOptimizer(create as never)).toThrow('TfOptimizer: create must be a function of the parameters')
})

describe('create returns an optimizer of the arrays it is given', () => {
  const CASES: [string, CreateOptimizer, string][] = [
    ['nothing', () => undefined as never, 'an optimizer of @opt, got undefined'],
    ['a tf.Optimizer', () => tf.train.adam() as never, 'an optimizer of @opt, got an object'],
    [
      'one of other arrays',
      (p) => new AdamW(Object.fromEntries(Object.entries(p).map(([name, array]) => [name, array.slice()]))),
      'by their names and not resident, got AdamW with another array for "create/kernel"',
    ],
    ['a resident one', (p) => new AdamW(p, { resident: true }), 'got AdamW with another array for "create/kernel"'],
    ['one of a list', (p) => new AdamW(Object.values(p)) as never, 'got AdamW without "create/kernel"'],
    ['one of a part', (p) => new AdamW({ 'create/kernel': p['create/kernel']! }), 'got AdamW without "create/bias"'],
    [
      'one that has no state',
      (p) => ({ parameters: p, step() {} }) as unknown as StepOptimizer,
      'an optimizer of @opt',
    ],
    ['an error of its own', (p) => new AdamW(p, { learningRate: -1 }), 'AdamW: learningRate must be'],
  ]
  const { variables, loss } = problem('create')
  test.each(CASES)('%s', (_, create, message) => {
    const optimizer = new TfOptimizer(create)
    expect(refusal(optimizer, variables, () => optimizer.minimize(loss, false, variables))).toContain(message)
  })
})

describe('gradients', () => {
  const w = variable([1, 2], 'errors/w')
  const whole = tf.variable(tf.tensor1d([1, 2], 'int32'), true, 'errors/whole', 'int32')
  const g = tf.tensor1d([1, 1])
  const CASES: [string, unknown, string][] = [
    [
      'nothing',
      undefined,
      'TypeError TfOptimizer.applyGradients: gradients must be a record or a list of tensors, got undefined',
    ],
    ['none', {}, 'RangeError TfOptimizer.applyGradients: gradients must be given for one variable or more, got none'],
    ['only null', { 'errors/w': null }, 'gradients must be given for one variable or more, got none'],
    [
      'no variable',
      { 'errors/x': g },
      'applyGradients: gradients.errors/x must be that of a variable, got one of none',
    ],
    [
      'twice',
      [
        { name: 'errors/w', tensor: g },
        { name: 'errors/w', tensor: g },
      ],
      'gradients.errors/w must be given once, got twice',
    ],
    [
      'an int32 variable',
      { 'errors/whole': g },
      'TypeError TfOptimizer.applyGradients: gradients.errors/whole must be that of a float32 variable, got one of int32',
    ],
    ['an int32 gradient', { 'errors/w': g.toInt() }, 'gradients.errors/w must be a float32 tensor, got int32'],
    ['an array', { 'errors/w': [1, 1] }, 'gradients.errors/w must be a float32 tensor, got an array of length 2'],
    ['another shape', { 'errors/w': g.reshape([2, 1]) }, 'gradients.errors/w must be of shape [2], got [2,1]'],
    [
      'NaN',
      { 'errors/w': tf.tensor1d([0, NaN]) },
      'RangeError AdamW.step: gradients.errors/w[1] must be a finite number, got NaN',
    ],
    [
      'infinity',
      { 'errors/w': tf.tensor1d([-Infinity, 0]) },
      'gradients.errors/w[0] must be a finite number, got -Infinity',
    ],
  ]
  const started = new TfOptimizer(adamW)
  beforeAll(() => started.applyGradients({ 'errors/w': g }))
  test.each(CASES)('%s', (_, gradients, message) => {
    expect(refusal(started, [w, whole], () => started.applyGradients(gradients as never))).toContain(message)
  })
})

test('NaN at the first step: the second is then the first', () => {
  const [w, twin] = [variable([1, 2], 'first/w'), variable([1, 2], 'first/twin')]
  const [optimizer, other] = [new TfOptimizer(adamW), new TfOptimizer(adamW)]
  expect(() => optimizer.applyGradients({ 'first/w': tf.tensor1d([NaN, 1]) })).toThrow('gradients.first/w[0]')
  expect([[...w.dataSync()], optimizer.iterations]).toEqual([[1, 2], 0])
  optimizer.applyGradients({ 'first/w': tf.tensor1d([3, 1]) })
  other.applyGradients({ 'first/twin': tf.tensor1d([3, 1]) })
  expect([...w.dataSync()]).toEqual([...twin.dataSync()])
  expect([optimizer.iterations, optimizer.state().optimizer!.steps]).toEqual([1, 1])
})

test('a learning rate that is none, in the middle', () => {
  const w = variable([1], 'rate/w')
  const optimizer = new TfOptimizer((p) => new SGD(p, { learningRate: (step) => (step < 2 ? 0.1 : NaN) }))
  const step = () => optimizer.minimize(() => w.sum() as tf.Scalar)
  step()
  step()
  expect(refusal(optimizer, [w], step)).toContain('SGD.step: learningRate(2) must be')
})

test('a variable that was replaced by one of another shape', () => {
  const optimizer = new TfOptimizer(adamW)
  const first = variable([1, 2], 'replaced')
  optimizer.minimize(() => first.sum() as tf.Scalar)
  first.dispose()
  const second = variable([1, 2, 3], 'replaced')
  expect(refusal(optimizer, [second], () => optimizer.minimize(() => second.sum() as tf.Scalar))).toContain(
    'gradients.replaced must be that of shape [2] as before, got [3]',
  )
})

test('a variable that was disposed of does not hinder the others', () => {
  const optimizer = new TfOptimizer(adamW)
  const [a, b] = [variable([1], 'gone/a'), variable([1], 'gone/b')]
  optimizer.minimize(() => a.add(b).sum() as tf.Scalar)
  a.dispose()
  optimizer.minimize(() => b.sum() as tf.Scalar)
  expect(optimizer.state().optimizer!.parameters.map(({ steps }) => steps)).toEqual([1, 2])
})

test('steps that overlap: the second would undo the first', async () => {
  const w = variable([1, 2], 'overlap')
  const optimizer = new TfOptimizer(adamW)
  const step = () => optimizer.minimizeAsync(() => w.square().sum() as tf.Scalar)
  const [first, second] = await Promise.allSettled([step(), step()])
  expect(first.status).toBe('fulfilled')
  expect(String((second as PromiseRejectedResult).reason)).toBe(
    'Error: TfOptimizer.minimizeAsync: overlap changed during the step; await each step',
  )
  expect(optimizer.iterations).toBe(1)
})

test('a backend that reads zeros, as WebGPU does in some browsers', () => {
  const w = variable([1, 2], 'zeros')
  const optimizer = new TfOptimizer(adamW)
  const backend = tf.backend()
  const { readSync } = backend
  backend.readSync = () => new Float32Array(2)
  try {
    expect(() => optimizer.minimize(() => w.sum() as tf.Scalar)).toThrow(
      'TfOptimizer: backend must be one that reads tensors synchronously (elsewhere step by minimizeAsync), got cpu, which reads 0 for 11',
    )
  } finally {
    backend.readSync = readSync
  }
  expect([...w.dataSync()]).toEqual([1, 2])
})

test('after dispose()', () => {
  const w = variable([1], 'disposed')
  const optimizer = new TfOptimizer(adamW)
  optimizer.minimize(() => w.sum() as tf.Scalar)
  optimizer.dispose()
  optimizer.dispose()
  expect(() => optimizer.minimize(() => w.sum() as tf.Scalar)).toThrow(
    'TfOptimizer.applyGradients must be called before dispose(), got a call after it',
  )
})

describe('a state', () => {
  const w = variable([1, 2], 'state/w')
  const minimize = (optimizer: TfOptimizer) => optimizer.minimize(() => w.square().sum() as tf.Scalar)
  const saved = () => {
    const optimizer = new TfOptimizer(adamW)
    minimize(optimizer)
    return optimizer.state()
  }

  test('that is none', async () => {
    const optimizer = new TfOptimizer(adamW)
    for (const state of [
      undefined,
      null,
      3,
      {},
      { iterations: 1 },
      { ...saved(), iterations: 0.5 },
      { iterations: 1, optimizer: {} },
    ])
      expect(refusal(optimizer, [w], () => optimizer.load(state as never))).toMatch(
        /^TypeError TfOptimizer.load: state(.optimizer)? must be what state\(\) returned/,
      )
    for (const weights of [
      [],
      [{ name: 'iter', tensor: tf.scalar(3) }],
      await tf.train.adam().getWeights(),
      undefined,
      {},
      [null],
    ])
      await expect(optimizer.setWeights(weights as never)).rejects.toThrow(
        'TfOptimizer.setWeights: weights must be what getWeights() returned',
      )
  })

  test('of another optimizer, of other variables, of other shapes: refused at the step, and again', () => {
    const lion = new TfOptimizer((p) => new SGD(p))
    lion.load(saved())
    for (let k = 0; k < 2; k++)
      expect(refusal(lion, [w], () => minimize(lion))).toContain('SGD.load: state.optimizer must be "SGD", got "AdamW"')
    const other = new TfOptimizer(adamW)
    other.load(saved())
    const v = variable([1], 'state/v')
    expect(refusal(other, [v], () => other.minimize(() => v.sum() as tf.Scalar))).toBe(
      'RangeError TfOptimizer: variables must be those of the loaded state (state/w), got state/v',
    )
    const renamed = variable([1, 2, 3], 'state/w_1')
    expect(refusal(other, [renamed], () => other.minimize(() => renamed.sum() as tf.Scalar))).toContain(
      'AdamW.load: state.state/w_1.shape must be [3], got [2]',
    )
    minimize(other)
    expect(other.iterations).toBe(2)
  })

  test('of names that differ by their numbers alone is not guessed at', () => {
    const [one, two] = [variable([1], 'guess_1'), variable([1], 'guess_2')]
    const first = new TfOptimizer(adamW)
    first.minimize(() => one.add(two).sum() as tf.Scalar)
    const [three, four] = [variable([1], 'guess_3'), variable([1], 'guess_4')]
    const second = new TfOptimizer(adamW)
    second.load(first.state())
    expect(() => second.minimize(() => three.add(four).sum() as tf.Scalar)).toThrow(
      'variables must be those of the loaded state (guess_1,guess_2), got guess_3,guess_4',
    )
  })
})
