import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const x = () => [
  [0, 1],
  [1, 0],
  [2, 2],
]
const y = () => [
  [1, 1],
  [0, 0.5],
  [3, 1],
]
const z = () => [
  [2, 2],
  [3, 1],
]
const potentials = (n: number, m: number) => ({ f: new Array(n).fill(0.1), g: new Array(m).fill(0) })
const epsilons = () => ({ epsilonFitting: 0.4, epsilonGap: 0.3, sinkhornTolerance: 1e-2, sinkhornIterations: 20 })

const nonFinite = 'the error at the final epsilon is Infinity on the way there'

fuzz(api, {
  sqEuclidean: () => [],
  euclidean: () => [],
  euclideanP: () => [1.5],
  pNormP: () => [1.5],
  sqPNorm: () => [1.5],
  elasticL1: () => [0.5, 1],
  cosine: () => [],
  geodesic: () => [2],
  pointCost: () => [{ name: 'mine', value: () => 1, gradient: (p: Float64Array) => p }],
  structured: { args: () => [api.sqEuclidean()], loose: ['0.parameters'], open: ['0'] },
  mongeGap: {
    args: () => [
      x(),
      y(),
      {
        epsilon: 0.2,
        relativeEpsilon: 0.1,
        relativeTo: 'std',
        weights: [0.25, 0.25, 0.5],
        initial: potentials(3, 3),
        tolerance: 1e-3,
        maxIterations: 20,
      },
    ],
    nonFinite,
  },
  exactMongeGap: () => [x(), y(), {}],
  sinkhornDivergence: {
    args: () => [
      y(),
      z(),
      {
        epsilon: 0.3,
        relativeEpsilon: 0.1,
        relativeTo: 'mean',
        weightsY: [0.25, 0.25, 0.5],
        weightsZ: [0.5, 0.5],
        initial: { cross: potentials(3, 2), selfY: potentials(3, 3), selfZ: potentials(2, 2) },
        selfZ: 0.1,
        tolerance: 1e-3,
        maxIterations: 20,
      },
    ],
    nonFinite,
  },
  mapLoss: () => [x(), z(), { ...epsilons(), strength: 0.5 }],
  learnMap: {
    args: () => [
      mlp({ sizes: [2, 3, 2], loss: 'squared', seed: random(1) }),
      x(),
      z(),
      {
        ...epsilons(),
        strength: 0.5,
        steps: 2,
        output: 'free',
        batchSize: 2,
        seed: 3,
        validation: { x: x(), z: z(), every: 1 },
      },
    ],
    budgets: ['3.steps'],
    nonFinite: 'costs of validation points that are not finite are reported as NaN',
  },
})
