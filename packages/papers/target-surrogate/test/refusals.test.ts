import { mlp } from '@opt/nn'
import * as api from '../src/index.ts'

const inputs = [
  [1, 2],
  [3, 4],
]
const make = (options: object = {}) =>
  new api.TargetSurrogate(api.linear({ inputs: 2 }), new Float64Array(2), { loss: api.logistic(), ...options })
const step =
  (options: object, batch: object = {}) =>
  () =>
    make(options).step({ inputs, labels: [0, 1], ...batch } as never)
const minimize = (options: object) => () =>
  api.minimize(api.linear({ inputs: 2 }), [0, 0], { inputs, labels: [0, 1] }, { loss: api.logistic(), ...options })

test.each<[string, () => unknown]>([
  ['TargetSurrogate: steps must be an integer of at least 1, got 0', () => make({ steps: 0 })],
  ['TargetSurrogate: steps must be an integer of at least 1, got 1.5', () => make({ steps: 1.5 })],
  ['fixedEta: eta must be a positive number, got 0', () => api.fixedEta({ eta: 0 })],
  ['gradientSteps: stepSize must be a positive number, got -1', () => api.gradientSteps({ stepSize: -1 })],
  ['armijoSteps: c must be less than 1, got 1', () => api.armijoSteps({ c: 1 })],
  ['armijoSteps: c must be a positive number, got 0', () => api.armijoSteps({ c: 0 })],
  ['armijoEta: shrink must be less than 1, got 1.5', () => api.armijoEta({ shrink: 1.5 })],
  ['armijoEta: expand must be a finite number of at least 1, got 0.5', () => api.armijoEta({ expand: 0.5 })],
  ['TargetSurrogate: total', () => make({ schedule: 'exponential' })],
  ['TargetSurrogate: schedule', () => make({ schedule: 'cosine' })],
  ['TargetSurrogate: examples must be given', () => make({ rule: api.adagradEta() })],
  ['TargetSurrogate.step: indices must be given', step({ rule: api.adamEta(), examples: 2 })],
  [
    'TargetSurrogate.step: indices[1] must be an integer from 0 to 1',
    step({ rule: api.adamEta(), examples: 2 }, { indices: [0, 2] }),
  ],
  ['TargetSurrogate.step: indices[1] must be an example that is not in the batch yet', step({}, { indices: [1, 1] })],
  ['TargetSurrogate.step: indices must be an array of length 2', step({}, { indices: [1] })],
  ['logistic.gradient: labels[1] must be 0 or 1, got 2', step({}, { labels: [0, 2] })],
  [
    'crossEntropy.gradient: labels[0] must be a class from 0 to 0, got 1',
    step({ loss: api.crossEntropy() }, { labels: [1, 0] }),
  ],
  ['logistic.gradient: labels must be 2 numbers like the outputs', step({}, { labels: [0] })],
  ['TargetSurrogate.step: inputs must be nonempty', step({}, { inputs: [], labels: [] })],
  [
    'TargetSurrogate.step: inputs[1][0] must be a finite number, got NaN',
    step(
      {},
      {
        inputs: [
          [1, 2],
          [NaN, 1],
        ],
      },
    ),
  ],
  ['TargetSurrogate.step: inputs must be of shape [1, 2], got shape [1, 3]', step({}, { inputs: [[1, 2, 3]] })],
  ['TargetSurrogate.step: loss must be given', step({ loss: undefined })],
  ['await stepFrom instead', step({ loss: { gradient: async () => [0, 0] } })],
  ['TargetSurrogate.step: gradient[1] must be a finite number, got NaN', step({ loss: { gradient: () => [0, NaN] } })],
  ['TargetSurrogate.step: gradient must be 2 rows of 1 numbers', step({ loss: { gradient: () => [0] } })],
  [
    'TargetSurrogate.step: loss.value must be given for armijoEta',
    step({ rule: api.armijoEta(), loss: { gradient: () => [0, 1] } }),
  ],
  ['TargetSurrogate.step: loss.value must be finite', step({ loss: { gradient: () => [0, 1], value: () => NaN } })],
  [
    'TargetSurrogate: parameters must be a Float64Array',
    () => new api.TargetSurrogate(api.linear({ inputs: 2 }), [0, 0] as never),
  ],
  [
    'TargetSurrogate.step: parameters must be of length 2',
    () =>
      new api.TargetSurrogate(api.linear({ inputs: 2 }), new Float64Array(3), { loss: api.logistic() }).step({
        inputs,
        labels: [0, 1],
      }),
  ],
  [
    'TargetSurrogate: model.vjp must be a function',
    () => new api.TargetSurrogate({ outputs: 1, forward: () => [0] } as never, new Float64Array(1)),
  ],
  ['networkModel: network.dtype', () => api.networkModel(mlp({ sizes: [2, 2], dtype: 'float32' }))],
  ['networkModel: network.training', () => api.networkModel(mlp({ sizes: [2, 3, 2], batchNorm: true }))],
  ['minimize: batchSize must be an integer between 1 and 2, got 3', minimize({ batchSize: 3 })],
  ['minimize: loss.gradient must be a function', minimize({ loss: {} })],
  ['minimize: resume must be a checkpoint', minimize({ resume: 3 })],
  ['projectionBound: distance', () => api.projectionBound({ smoothness: 1, distance: -1, iterations: 1 })],
  [
    'linearSmoothness: inputs must be such that their squares are finite',
    () => api.linearSmoothness([[1e200]], { eta: 1, features: 1 }),
  ],
])('%s', (words, call) => expect(call).toThrow(words))

