import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const cost = () => [
  [0, 1, 2],
  [1, 0.5, 1],
]
const a = () => [0.5, 0.5]
const b = () => [0.25, 0.5, 0.25]
const potentials = () => ({ f: [0.1, 0], g: [0, 0.1, 0.2] })
const points = () => [
  [0, 0],
  [1, 0.5],
]
const others = () => [
  [0.2, 0],
  [1, 1],
  [0, 1],
]
const annealing = () => ({ start: 0.5, factor: 3, tolerance: 1e-2 })
const newton = () => ({
  epsilon: 0.1,
  tolerance: 1e-6,
  maxIterations: 20,
  initial: potentials(),
  annealing: annealing(),
  warmup: 3,
  keep: 4,
  forcing: 0.1,
})

fuzz(api, {
  sinkhornNewton: {
    args: () => [cost(), a(), b(), newton()],
    loose: ['3.keep', '3.annealing'],
    nonFinite: 'the error at the final epsilon is Infinity on the way there',
  },
  sinkhorn: {
    args: () => [
      cost(),
      a(),
      b(),
      { epsilon: 0.1, tolerance: 1e-6, maxIterations: 20, initial: potentials(), domain: 'kernel', relaxation: 1.2 },
    ],
    loose: ['3.relaxation'],
  },
  roundPlan: () => [
    [
      [0.2, 0.2, 0],
      [0, 0.3, 0.3],
    ],
    a(),
    b(),
  ],
  transportBounds: {
    args: () => [
      cost(),
      a(),
      b(),
      {
        ...potentials(),
        plan: [
          [0.2, 0.2, 0],
          [0, 0.3, 0.3],
        ],
        epsilon: 0.1,
      },
    ],
    nonFinite: 'the upper bound is Infinity where no plan was found; exponentials of potentials far out overflow',
    open: ['3'],
  },
  potential: {
    args: () => [cost(), a(), b(), { ...potentials(), epsilon: 0.1 }],
    nonFinite: 'exponentials of potentials far out overflow',
    open: ['3'],
  },
  sinkhornDivergence: {
    args: () => [
      points(),
      others(),
      { epsilon: 0.1, a: a(), b: b(), metric: 'sqeuclidean', tolerance: 1e-6, maxIterations: 20 },
    ],
    says: ['sinkhornNewton'],
  },
  wasserstein: {
    args: () => [points(), others(), { epsilon: 0.1, a: a(), b: b(), p: 2, tolerance: 1e-6, maxIterations: 20 }],
    says: ['sinkhornNewton'],
  },
  costRows: {
    args: () => [points(), others(), 'sqeuclidean'],
    methods: { writeRow: { args: () => [1, new Float64Array(3)], writes: ['1'] } },
  },
  pairwiseCost: () => [points(), others(), 'cityblock'],
  squaredEuclidean: () => [points(), others()],
  euclidean: () => [points(), others()],
  manhattan: () => [points(), others()],
  gridPoints: { args: () => [2, 3], budgets: ['0', '1'] },
  gridCost: { args: () => [2, 3, 'euclidean'], budgets: ['0', '1'] },
  scaled: () => [cost()],
  randomAssignment: { args: () => [3, random(1)], budgets: ['0'], loose: ['1'] },
  imagePair: {
    args: () => [
      [1, 2, 3, 4],
      [4, 3, 2, 1],
      { height: 2, width: 2, metric: 'sqeuclidean', maxPixel: 255, floor: 0.01 },
    ],
    budgets: ['2.height', '2.width'],
  },
  densities1d: { args: () => [5, 2], budgets: ['0'] },
  droppedMass: () => [[0.1, 0.2, 0.3], 2],
})

const pixels = () => ({ height: 2, width: 2, pixels: [0, 1, 2, 3] })
fuzz(
  { wasserstein: api.wasserstein, sinkhorn: api.sinkhorn },
  {
    wasserstein: {
      args: () => [pixels(), { ...pixels(), pixels: [3, 0, 1, 0] }, { epsilon: 0.1, maxIterations: 20 }],
      budgets: ['0.height', '0.width', '1.height', '1.width'],
      says: ['sinkhornNewton'],
    },
    sinkhorn: () => [api.costRows(points(), others()), a(), b(), { epsilon: 0.1, domain: 'log', maxIterations: 20 }],
  },
)
