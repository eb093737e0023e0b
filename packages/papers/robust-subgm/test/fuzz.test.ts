import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const A = () => [
  [
    [1, 0.5],
    [0.5, 2],
  ],
  [
    [0, 1],
    [1, -1],
  ],
  [
    [2, 0],
    [0, 0.3],
  ],
]
const y = () => [3, 1, -40]
const measurements = () => api.denseMeasurements(A())
const truth = () => [
  [2, 1],
  [1, 1],
]
const entries = () => ({ size: 2, rows: [0, 1, 0], columns: [0, 1, 1] })
const sparse = () => ({ size: 2, starts: [0, 2, 3], rows: [0, 1, 1], columns: [1, 1, 0], values: [1, -2, 0.5] })
const map = { forward: () => [truth()], adjoint: () => [y()], signAdjoint: () => [y()] }
const state = () => api.subgm(measurements(), y(), { maxIterations: 3 }).state
const recoverState = () => api.recover({ measurements: A(), y: y() }, { maxIterations: 3 }).state
const options = { tolerance: 1e-7, maxIterations: 20 }
const rule = (args: () => unknown[]) => ({ args })

fuzz(api, {
  recover: {
    args: () => [
      { measurements: A(), y: y(), size: 2 },
      {
        rank: 2,
        alpha: 1e-4,
        initial: 'random',
        random: random(1),
        stepSize: api.quantile(),
        resume: recoverState(),
        ...options,
      },
    ],
    says: ['denseMeasurements'],
    loose: ['0.measurements', '1.random', '1.initial', '1.alpha', '1.rank'],
  },
  subgm: {
    args: () => [
      measurements(),
      y(),
      {
        rank: 2,
        alpha: 1e-4,
        initial: 'random',
        random: random(1),
        stepSize: api.geometric(),
        resume: state(),
        ...options,
      },
    ],
    fixed: ['0'],
    loose: ['2.random', '2.initial', '2.alpha', '2.rank'],
  },
  gradientDescent: {
    args: () => [measurements(), y(), { rank: 1, initial: [[0.1], [0.2]], stepSize: api.constant(0.01), ...options }],
    fixed: ['0'],
    loose: ['2.initial', '2.rank'],
  },
  denseMeasurements: { args: () => [A(), { size: 2 }], loose: ['0'] },
  gaussianMeasurements: { args: () => [3, 2, random(1)], budgets: ['0', '1'], loose: ['2'] },
  rankOneMeasurements: () => [truth()],
  entryMeasurements: { args: () => [entries()], budgets: ['0.size'] },
  sparseMeasurements: { args: () => [sparse()], budgets: ['0.size'] },
  batchedMeasurements: {
    args: () => [{ size: 2, counts: [1, 2], batch: (k: number) => (k === 0 ? A().slice(0, 1) : A().slice(1)) }],
  },
  Measurements: { skip: 'abstract; its methods are called below' },
  spectralInitialization: { args: () => [measurements(), y(), { rank: 1, alpha: 0.1, floor: 0.1 }], fixed: ['0'] },
  signRip: { args: () => [measurements(), truth(), { rank: 1, noise: [0, 0, 5], phi: 0.7 }], fixed: ['0'] },
  decompose: { args: () => [[[1], [0.5]], truth(), { rank: 1 }] },
  syntheticProblem: {
    args: () => [
      {
        size: 2,
        rank: 1,
        count: 5,
        corruption: 0.2,
        outlierScale: 2,
        outlier: 'cauchy',
        noise: 0.1,
        condition: 2,
        measurement: 'entries',
        random: random(1),
      },
    ],
    budgets: ['0.size', '0.count'],
    loose: ['0.random'],
  },
  geometric: rule(() => [{ initial: 1, decay: 0.9 }]),
  quantile: rule(() => [{ q: 0.5, eta: 1 }]),
  lossProportional: rule(() => [1]),
  constant: rule(() => [1]),
  polyak: rule(() => [{ target: 1 }]),
  oracle: rule(() => [{ truth: truth(), eta: 1 }]),
  scaling: { skip: 'an object; its functions are called below' },
})

const made = (make: () => api.Measurements) => ({ make, says: ['Measurements'], methods: map })
fuzz(
  {
    dense: measurements,
    rankOne: () => api.rankOneMeasurements(A()[0]),
    sparse: () => api.sparseMeasurements(sparse()),
  },
  {
    dense: made(measurements),
    rankOne: {
      make: () =>
        api.rankOneMeasurements([
          [1, 2],
          [0, 1],
          [3, 1],
        ]),
      says: ['Measurements'],
      methods: map,
    },
    sparse: { make: () => api.entryMeasurements(entries()), says: ['Measurements'], methods: map },
  },
)

fuzz(
  { gaussian: api.scaling.gaussian, outliers: api.scaling.outliers, fromNoise: api.scaling.fromNoise },
  {
    gaussian: { args: () => [2, 1], says: ['scaling.gaussian'] },
    outliers: {
      args: () => [2, { corruption: 0.2, outlierScale: 3, outlier: 'constant' }],
      says: ['scaling.outliers'],
    },
    fromNoise: { args: () => [2, [1, 0, -3]], says: ['scaling.fromNoise'] },
  },
)
