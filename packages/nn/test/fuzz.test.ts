import { random } from '@opt/core'
import { Adam } from '@opt/optimizers'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const rows = () => [
  [0.5, -1],
  [1, 2],
  [-0.5, 0.25],
]
const labels = () => [0, 2, 1]
const options = () => ({
  sizes: [2, 4, 3],
  activation: 'tanh',
  loss: 'cross-entropy',
  bias: true,
  batchNorm: false,
  dtype: 'float64',
  initialization: 'he',
  seed: 1,
  batch: 4,
  dropout: [0, 0.5],
  gaussianNoise: 0.1,
  dropConnect: 0,
})
const network = () => api.mlp(options() as api.MlpOptions)
const vector = (length: number) => Float64Array.from({ length }, (_, i) => 0.1 * (i + 1))
const out = (length: number) => new Float64Array(length)
const { length } = network().parameters

/** `layers` names itself where other methods call it. */
const says = ['DenseNetwork', 'layers']
const weights = () => [1, 0.5, 2]
const tangent = () => ({ parameters: vector(length), inputs: rows() })
const attack = () => ({
  epsilon: 0.1,
  norm: 'l2' as const,
  targeted: false,
  lower: [-1, -1],
  upper: 2,
  perturbed: [true, false],
})
const nonFinite = 'overflows at such weights or such a vector, as arithmetic does'

const method = (args: () => unknown[], more: object = {}) => ({ args, says, ...more })

