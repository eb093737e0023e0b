import { random } from '@opt/core'
import { symmetric } from '@opt/curvature'
import { mlp } from '@opt/nn'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const rng = random(8)
const A = ndarray(
  Float64Array.from({ length: 60 * 80 }, () => rng.normal()),
  [60, 80],
)

test('the rate falls from the fourth-moment bound to the critical one; a run may be ended at any time', async () => {
  const { rate, bounds, history, iterations } = api.criticalRate(A, { batchSize: 2 })
  const rates = history.map((report) => report.rate)
  expect(Math.abs(rates[0] / bounds.fourthMoment! - 1)).toBeLessThan(1e-12)
  rates.forEach((r, k) => expect(k === 0 || r <= rates[k - 1] * (1 + 1e-12)).toBe(true))
  expect(iterations).toBeGreaterThan(5)

  const controller = new AbortController()
  const stopped = await api.criticalRate.async(A, {
    batchSize: 2,
    signal: controller.signal,
    onProgress: ({ iteration }) => iteration === 3 && controller.abort(),
  })
  expect(stopped).toMatchObject({ status: 'aborted', iterations: 3 })
  expect(stopped.rate).toBeGreaterThanOrEqual(rate)
  expect(stopped.rate).toBeLessThanOrEqual(rates[2])
  expect(api.criticalRate(A, { maxIterations: 4 }).status).toBe('max-iterations')
})

test('isStable tells when it could not', () => {
  const { rate } = api.criticalRate(A)
  const { sufficient } = api.criticalRate(A).bounds
  expect(api.isStable(A, { learningRate: 0.95 * rate, maxIterations: 1 }).stable).toBe(undefined)
  expect(api.isStable(A, { learningRate: 0.9 * sufficient!, maxIterations: 1 }).stable).toBe(true)
  expect(api.isStable(A, { learningRate: 2 * rate, maxIterations: 1 }).stable).toBe(false)
})

test('a recursion goes on from a checkpoint, through JSON, to the same bits', () => {
  const options = { start: A.data.slice(0, 80), learningRate: 0.005, batchSize: 4 }
  const whole = api.secondMoment(A, { ...options, steps: 9 })
  const first = api.secondMoment(A, { ...options, steps: 4 })
  const { start, ...rest } = options
  const second = api.secondMoment(A, { ...rest, steps: 5, resume: JSON.parse(JSON.stringify(first.checkpoint)) })
  expect([...first.secondMoment, ...second.secondMoment.slice(1)]).toEqual([...whole.secondMoment])
  expect(second.checkpoint).toEqual(whole.checkpoint)
  expect(second.history.map(({ step }) => step)).toEqual([5, 6, 7, 8, 9])
  const wild = api.secondMoment(A, { ...options, learningRate: 1e6, steps: 1000 })
  expect(wild.status).toBe('diverged')
})

test('stableRates: each rate is the critical one, and the smallest batch is', () => {
  const at = (batchSize: number, replacement: boolean) => api.criticalRate(A, { batchSize, replacement }).rate
  for (const replacement of [true, false]) {
    const batchSizes = [1, 5, 60]
    const learningRate = 0.7 * at(60, replacement)
    const { rates, gd, smallestBatch, summary } = api.stableRates(A, { batchSizes, replacement, learningRate })
    rates.forEach(({ batchSize, rate }) => expect(Math.abs(rate / at(batchSize, replacement) - 1)).toBeLessThan(2e-8))
    expect(at(smallestBatch!, replacement)).toBeGreaterThanOrEqual(learningRate)
    expect(at(smallestBatch! - 1, replacement)).toBeLessThan(learningRate)
    expect(summary).toContain(`with batches of ${smallestBatch} or more`)
    expect(api.stableRates(A, { learningRate: 1.01 * gd, replacement }).summary).toContain('no batch size stays')
    expect(api.stableRates(A, { learningRate: gd, replacement: false }).smallestBatch).toBe(60)
  }
  expect(api.stableRates(A, { batchSizes: [2], maxIterations: 2 })).toMatchObject({
    rates: [],
    status: 'max-iterations',
  })
})

