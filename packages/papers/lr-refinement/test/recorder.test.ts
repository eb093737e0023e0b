// NormRecorder: every norm, every form of gradients, its place in the training loops of @opt, and its state.
import { numpy as np, tree } from '@jax-js/jax'
import { AdaHessian } from '@opt/adahessian'
import { AdamP, SGDP } from '@opt/adamp'
import { random } from '@opt/core'
import { DiffGrad } from '@opt/diffgrad'
import { applyUpdates, init, optax, oracles, ravel } from '@opt/jax'
import { Lion } from '@opt/lion'
import { mlp, train } from '@opt/nn'
import { Adagrad, Adam, AdamW, RMSProp, SGD } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import { near } from '@opt/testing'
import { TfOptimizer } from '@opt/tfjs'
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { asFunction, NormRecorder, refineSchedule } from '../src/index.ts'

const sum = (values: ArrayLike<number>, f: (v: number, i: number) => number) =>
  Array.from(values).reduce((total, v, i) => total + f(v, i), 0)

describe('norms', () => {
  const g = [3, -4, 0.5, 0]
  test('l2 and l1', () => {
    expect(new NormRecorder().record(Float64Array.from(g))).toBe(Math.sqrt(25.25))
    expect(new NormRecorder({ norm: 'l1' }).record(g)).toBe(7.5)
  })

  test('weighted l1 with the second moment of Adam itself, and with one that is passed', () => {
    const [beta2, epsilon] = [0.9, 1e-3]
    const recorder = new NormRecorder({ norm: 'weighted-l1', beta2, epsilon })
    const v = new Float64Array(4)
    const rng = random(1)
    for (let t = 1; t <= 20; t++) {
      const gradient = Float64Array.from({ length: 4 }, () => rng.normal())
      v.forEach((_, i) => {
        v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] * gradient[i]
      })
      const corrected = v.map((value) => value / (1 - beta2 ** t))
      const expected = sum(gradient, (value, i) => (value * value) / (Math.sqrt(corrected[i]) + epsilon))
      near(recorder.record(gradient), expected, { relative: 1e-12 })
      const passed = new NormRecorder({ norm: 'weighted-l1', epsilon })
      near(passed.record({ a: gradient }, { a: corrected }), expected, { relative: 1e-12 })
      expect(passed.state().moments).toEqual([])
    }
    expect(recorder.length).toBe(20)
  })

  test('a constant gradient has a constant weighted norm: no warm-up is made of the moment of Adam', () => {
    const recorder = new NormRecorder({ norm: 'weighted-l1' })
    for (let t = 0; t < 50; t++) recorder.record([2, -1])
    near(recorder.norms, new Float64Array(50).fill(3), { relative: 1e-7 })
  })

  test('neither over- nor underflow of the squares', () => {
    for (const scale of [1e-320, 1e-300, 1e-200, 1e-150, 1, 1e150, 1e200, 1e307]) {
      const recorder = new NormRecorder()
      near(recorder.record([3 * scale, 4 * scale]), 5 * scale, { relative: scale < 1e-310 ? 1e-3 : 1e-14 })
    }
  })

  test('structures: a list, a record, ndarrays of any strides, null for none; the same numbers give the same norm', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 6, maxLength: 6 }),
        fc.constantFrom('l2', 'l1', 'weighted-l1') as fc.Arbitrary<'l2' | 'l1' | 'weighted-l1'>,
        (values, norm) => {
          const flat = Float64Array.from(values)
          const record = (gradients: Parameters<NormRecorder['record']>[0]) =>
            new NormRecorder({ norm }).record(gradients)
          const expected = record(flat)
          const strided = new Float64Array(12).map((_, i) => (i % 2 === 0 ? values[i / 2] : Number.NaN))
          const transposed = Float64Array.from([0, 3, 1, 4, 2, 5], (i) => values[i])
          for (const form of [
            values,
            Object.freeze(values.slice()),
            [flat.subarray(0, 2), null, flat.subarray(2)],
            { weight: flat.subarray(0, 3), frozen: null, bias: values.slice(3) },
            ndarray(flat, [2, 3]),
            ndarray(strided, [6], [2], 0),
            ndarray(flat.slice().reverse(), [6], [-1], 5),
            ndarray(transposed, [3, 2]).transpose(1, 0),
          ])
            expect(record(form)).toBe(expected)
          const single = Float32Array.from(values)
          expect(record(single)).toBe(record(Float64Array.from(single)))
        },
      ),
      { numRuns: 300, seed: 1 },
    )
  })

  test('refuses what is no gradient by name and place, and records nothing', () => {
    const recorder = new NormRecorder()
    const record = (gradients: unknown) => () => recorder.record(gradients as never)
    expect(record(Float32Array.of(1, Number.NaN))).toThrow(
      'NormRecorder.record: gradients[1] must be a finite number, got NaN',
    )
    expect(record({ weight: Float64Array.of(1), bias: [1, Infinity] })).toThrow(
      'NormRecorder.record: gradients.bias[1] must be a finite number, got Infinity',
    )
    expect(record({ weight: 'x' })).toThrow('NormRecorder.record: gradients.weight must be an array')
    expect(record(null)).toThrow('NormRecorder.record: gradients must be an array, a list or a record')
    expect(record([null])).toThrow('at least one gradient')
    expect(record([])).toThrow('at least one gradient')
    expect(record({ a: new Float64Array(0) })).toThrow('NormRecorder.record: gradients.a must be nonempty')
    expect(record(new Float64Array(9).fill(1e308))).toThrow('NormRecorder.record: gradients must be of finite norm')
    expect(() => recorder.record([1], [1])).toThrow("secondMoment must be left out for the norm 'l2'")
    const weighted = new NormRecorder({ norm: 'weighted-l1' })
    weighted.record({ a: [1, 2] })
    expect(() => weighted.record({ a: [1, 2, 3] })).toThrow('gradients.a must be of length 2 as before, got length 3')
    expect(() => weighted.record({ a: [1, 2] }, { b: [1] })).toThrow('secondMoment.b must be of length 2')
    expect(() => weighted.record({ a: [1e200], b: [1] })).toThrow('length 2 as before')
    expect(() => weighted.record({ c: [1e200] })).toThrow('of finite norm')
    expect([recorder.length, weighted.length, weighted.state().moments.length]).toEqual([0, 1, 1])
    expect(() => new NormRecorder({ norm: 'l3' as never })).toThrow("norm must be 'l2', 'l1' or 'weighted-l1'")
    expect(() => recorder.watch({} as never)).toThrow(
      'NormRecorder.watch: optimizer must be an object with a method step',
    )
  })

  test('a recorder that was saved and loaded goes on to the same bits', () => {
    for (const norm of ['l2', 'l1', 'weighted-l1'] as const) {
      const rng = random(3)
      const gradients = Array.from({ length: 150 }, () => ({ a: [rng.normal(), rng.normal()], b: [rng.normal()] }))
      const whole = new NormRecorder({ norm })
      const first = new NormRecorder({ norm })
      for (const g of gradients) whole.record(g)
      for (const g of gradients.slice(0, 70)) first.record(g)
      const second = new NormRecorder({ norm })
      second.load(JSON.parse(JSON.stringify(first.state())))
      for (const g of gradients.slice(70)) second.record(g)
      expect(second.norms).toEqual(whole.norms)
      expect(second.state()).toEqual(whole.state())
    }
    const recorder = new NormRecorder()
    recorder.record([1])
    const state = recorder.state()
    expect(() => new NormRecorder({ norm: 'l1' }).load(state)).toThrow('state.norm must be \'l1\', got "l2"')
    expect(() => recorder.load({ ...state, length: 2 })).toThrow('state.norms must be base64 of 16 bytes')
    expect([...recorder.norms]).toEqual([1])
  })
})

