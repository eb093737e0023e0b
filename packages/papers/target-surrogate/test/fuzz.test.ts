import { mlp } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const inputs = () => [
  [1, 0.5],
  [-0.3, 1],
  [0.2, -0.7],
]
const labels = () => [1, 0, 1]
const outputs = () => [
  [0.5, -1],
  [2, 0.25],
]
const gradient = () => [
  [1, 0.5],
  [-0.5, 2],
]
const armijo = () => ({ c: 0.4, shrink: 0.8, expand: 1.5 })
const outer = () => ({
  steps: 2,
  rule: api.fixedEta({ eta: 2 }),
  inner: api.armijoSteps(),
  schedule: 'exponential' as const,
  total: 5,
})
const surrogate = () =>
  new api.TargetSurrogate(api.linear({ inputs: 2 }), Float64Array.of(0.5, -0.5), {
    ...outer(),
    rule: api.adamEta(),
    loss: api.logistic(),
    examples: 4,
  })
const plain = () =>
  new api.TargetSurrogate(api.linear({ inputs: 2 }), Float64Array.of(0.5, -0.5), { ...outer(), examples: 3 })
const methodsOf = (state: () => api.SurrogateState) => ({
  outputs: () => [inputs()],
  step: { args: () => [{ inputs: inputs(), labels: labels(), indices: [0, 2, 1] }], open: ['0'] },
  stepFrom: {
    args: () => [
      {
        inputs: inputs(),
        outputs: [0.5, 0.25, -1],
        gradient: [0.5, -0.5, 1],
        value: (z: Float64Array) => z[0],
        indices: [0, 2, 1],
      },
    ],
    loose: ['0.gradient', '0.value', '0.inputs', '0.outputs'],
    open: ['0'],
  },
  state: () => [],
  load: { args: () => [state()], loose: ['0.inner'] },
})
const data = () => ({ inputs: inputs(), labels: labels() })
const says = [
  'linear',
  'networkModel',
  'logistic',
  'squared',
  'adamEta',
  'adagradEta',
  'armijoEta',
  'exactSolve',
  'TargetSurrogate',
  'Random',
  'random',
]
const task = () => ({
  environment: {
    reset: () => [0.5, 1],
    step: (s: number[], action: Float64Array) => (s[1] > 3 ? null : [s[0] + 0.1 * action[0], s[1] + 1]),
    features: (s: number[]) => [s[0], s[1]],
  },
  expert: (s: number[]) => [-s[0]],
  policy: api.linear({ inputs: 2 }),
})

fuzz(
  { ...api, surrogate },
  {
    squared: () => [],
    logistic: () => [],
    crossEntropy: () => [],
    linear: { args: () => [{ inputs: 2, outputs: 2 }], budgets: ['0.inputs', '0.outputs'] },
    networkModel: () => [mlp({ sizes: [2, 3, 1], activation: 'tanh', loss: 'squared', batch: 4, seed: 1 })],
    fixedEta: () => [{ eta: 2 }],
    armijoEta: () => [{ ...armijo(), eta: 2 }],
    adagradNormEta: () => [{ eta: 2 }],
    adagradEta: () => [{ eta: 2 }],
    adamEta: () => [{ eta: 2 }],
    newtonEta: () => [{ eta: 2 }],
    armijoSteps: () => [{ ...armijo(), initial: 5, tolerance: 1e-7 }],
    gradientSteps: () => [{ stepSize: 0.5 }],
    exactSolve: () => [],
    optimizerSteps: { args: () => [(theta: Float64Array) => new SGD(theta, { learningRate: 0.1 })], says: ['SGD'] },
    linearSmoothness: { args: () => [inputs(), { eta: 2, features: 2 }], says: ['symmetricEigen'] },
    smallestArmijoStep: () => [{ ...armijo(), smoothness: 3, initial: 10 }],
    stationarityBound: () => [{ gap: 2, smoothness: 3, iterations: 4, armijo: { ...armijo(), initial: 5 } }],
    projectionBound: () => [{ smoothness: 0.25, distance: 3, iterations: 4 }],
    pseudoTargets: { args: () => [{ outputs: outputs(), gradient: gradient(), eta: 2 }], open: ['0'] },
    surrogateValue: () => [{ outputs: outputs(), gradient: gradient(), eta: 2 }, outputs(), 2],
    TargetSurrogate: {
      args: () => [
        api.linear({ inputs: 2 }),
        Float64Array.of(0.5, -0.5),
        { ...outer(), loss: api.logistic(), examples: 3 },
      ],
      loose: ['2.schedule'],
      budgets: ['2.steps'],
      says,
      methods: methodsOf(() => plain().state()),
    },
    surrogate: { args: () => [], says, methods: methodsOf(() => surrogate().state()) },
    minimize: {
      args: () => [
        api.linear({ inputs: 2 }),
        [0.5, -0.5],
        data(),
        { ...outer(), loss: api.logistic(), batchSize: 2, seed: 1, maxIterations: 4 },
      ],
      loose: ['3.schedule', '3.seed'],
      budgets: ['3.steps'],
      says,
    },
    imitate: {
      args: () => [
        task(),
        [0.1, -0.1],
        { ...outer(), rounds: 3, samples: 4, beta: 0.5, loss: api.squared(), seed: 1, maxIterations: 3 },
      ],
      budgets: ['2.rounds', '2.samples', '2.steps'],
      loose: ['2.schedule', '2.seed'],
      says,
    },
  },
)