test('estimates from products agree with the gradients; ended early they are what is known', () => {
  const hessian = symmetric(80, (v, out) => {
    out.fill(0)
    for (let i = 0; i < 60; i++) {
      let f = 0
      for (let k = 0; k < 80; k++) f += A.get(i, k) * v[k]
      for (let k = 0; k < 80; k++) out[k] += (A.get(i, k) * f) / 60
    }
  })
  const { trace, frobenius, lambdaMax } = api.sharpness(A)
  let [worstTrace, worstFrobenius] = [0, 0]
  for (let seed = 0; seed < 50; seed++) {
    const ours = api.estimateSharpness(hessian, { seed })
    worstTrace = Math.max(worstTrace, Math.abs(ours.trace - trace) / ours.traceError)
    worstFrobenius = Math.max(worstFrobenius, Math.abs(ours.frobenius - frobenius) / ours.frobeniusError)
    expect(Math.abs(ours.lambdaMax / lambdaMax - 1)).toBeLessThan(1e-7)
    expect(Math.abs(ours.lambdaMin)).toBeLessThan(1e-6 * lambdaMax)
  }
  expect(Math.max(worstTrace, worstFrobenius)).toBeLessThan(5)
  const { status, products, lambdaMax: early } = api.estimateSharpness(hessian, { maxIterations: 1 })
  expect([status, products]).toEqual(['max-iterations', 3])
  expect(early).toBeLessThan(lambdaMax)
})

test('the kernel of a network gives the rates of its gradients, its products the same sharpness at a fit', () => {
  const network = mlp({ sizes: [3, 12, 2], activation: 'tanh', loss: 'squared', seed: 4 })
  const inputs = Float64Array.from({ length: 30 }, () => rng.normal())
  const targets = Array.from({ length: 10 }, (_, i) => Array.from(network.predict(inputs).slice(2 * i, 2 * i + 2)))
  const linear = api.linearizeKernel(network.ntk(inputs) as Float64Array, { outputs: 2 })
  expect([linear.examples, linear.outputs]).toEqual([10, 2])
  const hessian = symmetric(network.parameters.length, (v) => network.hvp(inputs, targets, v))
  const { lambdaMax, trace } = api.sharpness(linear)
  const ours = api.estimateSharpness(hessian, { probes: 200 })
  expect(Math.abs(ours.lambdaMax / lambdaMax - 1)).toBeLessThan(1e-8)
  expect(Math.abs(ours.trace - trace)).toBeLessThan(5 * ours.traceError)
  const moments = api.secondMoment(linear, { learningRate: 0.01, startOutputs: new Float64Array(20).fill(0.1) })
  expect(moments.expectedLoss[0]).toBeCloseTo(0.01, 10)
  expect(moments.expectedLoss.at(-1)!).toBeLessThan(0.01)
})

test('a kernel in float32 does, though its small eigenvalues are rounding', () => {
  const make = (dtype: 'float64' | 'float32') =>
    mlp({ sizes: [2, 8, 1], activation: 'tanh', loss: 'squared', seed: 4, dtype })
  const inputs = Float64Array.from({ length: 80 }, (_, k) => Math.fround(((k * 37) % 80) / 40 - 1))
  const [double, single] = [make('float64'), make('float32')]
  double.parameters.set(single.parameters)
  const rate = api.criticalRate(api.linearizeKernel(double.ntk(inputs))).rate
  const { rate: rounded, status } = api.criticalRate(api.linearizeKernel(single.ntk(inputs)))
  expect(status).toBe('converged')
  expect(Math.abs(rounded / rate - 1)).toBeLessThan(1e-5)
})

test('a linearization does not follow later changes of the gradients', () => {
  const mine = ndarray(A.data.slice(), A.shape)
  const linear = api.linearize(mine)
  const options = { start: A.data.slice(0, 80), learningRate: 0.005 }
  const before = api.secondMoment(linear, options).secondMoment
  mine.data.fill(0)
  expect(api.secondMoment(linear, options).secondMoment).toEqual(before)
})
