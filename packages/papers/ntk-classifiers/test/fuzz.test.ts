import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const X = () => [
  [1, 0, 0],
  [0.6, 0.8, 0],
  [0, 0.6, 0.8],
  [0, 0, 1],
]
const y = () => [1, 2, 2, 1]
const series = () => ({ hermite: [0, 0.5, 0.5, 0.7] })
const fitted = (): api.DeepNTKClassifier<number> => new api.DeepNTKClassifier<number>({ depth: 3 }).fit(X(), y())
const unfitted = { skip: 'needs fit; called below' }

// A valid call of every export: see packages/testing.
fuzz(api, {
  activation: { args: () => [{ fn: (z: number) => z * z * z, kinks: [1], degree: 5 }], budgets: ['0.degree'] },
  optimalActivation: () => [4],
  relu: () => [{ slope: 0.1 }],
  taxonomy: () => [series(), { tolerance: 1e-12 }],
  ntk: {
    args: () => [series(), { depth: 3, delta: [0, 0.2, 1] }],
    budgets: ['1.depth'],
    nonFinite: 'log 0 at right angles',
  },
  singularKernel: { args: () => [series(), [0.1, 0.5]], open: ['1'], nonFinite: 'psi is infinite at 0 and 0 at 1' },
  hilbertEstimate: () => [X(), y(), 2],
  nearestNeighbor: { args: () => [X(), y()], open: ['1'] },
  majorityVote: { args: () => [y()], open: ['0'], loose: ['0'] },
  toSphere: () => [
    X(),
    {
      shift: 'min-max',
      reference: [
        [-1, -1, -1],
        [1, 1, 1],
      ],
    },
  ],
  wideNetwork: {
    args: () => [series(), { inputs: 2, depth: 2, width: 3, outputs: 1, seed: 1 }],
    budgets: ['1.inputs', '1.depth', '1.width', '1.outputs'],
  },
  DeepNTKClassifier: {
    args: () => [{ activation: series(), depth: 3, ridge: 0.1 }],
    budgets: ['0.depth'],
    methods: {
      fit: { args: () => [X(), y()], loose: ['1'] },
      fitAsync: {
        args: () => [X(), y(), { signal: new AbortController().signal, onProgress: () => {} }],
        loose: ['1'],
      },
      scores: unfitted,
      predict: unfitted,
      state: unfitted,
    },
  },
})

fuzz(
  { fitted, load: api.DeepNTKClassifier.load },
  {
    fitted: {
      make: fitted,
      says: ['DeepNTKClassifier'],
      methods: {
        scores: { args: () => [X()], says: ['DeepNTKClassifier.scores'] },
        predict: { args: () => [X()], says: ['DeepNTKClassifier.predict'] },
        state: () => [],
      },
    },
    load: {
      args: () => [fitted().state()],
      open: ['0'],
      loose: ['0.classes', '0.activation.name'],
      says: ['DeepNTKClassifier.load'],
    },
  },
)
