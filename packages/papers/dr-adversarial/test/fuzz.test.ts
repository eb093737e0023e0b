import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const rows = () => [
  [0.1, 0.9],
  [0.5, 0.3],
  [1, 0],
  [0.2, 0.6],
]
const labels = () => [0, 1, 2, 1]
const logits = () => [
  [1, 2, 0],
  [0.5, -1, 0.2],
]
const network = () => mlp({ sizes: [2, 3, 3] })
const box = () => ({ epsilon: 0.1, low: 0, high: 1 })

// A valid call of every export: see packages/testing.
fuzz(api, {
  klWeights: () => [[1, 2, 0.5], 0.7],
  CompositionalWeights: {
    args: () => [{ r: 1, track: 0.2, maxWeight: 3 }],
    nonFinite: 'r and maxWeight may be Infinity',
    methods: {
      update: () => [[1, 2, 0.5]],
      state: () => [],
      load: () => [{ logU: 0.3 }],
    },
  },
  gairatWeights: () => [[0, 5, 10], 10, { lambda: -1, kind: 'sigmoid' }],
  classMargins: () => [logits(), [0, 2], 'probabilities'],
  mailWeights: () => [logits(), [0, 2], { slope: 10, bias: -0.5 }],
  martLoss: () => [logits(), logits(), [0, 2], { beta: 5 }],
  barrierAttack: {
    args: () => [
      network(),
      rows(),
      labels(),
      { ...box(), c: 1e-3, lambda: 0.1, steps: 2, stepSize: 0.02, method: 'sign', tau: 0.05 },
    ],
    budgets: ['3.steps'],
  },
  marginPgd: {
    args: () => [network(), rows(), labels(), { ...box(), steps: 2, stepSize: 0.05, norm: 'l2' }],
    budgets: ['3.steps'],
  },
  hypergradient: () => [
    network(),
    rows(),
    labels(),
    [
      [0.01, 0.02],
      [0, 0.05],
      [-0.05, 0.05],
      [0.03, -0.03],
    ],
    { ...box(), c: 1e-2, lambda: 0.5, r: 1, clamp: true },
  ],
  trainRobust: {
    args: () => [
      network(),
      { inputs: rows(), targets: labels() },
      { ...box(), steps: 2, epochs: 2, batchSize: 2, seed: 1, r: 1, learningRate: 0.01, maxIterations: 3 },
    ],
    budgets: ['2.steps', '2.epochs'],
  },
  robustReport: {
    args: () => [
      network(),
      rows(),
      labels(),
      { ...box(), steps: 2, strongSteps: 2, restarts: 1, seed: 1, tailShare: 0.5, maxIterations: 2 },
    ],
    budgets: ['3.steps', '3.strongSteps', '3.restarts'],
    nonFinite: 'a class without examples has the accuracy NaN',
  },
})
