import { symmetric } from '@opt/curvature'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const rows = () => [
  [1, 0.5],
  [-0.3, 1],
  [0.2, 0.7],
]
const options = () => ({ batchSize: 2, replacement: false, maxIterations: 20, tolerance: 1e-6 })
const inputs = () => [
  [1, 2],
  [-1, 0.5],
  [0.3, -2],
]
const weights = () => [
  [1, -1],
  [0.5, 2],
]

fuzz(api, {
  Linearization: { skip: 'made by linearize and linearizeKernel' },
  linearize: () => [rows(), { outputs: 3 }],
  linearizeKernel: {
    args: () => [
      [
        [2, 1],
        [1, 2],
      ],
      { outputs: 2 },
    ],
    loose: ['0'],
  },
  sharpness: { args: () => [rows()], says: ['linearize'] },
  criticalRate: { args: () => [rows(), options()], nonFinite: 'the rate is Infinity where all gradients are 0' },
  isStable: { args: () => [rows(), { ...options(), learningRate: 0.3 }] },
  stableRates: {
    args: () => [rows(), { batchSizes: [1, 2], replacement: false, learningRate: 0.5, maxIterations: 40 }],
    nonFinite: 'rates are Infinity where all gradients are 0',
    loose: ['1.batchSizes'],
  },
  secondMoment: {
    args: () => [rows(), { ...options(), learningRate: 0.3, start: [1, -1], steps: 3 }],
    budgets: ['1.steps'],
  },
  rateBounds: {
    args: () => [
      { trace: 3, frobenius: 2, lambdaMax: 1.5, fourthMoment: 12, maxSquaredNorm: 4 },
      { examples: 10, batchSize: 2, replacement: true, outputs: 1 },
    ],
    nonFinite: 'bounds are Infinity for a flat minimum',
  },
  alignment: () => [rows(), [0.1, -0.2, 0.3]],
  alignmentBounds: {
    args: () => [
      { lossAlignment: 0.5, traceAlignment: 0.7 },
      { learningRate: 0.1, examples: 10, batchSize: 2, replacement: false },
    ],
    nonFinite: 'bounds are Infinity for gradient descent',
  },
  estimateSharpness: {
    args: () => [
      symmetric(2, (v) => [2 * v[0] + v[1], v[0] + 3 * v[1]]),
      { probes: 4, steps: 2, seed: 1, maxIterations: 20 },
    ],
    budgets: ['1.probes', '1.steps'],
    loose: ['0', '1.seed'],
    says: ['hutchinson', 'lanczos', 'symmetric'],
  },
  probeVariance: () => [weights()],
  pathNorm: () => [weights(), [1, -2]],
  reluGradients: () => [inputs(), weights(), [1, -2]],
  reluBounds: { args: () => [inputs(), weights(), [1, -2]], nonFinite: 'Infinity where a unit is dead' },
  gaussianReluBounds: () => [weights(), [1, -2]],
  balance: () => [inputs(), weights(), [1, -2]],
  rademacherBound: () => [{ pathNorm: 3, radius: 2, examples: 16 }],
  diagonalGradients: () => [inputs(), [1, 2], [0.5, -1], 'product'],
  diagonalBounds: {
    args: () => [inputs(), [1, 2], [0.5, -1], 'difference'],
    nonFinite: 'Infinity where an input is 0',
  },
  isotropicDiagonalBounds: () => [[1, 2], [0.5, -1], 'product'],
  balanceDiagonal: () => [[1, 2], [0.5, -1], 'product'],
})
