// A state that is refused leaves the optimizer as it was.
import { AdamW, type OptimizerState, type ParameterState } from '@opt/optimizers'
import type { TfOptimizerState } from '../src/index.ts'
import { cpu, TfOptimizer, tf } from './setting.ts'

beforeAll(cpu)

type Saved = TfOptimizerState & { optimizer: OptimizerState }
type Damage = (state: Saved) => unknown

const base64 = (...numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64')
/** A change of the second parameter, [1, 2], of two. */
const second =
  (change: (parameter: ParameterState) => object): Damage =>
  (state) => {
    const [first, parameter] = state.optimizer.parameters
    return { ...state, optimizer: { ...state.optimizer, parameters: [first, { ...parameter, ...change(parameter) }] } }
  }
const array = (name: string, text: unknown): Damage => second(({ arrays }) => ({ arrays: { ...arrays, [name]: text } }))
const optimizerOf =
  (change: (optimizer: OptimizerState) => object): Damage =>
  (state) => ({ ...state, optimizer: { ...state.optimizer, ...change(state.optimizer) } })

/** Refused by any optimizer. */
const NONSENSE: [string, Damage, string][] = [
  ['nothing', () => undefined, 'state must be what state() returned, got undefined'],
  ['a list', (state) => [state], 'state must be what state() returned, got an array'],
  ['negative iterations', (state) => ({ ...state, iterations: -1 }), 'state must be what state() returned'],
  ['iterations alone', (state) => ({ ...state, optimizer: null }), 'state.iterations must be 0 before the first step'],
  ['other iterations', (state) => ({ ...state, iterations: 7 }), 'state.optimizer.steps must be 7, the iterations'],
  ['no parameters', optimizerOf(() => ({ parameters: {} })), 'state.optimizer must be what state() returned'],
  ['a number for a name', optimizerOf(() => ({ optimizer: 3 })), 'state.optimizer must be what state() returned'],
  [
    'a hole',
    optimizerOf(({ parameters: [one] }) => ({ parameters: [one, undefined] })),
    'parameters[1] must be a record',
  ],
  [
    'twins',
    optimizerOf(({ parameters: [one] }) => ({ parameters: [one, one] })),
    'parameters must be of different names',
  ],
  ['no name', second(() => ({ name: 1 })), 'parameters[1] must be a record with a name'],
  ['float64', second(() => ({ dtype: 'float64' })), 'parameters[1].dtype must be float32, got "float64"'],
  ['a broken shape', second(() => ({ shape: [1, 1.5] })), 'parameters[1].shape must be a list of lengths, got [1,1.5]'],
  ['a shape of holes', second(() => ({ shape: Array(2) })), 'parameters[1].shape must be a list of lengths'],
  ['steps beyond', second(() => ({ steps: 4 })), 'parameters[1].steps must be a nonnegative integer, at most 3, got 4'],
  ['no arrays', second(() => ({ arrays: null })), 'parameters[1].arrays must be a record, got null'],
  ['no base64', array('mean', '*'), 'parameters[1].arrays.mean must be base64 of 8 bytes, got "*"'],
  ['too few bytes', array('mean', base64(1)), 'parameters[1].arrays.mean must be base64 of 8 bytes, got 4 bytes'],
  ['NaN', array('mean', base64(1, NaN)), 'parameters[1].arrays.mean must be finite numbers, got NaN'],
  ['numbers of holes', second(() => ({ numbers: [] })), 'parameters[1].numbers must be a record'],
]

/** Refused by this one, of these variables. */
const UNFIT: [string, Damage, string][] = [
  [
    'another optimizer',
    optimizerOf(() => ({ optimizer: 'Lion' })),
    'AdamW.load: state.optimizer must be "AdamW", got "Lion"',
  ],
  [
    'no variable of ours',
    optimizerOf(({ parameters }) => ({ parameters: parameters.map((p) => ({ ...p, name: `of ${p.name}` })) })),
    'TfOptimizer: variables must be those of the loaded state',
  ],
  ['another shape', second(() => ({ shape: [1, 2] })), '.shape must be [2], got [1,2]'],
  ['other arrays', array('velocity', base64(1, 1)), '.arrays must be mean, meanSquare, got mean, meanSquare, velocity'],
  ['a negative square', array('meanSquare', base64(1, -1)), '.meanSquare[1] must be a nonnegative number, got -1'],
]

let count = 0
/** Two variables, and what steps on them. */
function setting() {
  const names = ['a', 'b'].map((part) => `load${count}/${part}`)
  count++
  const [a, b] = [tf.variable(tf.scalar(1), true, names[0]), tf.variable(tf.tensor1d([1, 2]), true, names[1])]
  const step = (optimizer: TfOptimizer, k: number) =>
    optimizer.applyGradients({ [names[0]]: tf.scalar(k - 2.5), [names[1]]: tf.tensor1d([0.5, k]) })
  const start = () => {
    a.assign(tf.scalar(1))
    b.assign(tf.tensor1d([1, 2]))
    return new TfOptimizer((p) => new AdamW(p, { learningRate: 0.1 }))
  }
  return { start, step, values: () => [...a.dataSync(), ...b.dataSync()] }
}

describe('a state is loaded as a whole or not at all', () => {
  const { start, step, values } = setting()
  const whole: number[][] = []
  let saved: TfOptimizerState
  beforeAll(() => {
    const optimizer = start()
    for (let k = 0; k < 6; k++) {
      step(optimizer, k)
      whole.push(values())
      if (k === 2) saved = optimizer.state()
    }
  })

  const weights = (state: unknown) => [
    { name: 'optimizer/state', tensor: tf.scalar(JSON.stringify(state) ?? 'undefined', 'string') },
  ]

  test.each([...NONSENSE, ...UNFIT])('by one that has stepped: %s', async (_, damage, message) => {
    const optimizer = start()
    for (let k = 0; k < 6; k++) {
      if (k === 3) {
        const damaged = damage(JSON.parse(JSON.stringify(saved)))
        expect(() => optimizer.load(damaged as TfOptimizerState)).toThrow(message)
        await expect(optimizer.setWeights(weights(damaged))).rejects.toThrow(/must be/)
        expect(optimizer.state()).toEqual(saved)
        expect(optimizer.iterations).toBe(3)
      }
      step(optimizer, k)
      expect(values()).toEqual(whole[k])
    }
  })

  test.each(NONSENSE)('by a new one: %s', async (_, damage, message) => {
    const optimizer = start()
    const damaged = damage(JSON.parse(JSON.stringify(saved)))
    expect(() => optimizer.load(damaged as TfOptimizerState)).toThrow(message)
    await expect(optimizer.setWeights(weights(damaged))).rejects.toThrow(/must be/)
    step(optimizer, 0)
    expect(values()).toEqual(whole[0])
  })

  test.each(UNFIT)('by a new one, at the step: %s', (_, damage, message) => {
    const optimizer = start()
    optimizer.load(damage(JSON.parse(JSON.stringify(saved))) as TfOptimizerState)
    const before = [values(), optimizer.state()]
    expect(() => step(optimizer, 3)).toThrow(message)
    expect([values(), optimizer.state()]).toEqual(before)
    optimizer.load(saved)
    expect(optimizer.state()).toEqual(saved)
  })

  test('a good one by one that has stepped', () => {
    const optimizer = start()
    for (let k = 0; k < 6; k++) {
      if (k === 5) optimizer.load(saved)
      if (k < 3 || k === 5) step(optimizer, k)
    }
    expect(optimizer.iterations).toBe(4)
  })
})
