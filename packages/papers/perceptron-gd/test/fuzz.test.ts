import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const features = () => [
  [2, 1],
  [1.5, 3],
  [-1, 0.5],
  [-2, -1],
]
const labels = () => [1, 1, -1, -1]
const sparse = () => ({
  rows: 4,
  columns: 2,
  indptr: Int32Array.of(0, 2, 3, 4, 6),
  indices: Int32Array.of(0, 1, 1, 0, 0, 1),
  values: Float64Array.of(2, 1, 3, -1, -2, -1),
})
const data = () => api.dataset({ features: features(), labels: labels() })
const start = () => ({ theta: [0.1, -0.2], intercept: 0.3 })
const plane = () => ({ theta: [1, 0.5], intercept: -0.25 })
/** Data are made by dataset(), not by hand. */
const descent = (args: () => unknown[]) => ({ args, fixed: ['0'] })
const fitted = (): api.LinearSeparator => new api.LinearSeparator({ maxIterations: 50 }).fit(features(), labels())

const unfitted = { skip: 'needs fit; called below' }

fuzz(api, {
  dataset: { args: () => [{ features: features(), labels: labels(), intercept: true }], open: ['0'] },
  logisticDescent: descent(() => [
    data(),
    { stepSize: 2, tie: 0.5, start: start(), stopWhenSolved: true, maxIterations: 20 },
  ]),
  normalizedDescent: descent(() => [
    data(),
    { stepSize: 2, tie: 0.5, start: start(), stopWhenSolved: true, maxIterations: 20 },
  ]),
  perceptron: descent(() => [data(), { start: start(), maxIterations: 20 }]),
  margin: descent(() => [data(), { resume: api.margin(data(), { maxIterations: 1 }).state, maxIterations: 20 }]),
  bounds: () => [{ n: 9, radius: 2, margin: 0.5, stepSize: 0.1, startNorm: 0, tie: 0.5, smoothness: 0.9 }],
  smoothness: { args: () => [data()], fixed: ['0'] },
  hardInstance: { args: () => [{ n: 5, h: 0.25, radius: 1 }], budgets: ['0.n'] },
  separableInstance: { args: () => [random(1), { n: 5, d: 3, margin: 0.5 }], budgets: ['1.n', '1.d'], loose: ['0'] },
  decision: { args: () => [plane(), sparse()], open: ['1'] },
  predict: () => [plane(), features()],
  LinearSeparator: {
    args: () => [{ method: 'normalized', stepSize: 10, intercept: true, maxIterations: 50 }],
    methods: {
      fit: { args: () => [features(), labels()], loose: ['1'] },
      fitAsync: { args: () => [sparse(), labels(), { onProgress: () => {} }], loose: ['1'] },
      decision: unfitted,
      predict: unfitted,
      margin: unfitted,
      state: unfitted,
    },
  },
})

fuzz(
  { fitted, load: api.LinearSeparator.load },
  {
    fitted: {
      make: fitted,
      says: ['LinearSeparator'],
      methods: {
        decision: { args: () => [features()], says: ['LinearSeparator.decision'] },
        predict: { args: () => [sparse()], open: ['0'], says: ['LinearSeparator.predict'] },
        margin: () => [],
        state: () => [],
      },
    },
    load: { args: () => [fitted().state()], open: ['0'], loose: ['0.classes'], says: ['LinearSeparator.load'] },
  },
)
