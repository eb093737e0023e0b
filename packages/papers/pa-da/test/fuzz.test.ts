import { inProcess } from '@opt/executor'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { trainTruth } from '../src/truths/train-truth.ts'
import { trainTruths, truthTask } from '../src/truths.ts'

const rows = () => [
  [0.5, -1],
  [1, 2],
  [-0.5, 0.25],
  [2, 1],
]
const labels = () => [0, 1, 1, 0]
const data = () => ({ inputs: rows(), labels: labels() })
const edges = () => [
  [0, 1],
  [1, 2],
]
const space = () => api.searchSpace({ edges: [[0, 1]], ops: ['none', 'skip', 'thin', 'dense'], cells: 1 })
const net = () => new api.Supernet({ inputs: 2, classes: 2, channels: 3, space: space(), dtype: 'float64', seed: 1 })
const descent = () => ({ epochs: 2, batchSize: 2, learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3, clip: 5 })
const sampling = () => ({
  method: 'pa-da',
  path: true,
  data: true,
  weights: true,
  tauMax: 0.4,
  bias: [0.25, 0.25, 0.25, 0.25],
})
const driver = () => ({ onProgress: () => {} })
const work = (at: string) => ['epochs', 'batchSize', 'channels', 'bottleneck'].map((name) => `${at}.${name}`)

const withPath = (X: unknown[]) => () => [...X, [3]]
const sampler = () => new api.PathSampler({ choices: [3, 3] })
const chosen = () =>
  api.searchModels([...rows(), ...rows()], [...labels(), ...labels()], space(), {
    epochs: 1,
    batchSize: 2,
    channels: 3,
    finalists: 1,
  }).best!.model

/** `alone`: the network of one path. */
const exported = {
  ...api,
  pathSampler: (mode: 'ops' | 'per-edge' | 'table' | 'uniform') => new api.PathSampler({ choices: [3, 3], mode }),
  alone: () => net().extract([3]),
  trainTruths,
}

