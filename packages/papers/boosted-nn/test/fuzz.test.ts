import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const X = () => [
  [1, 0.5],
  [-0.5, 1],
  [0.25, -1],
  [0.75, 0.3],
  [-1, -0.4],
  [0.1, 0.9],
]
const numbers = () => [0.5, -1, 0.25, 1, -0.75, 0.1]
const signs = () => [1, -1, 1, 1, -1, -1]
const classes = () => [0, 1, 2, 0, 1, 2]
const labels = () => ['a', 'b', 'c', 'a', 'b', 'c']
const small = () => ({ units: 4, neuronsPerStep: 2, innerIterations: 5 })
const weights = (k: number) => ({
  W: [
    [0.1 * k, -0.2],
    [0.3, 0.4],
  ],
  b: [0.1, -0.1],
  V: [[0.5], [-0.5]],
  c: [0.05],
})
const run = (loss: api.LossName, y: number[]) => api.boostedNetwork({ X: X(), y }, { loss, ...small() })
const grown = () => run('logistic', signs()).network
const deep = () => mlp({ sizes: [2, 3, 2], activation: 'tanh', seed: 1 })
const onDeep = () =>
  api.boostedNetwork({ X: api.frozenFeatures(deep(), X()), y: classes() }, { loss: 'softmax', ...small() }).network
const table = () => new api.BoostedNetwork({ loss: 'softmax', ...small() }).fit(X(), labels())
const tuned = {
  loss: 'squared',
  ...small(),
  learningRate: 0.3,
  subsample: 0.7,
  l2: 1e-3,
  activation: 'sigmoid',
  initial: 'zero',
  safeguard: true,
  inner: 'lbfgs',
  innerRate: 0.4,
  seed: 3,
  standardize: true,
  validationFraction: 0.3,
  patience: 2,
} as const
const tunedState = JSON.stringify(new api.BoostedNetwork(tuned).fit(X(), numbers()).state)
const watch = () => ({
  onProgress: () => {},
  signal: new AbortController().signal,
  resume: JSON.parse(tunedState),
})
const regression = () => new api.BoostedNetwork(small()).fit(X(), numbers())

/** Networks may hold more than is read; c and cumulativeBias are one and the same. */
const network = { open: ['0'] }

const both = (y: () => unknown, F: () => unknown) => ({
  initial: () => [y()],
  residuals: () => [y(), F()],
  newtonStep: () => [numbers().map((v) => 0.5 * v), F()],
  value: () => [y(), F()],
})
const own = {
  squared: api.losses.squared,
  logistic: api.losses.logistic,
  fitted: table,
  regression,
  fromJSON: api.BoostedNetwork.fromJSON,
}

fuzz(
  { ...api, ...own },
  {
    boostedNetwork: {
      args: () => [
        { X: X(), y: signs(), validation: { X: X(), y: signs() } },
        {
          loss: 'logistic',
          ...small(),
          learningRate: 0.3,
          subsample: 0.7,
          l2: 1e-3,
          activation: 'tanh',
          initial: 'prior',
          safeguard: true,
          inner: 'gradient-descent',
          innerRate: 0.4,
          seed: 3,
          starts: [weights(1), weights(2)],
          subsets: [
            [0, 1, 2],
            [3, 4, 5],
          ],
          maxIterations: 4,
        },
      ],
      budgets: ['1.units', '1.neuronsPerStep', '1.innerIterations'],
      loose: ['0.validation', '1.seed'],
    },
    baseObjective: { args: () => [X(), numbers(), { units: 2, l2: 0.1, activation: 'relu' }], budgets: ['2.units'] },
    BoostedNetwork: {
      args: () => [{ ...tuned }],
      budgets: ['0.units', '0.neuronsPerStep', '0.innerIterations'],
      loose: ['0.seed'],
      says: ['boostedNetwork', 'standardize', 'Random'],
      methods: {
        fit: { args: () => [X(), numbers(), watch()] },
        fitAsync: { args: () => [X(), numbers(), { onProgress: () => {}, signal: new AbortController().signal }] },
        decision: { skip: 'on a fitted network below' },
        predict: { skip: 'on a fitted network below' },
        probabilities: { skip: 'on a fitted network below' },
        staged: { skip: 'on a fitted network below' },
        score: { skip: 'on a fitted network below' },
        toNetwork: { skip: 'on a fitted network below' },
        toJSON: { skip: 'on a fitted network below' },
      },
    },
    crossValidate: {
      args: () => [X(), labels(), { choices: [{ loss: 'softmax', ...small() }], folds: 2, seed: 1, maxIterations: 5 }],
      budgets: ['2.choices.0.units', '2.choices.0.neuronsPerStep', '2.choices.0.innerIterations'],
      loose: ['1', '2.seed'],
      says: ['boostedNetwork', 'standardize'],
    },
    decision: { args: () => [grown(), X(), { units: 2 }], ...network },
    probabilities: { args: () => [grown(), X(), { units: 2 }], ...network },
    staged: { args: () => [grown(), X()], ...network },
    toNetwork: { args: () => [grown(), { units: 2 }], ...network },
    frozenFeatures: { args: () => [deep(), X(), { layer: 0 }], fixed: ['0'], says: ['activations'] },
    weld: { args: () => [deep(), onDeep(), { units: 2, layer: 0 }], fixed: ['0'] },
    losses: { skip: 'an object; its functions below' },
    squared: { make: () => api.losses.squared, methods: both(numbers, numbers), says: ['losses.squared'] },
    logistic: {
      make: () => api.losses.logistic,
      methods: { ...both(signs, numbers), probabilities: () => [numbers()] },
      says: ['losses.logistic'],
    },
    fitted: {
      make: table,
      says: ['BoostedNetwork', 'standardize'],
      methods: {
        decision: () => [X(), { units: 2 }],
        predict: () => [X(), { units: 2 }],
        probabilities: () => [X(), { units: 2 }],
        staged: () => [X()],
        score: { args: () => [X(), labels(), { units: 2 }], loose: ['1'] },
        toNetwork: () => [{ units: 2 }],
        toJSON: () => [],
      },
    },
    regression: {
      make: regression,
      says: ['BoostedNetwork', 'standardize'],
      methods: { predict: () => [X(), { units: 2 }], score: () => [X(), numbers(), { units: 2 }] },
    },
    fromJSON: {
      args: () => [JSON.parse(JSON.stringify(table()))],
      says: ['BoostedNetwork'],
      loose: ['0.classes', '0.options.seed'],
      open: ['0'],
    },
  },
)
