import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const rows = () => [
  [0.5, -1],
  [1.5, 0.25],
  [-0.5, 1],
  [0.75, 2],
]
const others = () => [
  [0.25, -0.5],
  [1, 0.5],
  [-1, 1.25],
  [0.5, 1.5],
]
const labels = () => [0, 1, 0, 1]
const network = () => [
  {
    weights: [
      [1, 0.5],
      [-0.5, 1],
    ],
    bias: [0.1, -0.2],
    activation: 'tanh' as const,
  },
  {
    weights: [
      [1, -1],
      [0.5, 0.25],
    ],
    bias: [0, 0.5],
  },
]
const profileOptions = () => ({
  noise: 0.5,
  components: 8,
  draws: 6,
  confidence: 0.9,
  labels: true,
  random: random(1),
  maxIterations: 100,
})
const samples = () => [network(), { inputs: rows(), labels: labels() }, { inputs: others(), labels: labels() }] as const
const budgets = ['3.components', '3.draws', '3.divisions']

// A valid call of every export: see packages/testing.
fuzz(api, {
  activations: { args: () => [network(), rows()], loose: ['0'] },
  smoothedDivergence: {
    args: () => [
      rows(),
      others(),
      { noise: 0.5, labelsA: labels(), labelsB: labels(), draws: 6, confidence: 0.9, random: random(1) },
    ],
    budgets: ['2.draws'],
    loose: ['2.draws'],
    nonFinite: 'the divergence is infinite beyond the largest double',
  },
  smoothedProfile: {
    args: () => [...samples(), profileOptions()],
    budgets,
    loose: ['0', '3.noise'],
    nonFinite: 'the divergence is infinite beyond the largest double',
  },
  shiftReport: {
    args: () => [...samples(), { ...profileOptions(), divisions: 3, significance: 0.25 }],
    budgets,
    loose: ['0', '3.noise'],
    nonFinite: 'the divergence is infinite beyond the largest double',
  },
  wassersteinChain: {
    args: () => [
      ...samples(),
      {
        loss: (z: Float64Array, y: number) => Math.abs(z[y]),
        lossLipschitz: 1,
        labelCost: 0.5,
        lossRange: 2,
        epsilon: 0.01,
        random: random(1),
      },
    ],
    loose: ['0'],
    nonFinite: 'products of operator norms overflow',
  },
  wasserstein1: { args: () => [rows(), others(), { method: 'bracket', epsilon: 0.1 }], budgets: ['2.epsilon'] },
  slicedWasserstein1: {
    args: () => [rows(), others(), { directions: 5, random: random(1) }],
    budgets: ['2.directions'],
    loose: ['2.directions'],
  },
  knnDivergence: { args: () => [rows(), others(), { k: 2, dimension: 2 }] },
  intrinsicDimension: () => [rows(), { k: 3 }],
  gaussianDivergence: () => [rows(), others()],
  klBound: { args: () => [[0.1, 0.2], { sigma: 0.5 }], loose: ['0'], nonFinite: 'the bound overflows' },
  gibbsBound: {
    args: () => [{ beta: 2, samples: 10, coefficient: 0.5, label: 0.1, sigma: 0.5 }],
    nonFinite: 'the bound overflows',
  },
  finiteParameterInformation: () => [{ weights: 3, values: 2, samples: 10 }],
  contracted: () => [{ input: 0.5, label: 0.1, coefficients: [0.5, 0.9] }],
  dropoutContraction: () => [0.3, 4],
  dropConnectContraction: () => [0.3, 4, 2],
  gaussianContraction: () => [1.5],
  outputDiameter: () => ['tanh', 4],
  gaussianLinear: () => [
    {
      mean: [1, 0.5],
      noise: 1,
      samples: 10,
      weights: [
        [
          [1, 0],
          [0.5, 1],
        ],
      ],
      estimate: [0.8, 0.6],
    },
  ],
  laboratory: {
    args: () => [
      {
        points: [
          { x: [-1, 1], y: -1 },
          { x: [1, 1], y: 1 },
        ],
        probabilities: [0.5, 0.5],
        widths: [2, 1],
        values: [-1, 1],
        beta: 2,
        samples: 2,
        noise: 'dropout',
        drop: 0.25,
        activation: 'sign',
      },
    ],
    budgets: ['0.samples', '0.widths'],
    nonFinite: 'the bound of a huge beta overflows',
    open: ['0.points'],
  },
})

test('a network of @opt/nn is taken as it is', () => {
  const net = mlp({ sizes: [2, 3, 2], activation: 'gelu', seed: 1 })
  const [hidden, outputs] = api.activations(net, rows())
  const [first, last] = net.activations(rows())
  expect(Math.max(...hidden.data.map((a, i) => Math.abs(a - first[i])))).toBeLessThan(1e-15)
  expect(Math.max(...outputs.data.map((a, i) => Math.abs(a - last[i])))).toBeLessThan(1e-15)
  expect(() => api.activations(mlp({ sizes: [2, 3, 2], batchNorm: true }), rows())).toThrow(
    'activations: network must be without batch normalization',
  )
})
