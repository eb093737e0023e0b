// Every optimizer of @opt takes the same steps inside TensorFlow.js as by itself, bit for bit.
import { AdaHessian } from '@opt/adahessian'
import { AdamP, SGDP } from '@opt/adamp'
import { DiffGrad } from '@opt/diffgrad'
import { huber, Lion, LionK } from '@opt/lion'
import { Adagrad, Adam, AdamW, cosineDecay, RMSProp, SGD } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import ndarray from 'ndarray'
import type { CreateOptimizer } from '../src/index.ts'
import { cpu, problem, TfOptimizer, tf, valuesOf } from './setting.ts'

beforeAll(cpu)

const learningRate = 0.02
const OPTIMIZERS: Record<string, CreateOptimizer> = {
  SGD: (p) => new SGD(p, { learningRate, momentum: 0.9, nesterov: true }),
  Adam: (p) => new Adam(p, { learningRate, l2: 0.01 }),
  AdamW: (p) => new AdamW(p, { learningRate, weightDecay: 0.1 }),
  AMSGrad: (p) => new AdamW(p, { learningRate, amsgrad: true }),
  RMSProp: (p) => new RMSProp(p, { learningRate, centered: true }),
  Adagrad: (p) => new Adagrad(p, { learningRate }),
  Lion: (p) => new Lion(p, { learningRate, weightDecay: 0.1 }),
  LionK: (p) => new LionK(p, { learningRate, kernel: huber(0.1) }),
  AdamP: (p) => new AdamP(p, { learningRate }),
  SGDP: (p) => new SGDP(p, { learningRate, momentum: 0.9 }),
  DiffGrad: (p) => new DiffGrad(p, { learningRate }),
  StableSPAM: (p) => new StableSPAM(p, { learningRate, resetEvery: 5 }),
  'a schedule and groups': (p) =>
    new AdamW(p, {
      learningRate: cosineDecay(0.1, 12),
      groups: [{ parameters: Object.keys(p).filter((name) => name.endsWith('bias')), weightDecay: 0 }],
    }),
}

/** The same steps with gradients by TensorFlow.js, the optimizer by itself on arrays of its own. */
function alone(name: string, create: CreateOptimizer, steps: number) {
  const { variables, loss } = problem(name)
  const parameters = Object.fromEntries(variables.map((v) => [v.name, Float32Array.from(v.dataSync())]))
  const optimizer = create(parameters, Object.fromEntries(variables.map((v) => [v.name, v.shape])))
  for (let k = 0; k < steps; k++) {
    const { grads, value } = tf.variableGrads(loss, variables)
    const gradients = Object.fromEntries(variables.map((v) => [v.name, grads[v.name]!.dataSync<'float32'>()]))
    optimizer.step(gradients)
    for (const v of variables) v.assign(tf.tensor(parameters[v.name]!.slice(), v.shape))
    tf.dispose([grads, value])
  }
  return valuesOf(variables)
}

describe.each(Object.entries(OPTIMIZERS))('%s', (name, create) => {
  test('minimize, minimizeAsync, lists and records of gradients: the same bits', async () => {
    const expected = alone(`${name}-alone`, create, 12)
    const listed = problem(`${name}-listed`)
    const optimizer = new TfOptimizer(create)
    for (let k = 0; k < 12; k++) optimizer.minimize(listed.loss, false, listed.variables)
    expect(valuesOf(listed.variables)).toEqual(expected)
    expect(optimizer.iterations).toBe(12)

    const awaited = problem(`${name}-awaited`)
    const patient = new TfOptimizer(create)
    for (let k = 0; k < 12; k++) await patient.minimizeAsync(awaited.loss, false, awaited.variables)
    expect(valuesOf(awaited.variables)).toEqual(expected)

    const applied = problem(`${name}-applied`)
    const other = new TfOptimizer(create)
    for (let k = 0; k < 12; k++) {
      const { grads, value } = other.computeGradients(applied.loss, applied.variables)
      if (k % 2 === 0) other.applyGradients(grads)
      else other.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
      tf.dispose([grads, value])
    }
    expect(valuesOf(applied.variables)).toEqual(expected)
  })
})