describe('in the training loops of @opt', () => {
  const start = () => ({ weight: ndarray(Float64Array.of(3, -2, 1, 2), [2, 2]), bias: Float64Array.of(1) })
  type Parameters = ReturnType<typeof start>
  const OPTIMIZERS: Record<string, (p: Parameters) => { step(g: Parameters, ...more: never[]): unknown }> = {
    SGD: (p) => new SGD(p, { learningRate: 0.1 }),
    Adam: (p) => new Adam(p),
    AdamW: (p) => new AdamW(p),
    RMSProp: (p) => new RMSProp(p),
    Adagrad: (p) => new Adagrad(p),
    Lion: (p) => new Lion(p),
    AdamP: (p) => new AdamP(p),
    SGDP: (p) => new SGDP(p),
    DiffGrad: (p) => new DiffGrad(p),
    StableSPAM: (p) => new StableSPAM(p),
    AdaHessian: (p) => new AdaHessian(p, { learningRate: 0.1 }),
  }

  test.each(Object.entries(OPTIMIZERS))('%s: the norm of each step, the same steps as without', (name, create) => {
    const recorder = new NormRecorder()
    const [watched, alone] = [start(), start()]
    const [optimizer, other] = [recorder.watch(create(watched)), create(alone)]
    const expected: number[] = []
    // The gradient of |x|^2 / 2 is x, and its Hessian times z is z.
    const more = (name === 'AdaHessian' ? [(z: unknown) => z] : []) as never[]
    for (let t = 0; t < 5; t++) {
      expected.push(Math.sqrt(sum(watched.weight.data, (v) => v * v) + watched.bias[0] * watched.bias[0]))
      optimizer.step({ weight: ndarray(watched.weight.data.slice(), [2, 2]), bias: watched.bias.slice() }, ...more)
      other.step({ weight: ndarray(alone.weight.data.slice(), [2, 2]), bias: alone.bias.slice() }, ...more)
    }
    near(recorder.norms, expected, { relative: 1e-14 })
    expect(watched.weight.data).toEqual(alone.weight.data)
    expect(watched.bias).toEqual(alone.bias)
  })

  test('a refused step is not recorded', () => {
    const recorder = new NormRecorder()
    const optimizer = recorder.watch(new Adam(Float64Array.of(1)))
    expect(() => optimizer.step(Float64Array.of(Number.NaN))).toThrow('Adam.step')
    expect(recorder.length).toBe(0)
  })

  test('train of @opt/nn: record one run, refine, and train on the schedule', () => {
    const rng = random(0)
    const inputs = Float64Array.from({ length: 400 }, () => rng.normal())
    const targets = Int32Array.from({ length: 100 }, (_, i) => (inputs[4 * i] + rng.normal() > 0 ? 1 : 0))
    const network = mlp({ sizes: [4, 2], seed: 0 })
    const recorder = new NormRecorder()
    const optimizer = recorder.watch(new SGD(network.parameters, { learningRate: (t) => 0.5 * (1 - t / 200) }))
    train(network, { inputs, targets }, { optimizer, steps: 200, batchSize: 10 })
    expect(recorder.length).toBe(200)
    const { values } = refineSchedule(recorder.norms)
    const second = mlp({ sizes: [4, 2], seed: 0 })
    const seen: number[] = []
    const rate = asFunction(values, 0.5)
    const learningRate = (step: number) => {
      seen.push(step)
      return rate(step)
    }
    const { status } = train(
      second,
      { inputs, targets },
      { optimizer: new SGD(second.parameters, { learningRate }), steps: 200, batchSize: 10 },
    )
    expect(status).toBe('completed')
    // The optimizers count steps from 0, as the schedule does.
    expect([seen[0], seen.at(-1), seen.length]).toEqual([0, 199, 200])
  })

  test('TfOptimizer of @opt/tfjs', async () => {
    tf.env().set('IS_TEST', true)
    await tf.setBackend('cpu')
    const x = tf.variable(tf.tensor1d([3, -4]))
    const recorder = new NormRecorder()
    const optimizer = new TfOptimizer((parameters) => recorder.watch(new SGD(parameters, { learningRate: 0.5 })))
    for (let t = 0; t < 4; t++) optimizer.minimize(() => x.square().sum().div(2) as tf.Scalar)
    near(recorder.norms, [5, 2.5, 1.25, 0.625], { relative: 1e-6 })
  })

  test('the oracles and optax of @opt/jax', async () => {
    await init('cpu')
    const params = () => ({ w: np.array(Float32Array.of(3)), b: np.array(Float32Array.of(-4)) })
    const loss = ({ w, b }: ReturnType<typeof params>) => np.square(w).sum().add(np.square(b).sum()).mul(0.5)
    const f = oracles(loss, params())
    const { x, unravel } = ravel(params())
    const recorder = new NormRecorder()
    const optimizer = recorder.watch(new SGD(x, { learningRate: 0.5 }))
    for (let t = 0; t < 3; t++) optimizer.step(f.gradient(x))
    near(recorder.norms, [5, 2.5, 1.25], { relative: 1e-6 })

    const logged = new NormRecorder({ norm: 'l1' })
    const transformation = optax((named) => logged.watch(new SGD(named, { learningRate: 0.5 })))
    let at = params()
    let state = transformation.init(tree.ref(at))
    for (let t = 0; t < 3; t++) {
      const gradients = unravel(f.gradient(ravel(at).x))
      const [updates, next] = transformation.update(gradients, state, tree.ref(at))
      at = applyUpdates(at, updates)
      state = next
    }
    near(logged.norms, [7, 3.5, 1.75], { relative: 1e-6 })
    f.dispose()
  })
})
