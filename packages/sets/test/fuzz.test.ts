import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const metric = () => [
  [2, 0.5],
  [0.5, 1],
]
const set = {
  center: () => [],
  contains: () => [[0.1, 0.2], 1e-6],
  project: () => [[3, 4]],
  projectMetric: () => [[3, 4], metric()],
  support: () => [[1, -2]],
}
const UNBOUNDED = 'the diameter is Infinity'
const unbounded = { ...set, support: { args: () => [[-1, -2]], nonFinite: 'unbounded directions have Infinity' } }
const { projectMetric: _, ...withoutMetric } = set
const out = () => new Float64Array(2)
const term = {
  value: { args: () => [[0.3, 0.7]], nonFinite: 'Infinity outside the domain and where the value overflows' },
  prox: { args: () => [[0.3, -0.7], 0.5, out()], writes: ['2'] },
}
const map = {
  value: { args: () => [[0.3, 0.7]], nonFinite: 'Infinity where the value overflows' },
  gradient: { args: () => [[0.3, 0.7], out()], writes: ['1'] },
  inverseGradient: { args: () => [[0.3, -0.7], out()], writes: ['1'] },
  divergence: {
    args: () => [
      [0.3, 0.7],
      [0.6, 0.2],
    ],
    nonFinite: 'KL is infinite at the boundary',
  },
}

fuzz(api, {
  ball: { args: () => [{ dimension: 2, radius: 1.5, center: [0.5, 0.5] }], methods: set, budgets: ['0.dimension'] },
  box: {
    args: () => [{ dimension: 2, lower: [-1, -2], upper: [1, 2] }],
    methods: set,
    budgets: ['0.dimension'],
    loose: ['0.lower', '0.upper'],
  },
  simplex: { args: () => [{ dimension: 2, total: 2 }], methods: set, budgets: ['0.dimension'] },
  l1Ball: {
    args: () => [{ dimension: 2, radius: 1.5, center: [0.5, 0.5] }],
    methods: withoutMetric,
    budgets: ['0.dimension'],
  },
  orthant: { nonFinite: UNBOUNDED, args: () => [{ dimension: 2 }], methods: unbounded, budgets: ['0.dimension'] },
  halfSpace: { nonFinite: UNBOUNDED, args: () => [{ normal: [1, 2], offset: 0.5 }], methods: unbounded },
  affineSet: { nonFinite: UNBOUNDED, args: () => [{ A: [[1, 2]], b: [0.5] }], methods: unbounded },
  product: {
    args: () => [[api.ball({ dimension: 2 }), api.simplex({ dimension: 2 })]],
    loose: ['0.0', '0.1'],
    nonFinite: 'a part may be unbounded',
    methods: {
      project: () => [[1, 2, 3, 4]],
      contains: () => [[0, 0, 0.5, 0.5], 1e-6],
      support: { args: () => [[1, 2, 3, 4]], nonFinite: 'a part may be unbounded' },
    },
  },
  l1Norm: { args: () => [0.5], methods: term },
  l2Norm: { args: () => [0.5], methods: term },
  squaredL2Norm: { args: () => [0.5], methods: term },
  elasticNet: { args: () => [{ l1: 0.5, l2: 0.2 }], methods: term },
  groupLasso: { loose: ['0'], args: () => [[[0], [1]], 0.5], methods: term },
  negativeEntropy: { args: () => [0.5], methods: term },
  indicator: {
    args: () => [api.simplex({ dimension: 2 })],
    open: ['0'],
    loose: ['0'],
    methods: term,
    nonFinite: 'it hands out the set given',
  },
  l1NormInBox: { args: () => [0.5, api.box({ dimension: 2, lower: -0.5 })], open: ['1'], loose: ['1'], methods: term },
  euclideanMap: { args: () => [], methods: map },
  entropyMap: { args: () => [], methods: map },
  simplexEntropyMap: { args: () => [2], methods: map },
  pNormMap: { args: () => [1.5], methods: map },
  powerMap: { args: () => [3], methods: map },
  radialPowerMap: { args: () => [3], methods: map },
})
