import { inProcess } from '@opt/executor'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const rows = () => [
  [0.5, -1, 0.25],
  [1, 2, -0.5],
  [-0.5, 0.25, 1],
  [2, 1, 0],
]
const labels = () => [0, 2, 1, 0]
const soft = () => [
  [0.5, 0.25, 0.25],
  [0, 1, 0],
  [0.25, 0, 0.75],
  [1, 0, 0],
]
const points = () => [
  [0.5, -1],
  [1, 2],
  [-0.5, 0.25],
  [2, 1],
]
const scores = () => [0.5, 0.25, 1, 0.75]
const inputs = () => Float32Array.of(0.5, -1, 1, 2, -0.5, 0.25, 2, 1)
const network = () => api.createMlp([2, 4, 3], { seed: 1, dtype: 'float64', batch: 4 })
const parameters = () => Float64Array.from(network().parameters)
const out = (length: number) => new Float64Array(length)

/** Options of the network among them; @opt/nn refuses those and names its own functions. */
const recipe = () => ({
  sizes: [2, 4, 3],
  score: 'grand',
  epochs: 2,
  layers: 'all',
  activation: 'relu',
  batchSize: 2,
  learningRate: 0.1,
  weightDecay: 5e-4,
  schedule: 'cosine',
  dtype: 'float64',
  seed: 1,
})
const says = ['mlp', 'SGD', 'cosineDecay', 'random', 'train', 'activation']
const work = ['sizes.0', 'sizes.1', 'sizes.2', 'epochs', 'networks', 'batchSize']

const average = () => {
  const one = new api.ScoreAverage()
  one.add(scores())
  one.add([1, 1, 1, Infinity])
  return one
}
const tracker = () => {
  const one = new api.ForgettingTracker(4)
  one.update([0, 1], [1, 0])
  one.update([1, 0], [1, 0])
  return one
}
/** true stands for 1. */
const update = {
  args: () => [
    [0, 2],
    [1, false],
  ],
  loose: ['1.0', '1.1'],
}
const trainArgs = (more: object) => [
  network(),
  { inputs: points(), targets: labels() },
  {
    steps: 3,
    batchSize: 2,
    learningRate: 0.1,
    momentum: 0.9,
    nesterov: true,
    weightDecay: 5e-4,
    schedule: 'cosine',
    seed: 1,
    onBatch: () => {},
    reportEvery: 1,
    ...more,
  },
]

fuzz(
  { ...api, average, tracker, scoreAtStart: api.scoreJob, trainMeasured: api.train },
  {
    el2n: { args: () => [rows(), soft(), { classes: 3, norm: 2, out: out(4), offset: 0 }], writes: ['2.out'] },
    margin: { args: () => [rows(), labels(), { classes: 3, kind: 'sum', out: out(4), offset: 0 }], writes: ['2.out'] },
    grandLastLayer: {
      args: () => [rows(), labels(), rows(), { classes: 3, width: 3, bias: true, out: out(4), offset: 0 }],
      writes: ['3.out'],
    },
    correct: () => [rows(), labels(), { classes: 3 }],
    grand: { args: () => [network(), points(), labels(), { layers: 'last', out: out(4) }], writes: ['3.out'] },
    ntk: () => [network(), points()],
    kernelDistance: () => [scores(), scores().reverse()],
    kernelVelocity: () => [scores(), scores().reverse(), 3],
    errorBarrier: { args: () => [[0, 1], [1, 0], (x: Float64Array) => x[0], { points: 3 }], budgets: ['3.points'] },
    errorOf: { args: () => [network(), points(), labels()], methods: { call: () => [undefined, parameters()] } },

    select: () => [scores(), { keep: 2, from: 'random', labels: labels(), balance: true, seed: 1 }],
    selectWithDetails: () => [scores(), { keep: 2, strata: 3, dropHardest: 0.25, seed: 1 }],
    ascendingOrder: () => [scores()],
    classQuotas: () => [[3, 2], 4],
    detection: { args: () => [scores(), [1, 0, 1, 0]], loose: ['1.0', '1.1', '1.2', '1.3'] },
    permuteLabels: () => [labels(), { fraction: 0.5, seed: 1 }],
    relabel: () => [labels(), [0, 1], [1, 3]],

    ScoreAverage: {
      args: () => [],
      methods: {
        add: () => [scores()],
        mean: () => [],
        std: () => [],
        state: () => [],
        load: () => [average().state()],
      },
    },
    average: {
      args: () => [],
      says: ['ScoreAverage'],
      methods: { add: () => [scores()], mean: () => [], std: () => [], state: () => [] },
    },
    ForgettingTracker: {
      args: () => [4],
      budgets: ['0'],
      methods: {
        update,
        scores: { args: () => [], nonFinite: 'Infinity for what was never learned' },
        unforgettable: () => [],
        neverLearned: () => [],
        state: () => [],
        load: () => [tracker().state()],
      },
    },
    tracker: {
      args: () => [],
      says: ['ForgettingTracker'],
      methods: {
        update,
        scores: () => [],
        unforgettable: () => [],
        neverLearned: () => [],
      },
    },

    scoreStream: {
      args: () => [
        ['one batch', 'another'],
        () => Float64Array.of(1, 2),
        { onProgress: () => {}, signal: new AbortController().signal },
      ],
      // Any iterable, of whatever the caller's `score` accepts.
      loose: ['0'],
    },
    scoreJob: {
      args: () => [{ ...recipe(), inputs: inputs(), labels: labels() }],
      says,
      budgets: work.map((w) => `0.${w}`),
    },
    scoreAtStart: {
      args: () => [{ ...recipe(), score: 'el2n', epochs: 0, inputs: inputs(), labels: labels() }],
      says: [...says, 'scoreJob'],
      budgets: work.map((w) => `0.${w}`),
    },
    scoreExamples: {
      args: () => [
        { inputs: inputs(), labels: labels() },
        { ...recipe(), networks: 2, perNetwork: true, maxIterations: 2, onProgress: () => {} },
      ],
      says,
      budgets: work.map((w) => `1.${w}`),
    },
    scoreExamplesOver: {
      args: () => [
        inProcess({ modules: { job: new URL('../dist/training/score-job.js', import.meta.url).href } }),
        { inputs: inputs(), labels: labels() },
        {
          ...recipe(),
          networks: 2,
          perNetwork: true,
          onProgress: () => {},
          signal: new AbortController().signal,
          task: { module: 'job', name: 'scoreJob' },
        },
      ],
      says: [...says, 'map'],
      budgets: work.map((w) => `2.${w}`),
    },
    createMlp: {
      args: () => [[2, 4, 3], { activation: 'relu', seed: 1, dtype: 'float64', batch: 4 }],
      budgets: ['0', '1.batch'],
      says,
    },
    train: { args: () => trainArgs({}), budgets: ['2.steps', '2.batchSize'], says },
    trainMeasured: {
      args: () => trainArgs({ evaluate: () => ({ one: 1 }) }),
      budgets: ['2.steps', '2.batchSize'],
      says,
      nonFinite: "a caller's measure is reported as it is",
    },
  },
)