test('exactSolve refuses a model that is not linear', () => {
  const network = mlp({ sizes: [2, 3, 2], batch: 2 })
  const surrogate = new api.TargetSurrogate(api.networkModel(network), network.parameters as Float64Array, {
    loss: api.crossEntropy(),
    inner: api.exactSolve(),
  })
  expect(() => surrogate.step({ inputs, labels: [0, 1] })).toThrow('model must be linear for exactSolve')
})

test('a refusal changes nothing', () => {
  const surrogate = make({ rule: api.adagradNormEta(), loss: { gradient: () => [0, Infinity] } })
  const before = surrogate.state()
  expect(() => surrogate.step({ inputs, labels: [0, 1] })).toThrow('gradient[1]')
  expect(surrogate.state()).toEqual(before)
})

test('after T the exponential schedule stays at 1/T', () => {
  const surrogate = make({ schedule: 'exponential', total: 3, rule: api.fixedEta({ eta: 3 }) })
  const etas = Array.from({ length: 5 }, () => surrogate.step({ inputs, labels: [0, 1] }).eta!)
  ;[3 ** (2 / 3), 3 ** (1 / 3), 1, 1, 1].forEach((eta, t) => expect(etas[t]).toBeCloseTo(eta, 12))
})

test('wild scales: a right answer or an honest refusal', () => {
  const run = (scale: number, inner: api.InnerSolver, tolerance = 1e-6) =>
    api.minimize(
      api.linear({ inputs: 2 }),
      [0, 0],
      { inputs: inputs.map((row) => row.map((x) => scale * x)), labels: [0.5, -1] },
      {
        loss: api.squared(),
        inner,
        tolerance,
        maxIterations: 4,
      },
    )
  for (const scale of [1e-100, 1e-5, 1, 1e5, 1e100]) {
    const { parameters } = run(scale, api.exactSolve(), 0)
    // 1e-6: X'X has the squared condition of X.
    expect(parameters[0] * scale + 2 * parameters[1] * scale).toBeCloseTo(0.5, 6)
  }
  expect(() => run(1e200, api.exactSolve())).toThrow('minimize: inputs must be such that their squares are finite')
  // |grad h| underflows: that is what the tolerance sees.
  expect(run(1e-300, api.exactSolve()).status).toBe('converged')
  expect(run(1e150, api.armijoSteps()).status).toBe('stalled')
})
