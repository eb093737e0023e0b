import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const norms = () => [2, 1.5, 1, 1.2, 0.8]
const learner = () => {
  const z = [1, 2]
  return {
    predict: () => z.slice(),
    update: (g: Float64Array) => {
      for (let i = 0; i < z.length; i++) z[i] -= g[i]
    },
  }
}

fuzz(api, {
  asFunction: () => [[1, 0.5, 0.25], 2],
  constantWeights: { args: () => [{ norms: norms(), distance: 2 }], open: ['0'] },
  fitPolynomial: () => [[1, 0.8, 0.5, 0.2, 0], { warmups: [0, 0.2], powers: [0.5, 1, 2] }],
  LastIterate: {
    args: () => [learner(), [1, 0.5, 0.25]],
    loose: ['0'],
    methods: {
      update: () => [[0.3, -0.4]],
      certificate: { args: () => [1], nonFinite: 'there is no bound before the last gradient' },
      state: () => [],
      load: () => [new api.LastIterate(learner(), [1, 0.5, 0.25]).state()],
    },
  },
  lastIterateBound: { args: () => [{ steps: [1, 0.8, 0.5], norms: [2, 1, 1.5], distance: 1.5 }], open: ['0'] },
  lastIterateBoundGradient: { args: () => [{ steps: [1, 0.8, 0.5], norms: [2, 1, 1.5], distance: 1.5 }], open: ['0'] },
  linearDecay: { args: () => [5, { distance: 2, lipschitz: 3 }], budgets: ['0'] },
  medianFilter: () => [norms(), 3],
  NormRecorder: {
    args: () => [{ norm: 'weighted-l1', beta2: 0.9, epsilon: 1e-3 }],
    methods: {
      record: {
        args: () => [
          { a: [1, 2], b: [0.5] },
          { a: [0.1, 0.2], b: [0.3] },
        ],
        loose: ['0', '1', '0.a', '0.b', '1.a', '1.b'],
      },
      watch: { args: () => [{ step: () => 1 }], writes: ['0'], open: ['0'] },
      state: () => [],
      load: () => {
        const recorder = new api.NormRecorder({ norm: 'weighted-l1', beta2: 0.9, epsilon: 1e-3 })
        recorder.record({ a: [1, 2] })
        return [recorder.state()]
      },
    },
  },
  optimalSchedule: { args: () => [{ norms: norms(), distance: 2 }], open: ['0'] },
  optimalWeights: { args: () => [{ norms: norms(), distance: 2 }], open: ['0'] },
  optimizeSchedule: () => [
    norms(),
    { distance: 1.5, initial: [1, 0.8, 0.6, 0.4, 0.2], tolerance: 1e-6, maxIterations: 30 },
  ],
  refineSchedule: () => [norms(), { smoothing: 0.6, power: 2, peak: 3, floor: 0.01 }],
  regretBound: { args: () => [{ weights: [1, 0.8, 0.5], norms: [2, 1, 1.5], distance: 1.5 }], open: ['0'] },
  schedule: {
    args: () => ['step', { steps: 6, warmup: 0.2, power: 1.5, milestones: [0.3, 0.6] }],
    budgets: ['1.steps'],
    loose: ['1.milestones'],
  },
  stepsFromWeights: () => [[1, 0.8, 0.5]],
})
