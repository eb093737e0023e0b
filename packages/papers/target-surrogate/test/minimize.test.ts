import { near } from '@opt/testing'
import ndarray from 'ndarray'
import {
  armijoEta,
  armijoSteps,
  exactSolve,
  fixedEta,
  gradientSteps,
  type Loss,
  linear,
  linearSmoothness,
  logistic,
  minimize,
  squared,
  stationarityBound,
} from '../src/index.ts'
import { points } from './problem.ts'

const data = points(40, 4, 3)
const model = () => linear({ inputs: 4 })
const start = [0, 0, 0, 0]
const h = (theta: Float64Array) =>
  logistic().value(Float64Array.from(model().forward(theta, data.inputs)), data.labels, 40)

function gradientNorm(theta: Float64Array): number {
  const own = model()
  const g = logistic().gradient(Float64Array.from(own.forward(theta, data.inputs)), data.labels)
  const q = own.vjp(
    theta,
    data.inputs,
    g.map((value) => value / 40),
    new Float64Array(4),
  ) as Float64Array
  return Math.sqrt(q.reduce((sum, value) => sum + value * value, 0))
}

test.each([1, 3, 20, 100])('with eta = 1/L and %i inner steps the loss never rises, and converges', (steps) => {
  const { status, parameters, objective, history, gradients } = minimize(model(), start, data, {
    loss: logistic(),
    steps,
    maxIterations: 5000,
  })
  expect(status).toBe('converged')
  expect(gradients).toBe(history.length)
  expect(gradientNorm(parameters)).toBeLessThanOrEqual(1e-6 * (1 + 1e-9))
  near(h(parameters), objective!, { relative: 1e-14 })
  history.slice(1).forEach((report, t) => {
    expect(report.objective).toBeLessThanOrEqual(history[t].objective! * (1 + 1e-14))
    expect(report.objective).toBeLessThanOrEqual((history[t].objective! + report.surrogate!) * (1 + 1e-13))
    expect(report.surrogate).toBeLessThanOrEqual(0)
  })
})

test('more inner steps need fewer gradients, and exact surrogates the fewest', () => {
  const inputs = data.inputs.map((row) => [0.1 * row[0], ...row.slice(1)])
  const count = (options: object) =>
    minimize(model(), start, { ...data, inputs }, { loss: logistic(), maxIterations: 5000, ...options }).gradients
  const counts = [
    count({ steps: 1, inner: gradientSteps({ stepSize: 1 / linearSmoothness(inputs, { eta: 4, features: 4 }) }) }),
    count({ steps: 1 }),
    count({ steps: 50 }),
  ]
  expect(counts[1]).toBeLessThan(counts[0])
  expect(counts[2]).toBeLessThan(counts[1])
  expect(count({ inner: exactSolve() })).toBeLessThanOrEqual(counts[2])
  expect(count({ inner: exactSolve(), rule: armijoEta() })).toBeLessThan(counts[2])
})

test('the bound of stationarity holds with Armijo’s inner steps', () => {
  const { history } = minimize(model(), start, data, { loss: logistic(), steps: 2, tolerance: 0, maxIterations: 30 })
  const smoothness = linearSmoothness(data.inputs, { eta: 4, features: 4 })
  const best = h(minimize(model(), start, data, { loss: logistic(), inner: exactSolve(), tolerance: 1e-10 }).parameters)
  for (let T = 1; T <= 30; T++)
    expect(Math.min(...history.slice(0, T).map(({ error }) => error! * error!))).toBeLessThanOrEqual(
      stationarityBound({ gap: history[0].objective! - best, smoothness, iterations: T, armijo: {} }),
    )
})

test('exact surrogates do not feel the conditioning: columns of other scales, a repeated one', () => {
  const scaled = data.inputs.map((row) => [1e-3 * row[0], 1e3 * row[1], row[2], row[3], row[2]])
  const run = (inputs: number[][]) =>
    minimize(
      linear({ inputs: inputs[0].length }),
      inputs[0].map(() => 0),
      { ...data, inputs },
      {
        loss: logistic(),
        inner: exactSolve(),
        tolerance: 0,
        maxIterations: 20,
      },
    ).history.map(({ objective }) => objective!)
  near(run(scaled), run(data.inputs), { relative: 1e-6 })
})

