import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const rows = () => [
  [1, 2],
  [3, -1],
  [0, 1],
]
const domain = () => ({ features: rows(), targets: [0, 1, 1] })
const other = () => ({
  features: [
    [0.5, 1],
    [2, 2],
  ],
  targets: [1, 0],
})
const head = () => ({ weight: [1, -1], bias: [0.5] })
const inputs = () => [
  { inputs: rows(), targets: [0, 1, 1] },
  {
    inputs: [
      [0.5, 1],
      [2, 2],
    ],
    targets: [1, 0],
  },
]

// A valid call of every export: see packages/testing.
fuzz(api, {
  alignmentPenalty: () => [[domain(), other()], head(), { method: 'hutchinson', probes: 2, unbiased: true, seed: 1 }],
  headOracle: () => [domain(), { theta: [[1], [2], [3]] }],
  VarianceAverage: {
    args: () => [0.5],
    methods: {
      add: () => [[Float64Array.of(1, 2), Float64Array.of(3, 4)]],
      state: () => [],
      load: () => [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    },
  },
  colourDigits: () => [rows(), [3, 7, 2], { error: 0.2, seed: 1 }],
  rotateImages: () => [[[1, 2, 3, 4]], 2, 30],
  AlignedModel: {
    args: () => [mlp({ sizes: [2, 3, 2] })],
    methods: {
      features: () => [rows()],
      probabilities: () => [rows()],
      predict: () => [rows()],
      domainReport: () => [inputs(), { names: ['a', 'b'], delta: 0.2 }],
      state: () => [],
    },
  },
  trainAcrossDomains: () => [[2, 3, 1], inputs(), { steps: 2, batchSize: 2, seed: 1, maxIterations: 3 }],
  domainDistance: () => [domain(), other(), head()],
  transferBound: () => [domain(), other(), head(), { delta: 0.3 }],
  transferMeasure: () => [domain(), other(), head(), { delta: 0.3, steps: 3, maxIterations: 9 }],
  domainReport: () => [[domain(), other()], head(), { names: ['a', 'b'], delta: 0.2 }],
})
