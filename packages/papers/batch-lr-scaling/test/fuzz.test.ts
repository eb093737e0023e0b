import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

/** Blocks diag(i + 1, 2, ..., 2): the mean over a batch. */
const products = (indices: Int32Array, v: Float64Array, out: Float64Array) => {
  let top = 0
  for (const index of indices) top += (index + 1) / indices.length
  for (let i = 0; i < v.length; i++) out[i] = (i === 0 ? top : 2) * v[i]
}
const noise = () => ({
  count: 40,
  lambda: 3,
  lowest: -1,
  isotropic: 0.5,
  aligned: 2,
  alignedLowest: 1,
  trace: 9,
})
const learner = () => ({
  products,
  count: 6,
  size: 3,
  batch: 2,
  rule: 'stochastic',
  momentum: 0.5,
  sample: 3,
  steps: 2,
  probes: 2,
  safety: 0.5,
  keep: 0.9,
  interval: 3,
  decay: () => 1,
  seed: 1,
})
const work = ['0.size', '0.count', '0.sample', '0.steps', '0.probes']
const says = ['products', 'symmetric', 'lanczos', 'extremeEigen', 'operator.apply', 'Random', 'the answer']
const methods = (rule: object) => ({
  schedule: { args: () => [0], says: ['RateLearner'] },
  measure: {
    args: () => [
      [
        { indices: [0, 1], start: [1, 0, 1] },
        { indices: [3], start: [1, 1, 1] },
      ],
    ],
  },
  state: () => [],
  load: () => {
    const saved = new api.RateLearner({ ...learner(), ...rule } as never)
    saved.measure()
    return [saved.state()]
  },
})
const batchRule = { rule: 'batch', interval: 'doubling' }
const cauchyRule = { rule: 'cauchy', gradient: () => [1, 2, 3] }

fuzz(
  { ...api, byBatches: api.RateLearner, byCauchy: api.RateLearner },
  {
    effectiveBatch: { args: () => [3, 10], nonFinite: 'a whole batch has no noise' },
    spike: { args: () => [{ lambda: 3, width: 0.5 }], open: ['0'] },
    additive: { args: () => [{ nodes: [0, 1], masses: [0.5, 0.5], width: 0.5, lambda: 3 }], open: ['0'] },
    multiplicative: { args: () => [{ nodes: [0.1, 1], counts: [5, 3], batch: 20, lambda: 3 }], open: ['0'] },
    maximalRate: {
      args: () => [{ lambda: 3, trace: 9, batch: 4, count: 40, momentum: 0.9, method: 'stochastic' }],
      loose: ['0.trace'],
    },
    meanSquareRate: () => [{ lambda: 3, variance: 2, momentum: 0.5 }],
    minimalDamping: { args: () => [{ rate: 0.1, lambda: 3, trace: 9, batch: 4, count: 40 }], open: ['0'] },
    polyak: () => [3, 1],
    lateDecay: { args: () => [10], methods: { call: () => [undefined, 3] } },
    scaleRate: () => [0.1, { from: 4, to: 16, rule: 'curve', lambda: 3, trace: 9, count: 40, momentum: 0.9 }],
    batchSharpness: () => [noise(), 4, { model: 'aligned' }],
    batchNoise: {
      args: () => [
        products,
        {
          count: 6,
          size: 3,
          block: 2,
          probes: [
            [1, 2, 3],
            [3, 1, -1],
          ],
          seed: 1,
          maxIterations: 50,
        },
      ],
      says,
      loose: ['1.seed', '1.probes'],
      budgets: ['1.size', '1.count', '1.block'],
    },
    measuredSharpness: {
      args: () => [products, { count: 6, size: 3, batches: [2, 3], repeats: 2, steps: 3, seed: 1 }],
      says,
      loose: ['1.seed'],
      budgets: ['1.size', '1.count', '1.repeats', '1.steps'],
      nonFinite: 'the standard error of one batch',
    },
    lanczosStep: {
      args: () => [
        (v: Float64Array) => v.map((x, i) => (i + 1) * x),
        [1, -2, 0.5],
        { rate: 0.1, damping: 0.5, steps: 2, start: [1, 1, 2], seed: 1 },
      ],
      says: [...says, 'lanczos'],
      loose: ['2.seed'],
      budgets: ['2.steps'],
    },
    RateLearner: {
      args: () => [learner()],
      says,
      loose: ['0.seed', '0.interval'],
      budgets: work,
      methods: methods({}),
    },
    byBatches: {
      args: () => [{ ...learner(), ...batchRule }],
      says: [...says, 'RateLearner'],
      loose: ['0.seed', '0.interval'],
      budgets: work,
      methods: methods(batchRule),
    },
    byCauchy: {
      args: () => [{ ...learner(), ...cauchyRule }],
      says: [...says, 'RateLearner', 'gradient'],
      loose: ['0.seed', '0.interval'],
      budgets: work,
      methods: methods(cauchyRule),
    },
  },
)
