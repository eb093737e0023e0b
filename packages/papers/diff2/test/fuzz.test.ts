import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { meanClients } from './problems.ts'

const network = () => mlp({ sizes: [2, 2, 1], activation: 'tanh', loss: 'squared' })
const common = () => ({
  epsilon: 1,
  delta: 1e-3,
  rounds: 4,
  clipGradient: 1,
  learningRate: 0.1,
  adjacency: 'replace',
  weighting: 'examples',
  calibration: 'exact',
  noise: api.seededNoise(random(1)),
  noiseAt: 'server',
  regularizer: (x: Float64Array, out: Float64Array) => out.set(x),
  average: true,
  checkpoint: () => {},
})
const local = () => ({ steps: 2, clip: 1, sampling: 'fixed', batch: 1, shares: [0.5, 0.2, 0.3], order: 'random' })
// Clients owe no errors about their records: what they throw adds nothing.
const CLIENTS = [0, 1].flatMap((p) => ['clippedMean', 'clippedDifference'].map((name) => `0.${p}.${name}`))
const RATES = () => [
  [2, 4, 8],
  [0.1, 0.2, 0.5],
]

fuzz(api, {
  diff2: {
    args: () => [
      meanClients(1, [3, 2], 2),
      [0.5, 1],
      { ...common(), restart: 2, clipDifference: 1, share: 0.7, local: local() },
    ],
    fixed: [...CLIENTS, '2.noise', '2.noise.random'],
    budgets: ['2.rounds', '2.local.steps'],
    loose: ['2.share', '2.epsilon'],
    nonFinite: 'noise may be of any size',
    says: ['Random', 'a client'],
  },
  dpGradientDescent: {
    args: () => [meanClients(1, [3, 2], 2), [0.5, 1], common()],
    fixed: [...CLIENTS, '2.noise', '2.noise.random'],
    budgets: ['2.rounds'],
    nonFinite: 'noise may be of any size',
    says: ['Random'],
  },
  rowsClient: {
    args: () => [
      {
        size: 2,
        count: 2,
        gradients: (x: Float64Array, _s: number, n: number, out: Float64Array) => out.set(x, 2 * n - 2),
      },
    ],
    budgets: ['0.size', '0.count'],
  },
  networkClient: {
    args: () => [
      network(),
      [
        [1, 2],
        [3, 4],
      ],
      [0, 1],
      { counts: [1, 2] },
    ],
    fixed: ['0'],
    budgets: ['3.counts.0', '3.counts.1'],
  },
  clientTask: {
    args: () => [meanClients(1, [3, 2], 2), { noise: api.seededNoise(random(1)) }],
    fixed: [...CLIENTS, '1.noise'],
  },
  gaussianMu: () => [1, 1e-5],
  gaussianDelta: () => [1, 0.5],
  gaussianEpsilon: () => [1, 1e-5],
  rdpGaussian: () => [1.5, 3],
  rdpPoisson: { args: () => [0.1, 1.5, 3], budgets: ['2'] },
  rdpFixedSize: { args: () => [0.1, 1.5, 3], budgets: ['2'] },
  epsilonFromRdp: { args: () => [...RATES(), 1e-5], nonFinite: 'no order may give a bound' },
  deltaFromRdp: () => [...RATES(), 1],
  Accountant: {
    args: () => [{ orders: [2, 4, 8], method: 'renyi' }],
    budgets: ['0.orders'],
    methods: {
      add: {
        args: () => [{ sampling: 'poisson', noiseMultiplier: 2, rate: 0.1 }, 3],
        open: ['0'],
        nonFinite: 'Infinity is no noise of no data',
      },
      epsilon: { args: () => [1e-5], nonFinite: 'no order may give a bound' },
      delta: () => [1],
    },
  },
  privacySchedule: {
    args: () => [
      {
        epsilon: 1,
        delta: 1e-3,
        rounds: 6,
        restart: 2,
        share: 0.7,
        calibration: 'exact',
        accounting: 'renyi',
        local: { steps: 2, clients: 2, sampling: 'fixed', rate: 0.5, shares: [0.5, 0.2, 0.3], turns: (r: number) => r },
      },
    ],
    budgets: ['0.rounds'],
    loose: ['0.share'],
    nonFinite: 'kinds of releases that do not occur have infinite noise',
    methods: { spent: { args: () => [3], budgets: ['0'] } },
  },
  suggestRestart: {
    args: () => [
      {
        epsilon: 1,
        delta: 1e-3,
        rounds: 6,
        share: 0.7,
        learningRate: 0.1,
        clipDifference: 1,
        sensitivity: 0.01,
        size: 3,
      },
    ],
    budgets: ['0.rounds'],
  },
  feedbackNumber: {
    args: () => [{ learningRate: 0.1, clipDifference: 1, sensitivity: 0.01, multiplier: 3, size: 3, restart: 2 }],
    nonFinite: 'products of large numbers overflow',
  },
  sensitivity: { args: () => [[3, 2], { adjacency: 'replace', weighting: 'examples' }] },
  diff2Theory: {
    args: () => [{ lipschitz: 1, smoothness: 1, gap: 1, size: 10, records: 100, epsilon: 1 }],
    nonFinite: 'rates of wild constants overflow',
  },
  discreteGaussian: { args: () => [random(1), 3], budgets: ['1'] },
  secureNoise: { args: () => [{ exact: true }], nonFinite: 'it draws nothing here' },
  seededNoise: { args: () => [random(1), { exact: true }] },
})
