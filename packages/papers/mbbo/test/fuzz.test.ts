import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const parts = () =>
  [0, 1, 2].map((i) => ({
    A: [
      [2 + i, 0.5],
      [0.5, 1],
    ],
    B: [[1], [-1]],
    b: [0.5, i],
    t: [1, -1],
    rho: 0.1,
  }))
/** Blocks as functions of a user. */
const blocks = () => {
  const problem = api.quadraticBlocks(parts())
  type V = Float64Array
  return parts().map((_, i) => {
    const { upper, lower } = problem.block(i)
    return {
      upper: {
        value: (x: V, y: V) => upper.value(x, y),
        gradient: (x: V, y: V, gx: V, gy: V) => upper.gradient(x, y, gx, gy),
      },
      lower: {
        value: (x: V, y: V) => lower.value(x, y),
        gradient: (x: V, y: V, gx: V, gy: V) => lower.gradient(x, y, gx, gy),
        hvp: (x: V, y: V, v: V, outX: V, outY: V) => lower.hvp!(x, y, v, outX, outY),
        hessian: (x: V, y: V, H: V) => lower.hessian!(x, y, H),
      },
    }
  })
}
const rows = () => [
  [1, 2],
  [0, -1],
  [0.5, 1],
]
const sampler = () => ({ blocksPerStep: 2, blocks: () => [0, 2], sample: () => undefined })
const examples = () => ({
  inputs: [
    [1, 0.5],
    [-1, 2],
    [0, -1],
  ],
  labels: [1, -1, 1],
})
const BROKEN = "the problem's functions may give it"
const common = () => ({
  blocksPerStep: 2,
  sampler: sampler(),
  tau: 0.05,
  tauV: 0.04,
  eta: 0.1,
  beta: 0.2,
  measureEvery: 4,
  tolerance: 1e-3,
  maxIterations: 8,
})

fuzz(api, {
  bsvrb: {
    args: () => [
      blocks(),
      { x: [1], y: rows() },
      { ...common(), version: 1, alpha: 0.4, gamma: 0.7, updates: 'sampled', radius: 2, eigenvalues: [0.5, 4] },
    ],
    loose: ['2.eta', '2.gamma'],
    nonFinite: BROKEN,
    says: ['solveLower', 'hypergradient'],
  },
  soba: {
    args: () => [blocks(), { x: [1], y: rows(), v: rows(), z: [0.5], k: 3 }, common()],
    loose: ['2.eta'],
    nonFinite: BROKEN,
    says: ['solveLower', 'hypergradient'],
  },
  measure: {
    args: () => [blocks(), [1], rows()],
    nonFinite: BROKEN,
    says: ['solveLower', 'hypergradient'],
  },
  msvr: {
    args: () => [3, 2, { alpha: 0.4, gamma: 0.7 }],
    budgets: ['0', '1'],
    methods: { set: () => [1, [1, 2]], update: { args: () => [1, [1, 2], [3, 4]], nonFinite: 'sums may overflow' } },
  },
  msvrGamma: { args: () => [10, 5, 0.4], nonFinite: 'it is as large as 1 / (1 - alpha)' },
  stableTau: { args: () => [10, 5, 0.4, 2, 0.7], nonFinite: 'curvatures may be tiny' },
  projectSpectrum: () => [
    [
      [1, 2],
      [3, 4],
    ],
    0.5,
    3,
  ],
  blockSampler: {
    args: () => [{ blocks: 3, blocksPerStep: 2, examples: { upper: 5, lower: [3, 4, 5] }, batchSize: 2, seed: 1 }],
    budgets: ['0.blocks', '0.blocksPerStep', '0.batchSize', '0.examples.upper', '0.examples.lower'],
    loose: ['0.examples.upper', '0.examples.lower'],
    methods: {
      blocks: () => [],
      sample: () => [1],
      state: () => [],
      load: { args: () => [random(1).state()], says: ['Random'] },
    },
  },
  // Which block a sample is for is not theirs to check.
  recordSampler: {
    args: () => [sampler()],
    open: ['0'],
    methods: { blocks: () => [], sample: { args: () => [1], loose: ['0'] } },
  },
  replaySampler: {
    args: () => [
      {
        blocks: [
          [0, 1],
          [1, 2],
        ],
        samples: [{ lower: [1] }, undefined],
      },
    ],
    loose: ['0.samples'],
    open: ['0'],
    methods: { blocks: () => [], sample: { args: () => [1], loose: ['0'] } },
  },
  blockTask: {
    args: () => [blocks()],
  },
  quadraticBlocks: {
    args: () => [parts()],
    says: ['quadraticBilevel'],
    methods: {
      block: () => [1],
      solution: { args: () => [[0.5]], says: ['quadraticBilevel'] },
      hyperobjective: { args: () => [[0.5]], says: ['quadraticBilevel'] },
      optimum: { args: () => [], says: ['quadraticBilevel'] },
      noise: () => [{ blocksPerStep: 2, batchSize: 3, deviation: 0.2, curvature: 0.1, seed: 1 }],
    },
  },
  temperatureLogistic: {
    args: () => [examples(), examples(), [0.5, 2], { l2: 0.1 }],
    says: ['weightedLogistic', 'weightedLogisticBlocks'],
    methods: { block: () => [1], weights: () => [[1, 2, 3]], suspects: () => [[1, -1, 0]] },
  },
})
