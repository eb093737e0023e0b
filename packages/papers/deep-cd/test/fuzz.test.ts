import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const system = () => ({
  rows: 4,
  columns: 4,
  indptr: Int32Array.of(0, 2, 5, 8, 10),
  indices: Int32Array.of(0, 1, 0, 1, 2, 1, 2, 3, 2, 3),
  values: Float64Array.of(4, -1, -1, 4, -1, -1, 4, -1, -1, 4),
})
const direction = (r: Float64Array) => r
const limits = { maxIterations: 30, tolerance: 1e-8 }
const samples = () => [
  [1, 2, 0, 1],
  [0, 1, 3, 1],
]
const network = () => api.multiLevelNetwork({ channels: 1 })
const r = () => Float64Array.of(1, 2, 0.5, -1)
const FLOAT32 = 'numbers beyond float32'
const NETWORK = {
  forward: { args: () => [r(), [2, 2]], nonFinite: FLOAT32 },
  backward: { args: () => [r(), [2, 2], [1, 0, 1, 2]], nonFinite: FLOAT32 },
  direction: { args: () => [[2, 2]], says: ['Network.direction'] },
  load: { args: () => [api.pretrained().state()], open: ['0'] },
  state: () => [],
  program: { skip: 'internal' },
}

// A valid call of every export: see packages/testing.
fuzz(api, {
  dcdm: {
    args: () => [
      system(),
      [1, 2, 0, 1],
      { direction, orthogonalize: 2, safeguard: true, initial: [0, 1, 0, 0], mask: [1, 1, 1, 0], ...limits },
    ],
    loose: ['2.orthogonalize', '2.mask', '2.direction', '0'],
    open: ['0'],
    nonFinite: 'x where doubles cannot hold it',
  },
  conjugateGradient: {
    args: () => [
      system(),
      [1, 2, 0, 1],
      { preconditioner: direction, initial: [0, 1, 0, 0], mask: [1, 1, 1, 0], ...limits },
    ],
    loose: ['2.mask', '2.preconditioner', '0'],
    open: ['0'],
    nonFinite: 'x where doubles cannot hold it',
  },
  deflatedCG: {
    args: () => [system(), [1, 2, 0, 1], { vectors: 2, mask: [1, 1, 1, 0], ...limits }],
    loose: ['2.mask'],
    open: ['0'],
    nonFinite: 'x where doubles cannot hold it',
    says: ['lanczos', 'tridiagonalEigen'],
  },
  incompleteCholesky: { args: () => [system()], open: ['0'] },
  multigrid: { args: () => [system(), [2, 2]], open: ['0'], says: ['symmetricEigen'] },
  directionLoss: { args: () => [system(), r(), r()], loose: ['0'], nonFinite: 'large squares' },
  poisson2d: {
    args: () => [{ size: 4, discs: [[0.5, 0.5, 0.1]], mask: new Array(16).fill(1), fillPockets: true }],
    budgets: ['0.size'],
    loose: ['0.size', '0.mask'],
  },
  poisson3d: {
    args: () => [{ size: 2, discs: [[0.5, 0.5, 0.5, 0.1]], mask: new Array(8).fill(1), fillPockets: true }],
    budgets: ['0.size'],
    loose: ['0.size', '0.mask'],
  },
  rightHandSide: {
    args: () => ['noise', { mask: new Uint8Array(4).fill(1), shape: [2, 2] }, 3],
    loose: ['2'],
    open: ['1'],
  },
  ritzDataset: {
    args: () => [system(), { vectors: 3, count: 2, theta: 1, seed: 3 }],
    budgets: ['1.vectors', '1.count'],
    loose: ['0', '1.seed'],
    says: ['lanczos', 'tridiagonalEigen', 'symmetric'],
  },
  multiLevelNetwork: {
    args: () => [{ channels: 2, activation: 'relu', levels: 3, dimension: 2, precision: 'float64', seed: 4 }],
    budgets: ['0.channels'],
    loose: ['0.seed'],
  },
  paperNetwork: {
    args: () => [{ channels: 2, coarsePairs: 1, finePairs: 1, dimension: 2, precision: 'float64', seed: 4 }],
    budgets: ['0.channels', '0.coarsePairs', '0.finePairs'],
    loose: ['0.seed'],
  },
  networkFrom: { args: () => [network().state()], open: ['0'], budgets: ['0.options.channels'] },
  pretrained: {
    args: () => [],
    methods: NETWORK,
    says: ['Network.forward', 'Network.backward', 'Network.load'],
  },
  trainDirections: {
    args: () => [
      network(),
      [{ A: system(), shape: [2, 2], samples: samples(), batch: 1 }],
      { steps: 3, learningRate: 0.01, clip: 1, seed: 2 },
    ],
    budgets: ['2.steps'],
    writes: ['0'],
    fixed: ['0'],
    loose: ['1.0.A', '2.learningRate', '2.seed'],
  },
})
