import { mlp } from '@opt/nn'
import { fuzz, optimizerCase } from '@opt/testing'
import * as api from '../src/index.ts'

const rows = () => [
  [0.5, -1, 0.25],
  [1, 2, -0.5],
  [-0.5, 0.25, 1],
]
const statistics = () => ({
  count: 3,
  squaredNorm: 2,
  varianceSum: 4,
  innerProductVariance: 3,
  orthogonalVariance: 2.5,
  variances: [1, 2, 1],
  mean: [1, -0.5, 0.25],
})
const test = () => ({ test: 'augmented', eta: 0.5, theta: 0.5, nu: 0.25, population: 50, quantile: 0.5 }) as const

const network = () => mlp({ sizes: [2, 3], batch: 4, seed: 1 })
const inputs = () => [
  [0.5, -1],
  [1, 2],
  [-0.5, 0.25],
]
const oracle = () => api.networkOracle(network(), inputs(), [0, 2, 1])
const options = () => ({
  ...test(),
  population: 3,
  initial: 2,
  max: 3,
  interval: 1,
  optimizer: 'adagrad-norm',
  learningRate: 0.5,
  examples: 9,
  seed: 1,
  maxIterations: 4,
})
const growing = () => new api.BatchSizeTest({ ...test(), initial: 4, max: 50, interval: 1 })

fuzz(
  { ...api, growing },
  {
    AdaGradNorm: optimizerCase(api.AdaGradNorm, () => ({ initialAccumulator: 0.1, epsilon: 1e-8 }), {
      methods: { prepare: { skip: 'protected' } },
    }),
    statisticsOf: () => [rows(), { tensors: [1, 2] }],
    statisticsFrom: {
      args: () => [
        { squaredNorm: 2, norms: [1, 2], products: [1, 3], distances: [1, 1], variances: [1, 2], mean: [1, 1] },
      ],
      open: ['0'],
    },
    poolStatistics: { args: () => [[statistics(), statistics()]], says: ['poolStatistics'] },
    suggestedBatchSize: () => [statistics(), test()],
    BatchSizeTest: {
      args: () => [{ ...test(), initial: 4, max: 50, interval: 1 }],
      methods: {
        update: { args: () => [statistics()], open: ['0'] },
        state: () => [],
        load: () => [{ batchSize: 8, steps: 3 }],
      },
    },
    growing: {
      args: () => [],
      says: ['BatchSizeTest'],
      methods: {
        update: { args: () => [statistics()], open: ['0'] },
        state: () => [],
        load: () => [{ batchSize: 8, steps: 3 }],
      },
    },
    networkOracle: () => [network(), inputs(), [0, 2, 1]],
    adadagrad: {
      args: () => [oracle(), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], options()],
      says: ['BatchSizeTest', 'AdaGradNorm', 'Adagrad', 'SGD', 'random', 'statisticsFrom'],
    },
  },
)