test('minimize without a list takes every trainable variable that the loss depends on', () => {
  const { variables, loss } = problem('all')
  const still = tf.variable(tf.scalar(1), false, 'all/still')
  const other = tf.variable(tf.scalar(2), true, 'all/other')
  const before = valuesOf(variables)
  const optimizer = new TfOptimizer(OPTIMIZERS.AdamW!)
  expect(optimizer.minimize(() => loss().mul(still) as tf.Scalar)).toBeNull()
  const cost = optimizer.minimize(() => loss().mul(still) as tf.Scalar, true)
  expect(cost!.dataSync()[0]).toBeGreaterThan(0)
  valuesOf(variables).forEach((values, k) => expect(values).not.toEqual(before[k]))
  expect([still.dataSync()[0], other.dataSync()[0]]).toEqual([1, 2])
  expect(optimizer.state().optimizer!.parameters.map(({ name }) => name)).toEqual(variables.map(({ name }) => name))
})

test('what a model holds between steps is what the next step starts from', () => {
  const w = tf.variable(tf.tensor1d([1, 2]), true, 'outside')
  const optimizer = new TfOptimizer((p) => new SGD(p, { learningRate: 0.5 }))
  const loss = () => w.sum() as tf.Scalar
  optimizer.minimize(loss)
  w.assign(tf.tensor1d([10, 20]))
  optimizer.minimize(loss)
  expect([...w.dataSync()]).toEqual([9.5, 19.5])
})

test('a clone of a variable does not change with later steps', () => {
  const w = tf.variable(tf.tensor1d([1, 2]), true, 'cloned')
  const optimizer = new TfOptimizer((p) => new SGD(p, { learningRate: 0.5 }))
  optimizer.minimize(() => w.sum() as tf.Scalar)
  const clone = w.clone()
  optimizer.minimize(() => w.sum() as tf.Scalar)
  expect([...clone.dataSync(), ...w.dataSync()]).toEqual([0.5, 1.5, 0, 1])
})

test('ndarrays on the arrays, also transposed: AdamP sees outputs first, as its paper has them', () => {
  const kernel = tf.variable(tf.randomNormal([5, 4], 0, 1, 'float32', 7), true, 'transposed/kernel')
  const inputs = tf.randomNormal([6, 5], 0, 1, 'float32', 8)
  // Scale-invariant in each output's weights.
  const loss = () =>
    tf.tidy(() => {
      const unit = kernel.div(kernel.square().sum(0, true).sqrt()) as tf.Tensor2D
      return tf
        .matMul(inputs as tf.Tensor2D, unit)
        .sub(0.7)
        .square()
        .mean()
    }) as tf.Scalar
  const rows = new Float32Array(20)
  const start = kernel.dataSync()
  for (let i = 0; i < 5; i++) for (let o = 0; o < 4; o++) rows[o * 5 + i] = start[i * 4 + o]!
  const alone = new AdamP(ndarray(rows, [4, 5]), { learningRate: 0.05 })
  const plain = new AdamP(Float32Array.from(start), { learningRate: 0.05 })
  const optimizer = new TfOptimizer(
    (parameters, shapes) =>
      new AdamP(
        Object.fromEntries(
          Object.entries(parameters).map(([name, array]) => [
            name,
            ndarray(array, shapes[name]!.slice()).transpose(1, 0),
          ]),
        ),
        { learningRate: 0.05 },
      ),
  )
  for (let k = 0; k < 10; k++) {
    const { grads, value } = optimizer.computeGradients(loss, [kernel])
    const g = grads['transposed/kernel']!.dataSync<'float32'>()
    const transposed = new Float32Array(20)
    for (let i = 0; i < 5; i++) for (let o = 0; o < 4; o++) transposed[o * 5 + i] = g[i * 4 + o]!
    alone.step(transposed)
    plain.step(g)
    optimizer.applyGradients(grads)
    tf.dispose([grads, value])
  }
  const end = kernel.dataSync()
  for (let i = 0; i < 5; i++) for (let o = 0; o < 4; o++) expect(end[i * 4 + o]).toBe(rows[o * 5 + i])
  expect([...end]).not.toEqual([...plain.parameters])
})

test('AdaHessian, which wants Hessian-vector products, is refused', () => {
  const { variables, loss } = problem('hessian')
  const before = valuesOf(variables)
  const optimizer = new TfOptimizer((p) => new AdaHessian(p))
  expect(() => optimizer.minimize(loss)).toThrow(
    'TfOptimizer: create must be a function that returns an optimizer whose step takes gradients alone, got AdaHessian',
  )
  expect(valuesOf(variables)).toEqual(before)
  expect(optimizer.iterations).toBe(0)
})