fuzz(exported, {
  searchSpace: {
    args: () => [{ edges: edges(), ops: ['none', 'skip', { kind: 'thin', width: 3 }], cells: 2 }],
    budgets: ['0.cells'],
    says: ['SearchSpace'],
    methods: {
      path: () => [4],
      index: () => [[1, 2]],
      canonical: () => [[1, 0]],
      distinct: () => [],
      describe: () => [[1, 2]],
    },
  },
  Supernet: {
    args: () => [{ inputs: 2, classes: 2, channels: 3, bottleneck: 2, space: space(), seed: 1, dtype: 'float64' }],
    budgets: ['0.inputs', '0.classes', '0.channels', '0.bottleneck'],
    methods: {
      forward: withPath([rows()]),
      predict: withPath([rows()]),
      lossAndGradient: () => [rows(), labels(), [3], [1, 0.5, 0, 2]],
      perExampleNorms: () => [rows(), labels(), [3]],
      indicators: () => [rows(), labels(), [3]],
      opNorms: () => [[3]],
      extract: () => [[3]],
      parameterCount: () => [[3]],
      state: () => [],
      // Names of parameters have dots, which the fuzzer's paths cannot; states.test.ts has bad states.
      load: { args: () => [net().state()], fixed: ['0'] },
      route: { skip: 'internal' },
    },
  },
  alone: {
    args: () => [],
    says: ['Supernet'],
    methods: { forward: () => [rows()], predict: () => [rows()], parameterCount: () => [] },
  },
  PathSampler: {
    args: () => [{ choices: [3, 3], mode: 'ops', tauMax: 0.9, target: [0.5, 0.25, 0.25] }],
    budgets: ['0.choices.0', '0.choices.1'],
    methods: {
      sample: () => [[0.5, 0.25]],
      record: () => [
        [1, 2],
        [1, 0.5, 2],
      ],
      endEpoch: () => [0.5],
      weight: () => [[1, 2]],
      state: () => [],
      load: { args: () => [sampler().state()], open: ['0'] },
    },
  },
  pathSampler: {
    args: () => ['per-edge'],
    says: ['PathSampler'],
    methods: {
      sample: () => [[0.5, 0.25]],
      record: () => [
        [1, 2],
        [1, 0.5],
      ],
      endEpoch: () => [0.5],
      weight: () => [[1, 2]],
    },
  },
  DataSampler: {
    args: () => [4, { tauMax: 0.9 }],
    budgets: ['0'],
    methods: {
      record: () => [
        [0, 2],
        [1, 0.5],
      ],
      endEpoch: () => [0.5],
      draw: { args: () => [[0.5, 0.25, 0.75], 3], budgets: ['1'] },
      weight: () => [2],
      state: () => [],
      load: { args: () => [new api.DataSampler(4).state()], open: ['0'] },
    },
  },
  // Bad states: search-models.test.ts.
  TableModel: {
    make: () => chosen(),
    methods: { predict: () => [rows()], state: () => [] },
  },
  kendallTau: () => [
    [1, 2, 2, 3],
    [1, 3, 2, 2],
  ],
  rankPaths: () => [net(), data(), { paths: [[3], [1]], ...driver() }],
  evolve: {
    args: () => [
      ([op]: number[]) => op,
      space(),
      { population: 2, parents: 2, rounds: 2, mutants: 2, crossovers: 2, mutation: 0.5, seed: 1, ...driver() },
    ],
    budgets: ['population', 'parents', 'rounds', 'mutants', 'crossovers'].map((name) => `2.${name}`),
  },
  exhaustive: () => [([op]: number[]) => op, space(), driver()],
  gradientVariance: {
    args: () => [
      net(),
      rows(),
      labels(),
      {
        batch: 2,
        pathProbabilities: [0.25, 0.25, 0.25, 0.25],
        dataProbabilities: [0.5, 0.25, 0.25, 0],
        alternations: 2,
        ...driver(),
      },
    ],
    budgets: ['3.alternations'],
    nonFinite: 'an example that is never drawn makes the variance infinite',
  },
  trainAlone: {
    args: () => [
      [3],
      data(),
      {
        ...descent(),
        inputs: 2,
        classes: 2,
        space: space(),
        channels: 3,
        bottleneck: 2,
        dtype: 'float64',
        seed: 1,
        ...driver(),
      },
    ],
    budgets: [...work('2'), '2.inputs', '2.classes'],
  },
  trainSupernet: {
    args: () => [net(), data(), { ...descent(), ...sampling(), seed: 1, reportEvery: 1, ...driver() }],
    budgets: work('2'),
  },
  searchModels: {
    args: () => [
      [...rows(), ...rows(), ...rows()],
      [...labels(), ...labels(), ...labels()],
      space(),
      {
        ...descent(),
        ...sampling(),
        channels: 3,
        bottleneck: 2,
        finalists: 1,
        maxParameters: 1000,
        validation: 0.2,
        test: 0.2,
        seed: 1,
        ...driver(),
      },
    ],
    budgets: [...work('3'), '3.finalists'],
    // Labels are numbers or strings.
    loose: Array.from({ length: 12 }, (_, i) => `1.${i}`),
  },
  trainTruths: {
    args: () => [
      inProcess({ modules: { [truthTask.module]: async () => ({ trainTruth }) } }),
      data(),
      data(),
      {
        ...descent(),
        classes: 2,
        space: space(),
        channels: 3,
        bottleneck: 2,
        dtype: 'float64',
        paths: [[3], [1]],
        seeds: [1, 2],
        ...driver(),
        signal: new AbortController().signal,
      },
    ],
    budgets: [...work('3'), '3.classes'],
    // The caller closes it.
    loose: ['0.close'],
    says: ['map', 'trainTruth', 'trainAlone'],
    nonFinite: 'a truth that diverged is NaN',
  },
})