test('cut anywhere and resumed through JSON, batches or not, it comes to the same bits', () => {
  for (const options of [{}, { batchSize: 7, rule: armijoEta(), schedule: 'sqrt' as const }]) {
    const all = { loss: logistic(), tolerance: 0, steps: 3, seed: 4, ...options }
    const whole = minimize(model(), start, data, { ...all, maxIterations: 20 })
    for (const cut of [1, 6, 19]) {
      const first = minimize(model(), start, data, { ...all, maxIterations: cut })
      const resume = JSON.parse(JSON.stringify(first.checkpoint))
      let calls = 0
      const counting: Loss<Float64Array> = {
        ...logistic(),
        gradient: (z, y, out) => {
          calls++
          return logistic().gradient(z, y, out)
        },
      }
      const rest = minimize(model(), [9, 9, 9, 9], data, {
        ...all,
        loss: counting,
        seed: 9,
        resume,
        maxIterations: 20 - cut,
      })
      expect(rest.parameters).toEqual(whole.parameters)
      expect(rest.objective).toBe(whole.objective)
      expect(rest.checkpoint.gradient).toBe(whole.checkpoint.gradient)
      expect(rest.gradients).toBe(20)
      // The gradient of the checkpoint is not asked for again.
      expect(calls).toBe(20 - cut)
    }
  }
})

test('an expensive loss may be awaited, and aborted', async () => {
  const remote: Loss<Float64Array> = {
    smoothness: 0.25,
    value: async (z, y, n) => logistic().value(z, y, n),
    gradient: async (z, y) => logistic().gradient(z, y),
  }
  const options = { maxIterations: 6, rule: armijoEta() }
  const known = minimize(model(), start, data, { loss: logistic(), ...options })
  expect((await minimize.async(model(), start, data, { loss: remote, ...options })).parameters).toEqual(
    known.parameters,
  )
  expect(() => minimize(model(), start, data, { loss: remote })).toThrow('call minimize.async')
  const controller = new AbortController()
  const { status, iterations } = await minimize.async(model(), start, data, {
    loss: remote,
    signal: controller.signal,
    onProgress: ({ gradients }) => gradients === 3 && controller.abort(),
  })
  expect([status, iterations]).toEqual(['aborted', 3])
  const failing = { ...remote, gradient: () => Promise.reject(new Error('the queue is full')) }
  await expect(minimize.async(model(), start, data, { loss: failing })).rejects.toThrow('the queue is full')
})

test('a loss without values is minimised by its gradients alone', () => {
  const { gradient } = logistic()
  const { status, objective } = minimize(model(), start, data, {
    loss: { smoothness: 0.25, gradient },
    maxIterations: 5000,
  })
  expect([status, objective]).toEqual(['converged', undefined])
})

test('an overflow ends as diverged, at the last parameters', () => {
  const { status, parameters } = minimize(model(), start, data, {
    loss: squared(),
    inner: gradientSteps({ stepSize: 1e20 }),
    steps: 50,
  })
  expect(status).toBe('diverged')
  expect(parameters).toEqual(new Float64Array(4))
})

test('a search that finds no step says so', () => {
  const inputs = data.inputs.map((row) => row.map((x) => 1e6 * x))
  const { status, message, objective } = minimize(model(), start, { ...data, inputs }, { loss: logistic() })
  expect(status).toBe('stalled')
  expect(message).toContain('the inner solver took no step')
  near(objective!, Math.LN2, { relative: 1e-15 })
  const scaled = minimize(
    model(),
    start,
    { ...data, inputs },
    {
      loss: logistic(),
      steps: 20,
      inner: armijoSteps({ initial: 1e-11 }),
      maxIterations: 20,
    },
  )
  // Steps below 1e-6 need no more trials than the first.
  expect(['stalled', 'max-iterations']).toContain(scaled.status)
})

test('frozen arrays, strided and reversed views, and the caller’s arrays', () => {
  const flat = Float64Array.from(data.inputs.flat())
  const expected = minimize(model(), start, data, { loss: logistic(), maxIterations: 5 }).parameters
  const reversed = ndarray(flat.slice().reverse(), [40, 4], [-4, -1], 159)
  const strided = ndarray(
    Float64Array.from(data.inputs.flatMap((row) => row.flatMap((x) => [x, NaN]))),
    [40, 4],
    [8, 2],
  )
  const frozen = Object.freeze(data.inputs.map((row) => Object.freeze(row.slice())))
  for (const inputs of [reversed, strided, frozen as number[][], ndarray(flat, [40, 4])])
    expect(
      minimize(
        model(),
        Object.freeze(start.slice()),
        { inputs, labels: data.labels },
        { loss: logistic(), maxIterations: 5 },
      ).parameters,
    ).toEqual(expected)
  expect(Array.from(flat)).toEqual(data.inputs.flat())
})

test('one example, one feature; a full batch by its size', () => {
  const one = minimize(
    linear({ inputs: 1 }),
    [0],
    { inputs: [[2]], labels: [3] },
    { loss: squared(), inner: exactSolve() },
  )
  near(one.parameters, [1.5], { relative: 1e-15 })
  expect(one.status).toBe('converged')
  const [all, sized] = [undefined, 40].map((batchSize) =>
    minimize(model(), start, data, { loss: logistic(), batchSize, maxIterations: 4, rule: fixedEta() }),
  )
  expect(sized.checkpoint).toEqual(all.checkpoint)
})