fuzz(api, {
  elementwise: () => ['square', (s: number) => s * s, (s: number) => 2 * s, () => 2],
  initialize: { args: () => [network().layers(), 'he', random(1)], writes: ['0'], fixed: ['0'] },
  accuracy: () => [vector(6), [0, 2], 3],
  confusion: () => [vector(6), [0, 2], 3],
  rSquared: { args: () => [vector(6), [0, 2, 1, 3, 5, 4], 2], nonFinite: 'no value above -1e308' },
  predictedClass: { skip: 'one row of accuracy, unchecked' },
  mlp: {
    args: () => [options()],
    loose: ['0.activation', '0.loss', '0.seed'],
    budgets: ['0.sizes.0', '0.sizes.2', '0.batch'],
    says: ['activation', 'loss', 'initialization', 'random', 'DenseNetwork'],
    methods: { predict: method(() => [rows()]) },
  },
  DenseNetwork: {
    make: network,
    methods: {
      layers: method(() => [vector(length)], { writes: ['0'] }),
      named: method(() => [vector(length)]),
      outputsFirst: method(() => [vector(length)]),
      predict: method(() => [rows(), out(9)], { writes: ['1'] }),
      loss: method(() => [rows(), labels(), { weights: weights() }], { nonFinite }),
      lossAndGradient: method(() => [rows(), labels(), { weights: weights() }], { nonFinite }),
      gradient: method(() => [rows(), labels(), { weights: weights(), out: out(length) }], {
        writes: ['2.out'],
        nonFinite,
      }),
      examples: method(() => [rows(), labels(), { weights: weights() }]),
      lossAndGradientAt: method(() => [network().examples(rows(), labels()), [0, 2, 2]], { fixed: ['0'] }),
      drawNoise: method(() => [3]),
      descend: method(() => [0.1]),
      hvp: method(() => [rows(), labels(), tangent(), { weights: weights(), out: out(length) }], {
        writes: ['3.out'],
        nonFinite,
      }),
      gnvp: method(() => [rows(), labels(), vector(length), out(length)], { writes: ['3'], nonFinite }),
      jvp: method(() => [rows(), tangent(), out(9)], { writes: ['2'], nonFinite }),
      activations: method(() => [rows()]),
      activationGradients: method(() => [rows(), labels(), { weights: weights() }], { nonFinite }),
      backpropagate: method(() => [rows(), vector(12), { layer: 0, out: out(length) }], {
        writes: ['2.out'],
        nonFinite,
      }),
      backpropagateToInputs: method(() => [rows(), () => vector(9), { layer: 1, out: out(6) }], {
        writes: ['2.out'],
        nonFinite,
      }),
      perExampleLosses: method(() => [rows(), labels(), { weights: weights() }], { nonFinite }),
      perExampleDirectionalDerivatives: method(() => [rows(), labels(), tangent(), { weights: weights() }], {
        nonFinite,
      }),
      perExampleGradientDifferenceNorms: method(
        () => [rows(), labels(), vector(length), { weights: weights(), out: out(3) }],
        { writes: ['3.out'] },
      ),
      gradientStatistics: method(() => [rows(), labels(), { weights: weights(), products: true, variances: true }], {
        nonFinite,
      }),
      gradientStatisticsAt: method(
        () => [network().examples(rows(), labels()), [0, 2, 2], { products: true, variances: true }],
        { fixed: ['0'], nonFinite },
      ),
      inputGradientTangent: method(() => [rows(), labels(), tangent(), { weights: weights(), out: out(6) }], {
        writes: ['3.out'],
        nonFinite,
      }),
      perExampleGradientNorms: method(() => [rows(), labels(), { layers: 'each', weights: weights(), out: out(6) }], {
        writes: ['2.out'],
        nonFinite,
      }),
      inputGradient: method(() => [rows(), labels(), out(6)], { writes: ['2'], nonFinite }),
      perExampleInnerProducts: method(() => [rows(), labels(), { weights: weights() }]),
      ntk: method(() => [rows()]),
      updateStatistics: method(() => [0.1]),
      clone: method(() => [{ batch: 2, dtype: 'float32' }], { budgets: ['0.batch'] }),
      state: () => [],
      load: method(() => [network().state()]),
    },
  },
  fgsm: {
    args: () => [network(), rows(), labels(), attack()],
    says: [...says, 'fgsm'],
    nonFinite,
  },
  pgd: {
    args: () => [network(), rows(), labels(), { ...attack(), steps: 3, stepSize: 0.05, start: rows() }],
    says: [...says, 'pgd'],
    budgets: ['3.steps'],
    nonFinite,
  },
  curvatureOperator: {
    args: () => [network(), rows(), labels(), { matrix: 'hessian', weights: weights() }],
    says,
    methods: {
      prepare: method(() => [rows(), labels(), { weights: weights() }]),
      apply: method(() => [vector(length), out(length)], { writes: ['1'], nonFinite }),
    },
  },
  clippedGradients: {
    args: () => [
      api.mlp({ ...options(), dropout: 0, gaussianNoise: 0 } as api.MlpOptions),
      rows(),
      labels(),
      { counts: weights() },
    ],
    says,
    nonFinite,
    methods: {
      mean: method(() => [0.5, { minus: vector(length), indices: [0, 1], divisor: 4, out: out(length) }], {
        writes: ['1.out'],
        nonFinite,
      }),
    },
  },
  objective: {
    args: () => [network(), rows(), labels(), { weights: weights() }],
    says,
    methods: {
      value: method(() => [vector(length)], { nonFinite }),
      gradient: method(() => [vector(length), out(length)], { writes: ['1'], nonFinite }),
      hvp: method(() => [vector(length), vector(length), out(length)], { writes: ['2'], nonFinite }),
      gnvp: method(() => [vector(length), vector(length), out(length)], { writes: ['2'], nonFinite }),
    },
  },
  train: {
    args: () => {
      const net = network()
      const optimizer = new Adam(net.parameters)
      return [
        net,
        { inputs: rows(), targets: labels(), weights: weights() },
        {
          optimizer,
          gradients: net.gradients,
          epochs: 2,
          batchSize: 2,
          seed: 1,
          reportEvery: 1,
          maxIterations: 5,
          evaluate: () => ({ one: 1 }),
          onBatch: () => {},
        },
      ]
    },
    says: [...says, 'Adam', 'load'],
    nonFinite: 'what evaluate answers',
    // Weights are checked as those of `examples`; huge ones let the optimizer refuse a step.
    fixed: ['1.weights', '2.gradients'],
    writes: ['2.gradients'],
    loose: ['2.seed'],
    budgets: ['2.epochs'],
  },
})
