import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const f = (x: ArrayLike<number>) => {
  let sum = 0
  for (let j = 0; j < x.length; j++) sum += (x[j] - 1) * (x[j] - 1)
  return sum
}
const objective = (name: keyof typeof api.objectives) => ({
  make: () => (api.objectives[name] as () => api.objectives.TestObjective)(),
  methods: {
    value: { args: () => [[0.5, -1]], nonFinite: 'large squares' },
    gradient: { args: () => [[0.5, -1]], nonFinite: 'large squares' },
    minimizer: { args: () => [2], budgets: ['0'] },
  },
  says: [name, `${name}.minimizer`],
})

// A valid call of every export: see packages/testing.
fuzz(api, {
  cbo: {
    args: () => [
      f,
      { mean: [0.5, -1], deviation: [1, 2], lower: [-4, -4], upper: [4, 4] },
      {
        particles: 6,
        alpha: 30,
        lambda: 1,
        sigma: 2,
        dt: 0.02,
        noise: 'isotropic',
        batchSize: 4,
        update: 'partial',
        gradient: (x: Float64Array) => x,
        gradientStrength: 0.1,
        kickBelow: 1e-5,
        reduction: { every: 2, speed: 0.3 },
        random: 3,
        onState: () => {},
        maxIterations: 5,
        tolerance: 1e-9,
      },
    ],
    budgets: ['2.particles', '2.batchSize', '2.reduction.every'],
    loose: ['0', '1.mean', '1.deviation', '1.lower', '1.upper', '2.alpha', '2.sigma', '2.random', '2.gradient'],
    nonFinite: 'the value of an aborted run; bounds may be infinite',
  },
  consensusHopping: {
    args: () => [f, [2, 1], { particles: 5, alpha: 30, width: 0.5, random: 3, maxIterations: 4 }],
    budgets: ['2.particles'],
    loose: ['0', '2.alpha', '2.width', '2.random'],
  },
  proximalHop: {
    args: () => [f, [2, 1], { tau: 0.1, alpha: 30, particles: 9, random: 3 }],
    budgets: ['2.particles'],
    loose: ['0', '2.random'],
    nonFinite: 'the value where f is infinite',
  },
  smoothedObjective: {
    args: () => [f, [2], { alpha: 3, width: 0.5, nodes: 101 }],
    budgets: ['2.nodes'],
    loose: ['0'],
    nonFinite: 'alpha f may overflow',
  },
  consensusPoint: {
    args: () => [
      [
        [1, 2],
        [3, 4],
        [5, 0],
      ],
      [3, 1, 2],
      2,
    ],
    loose: ['1'],
    nonFinite: 'the free energy of values of -Infinity',
  },
  alphaOfSampleSize: { args: () => [[3, 1, 2], 0.5, 1e5], loose: ['0'] },
  differenceGradient: { args: () => [f, [1, 2], 1e-5], loose: ['0'] },
  gradientDescent: {
    args: () => [f, [2, 1], { gradient: (x: Float64Array) => x, dt: 0.01, learningRate: 1, maxIterations: 5 }],
    loose: ['0', '2.gradient'],
    nonFinite: 'f overflows at large x',
  },
  langevin: {
    args: () => [
      f,
      [2, 1],
      { gradient: (x: Float64Array) => x, dt: 0.01, learningRate: 1, sigma: 1, random: 2, maxIterations: 5 },
    ],
    loose: ['0', '2.gradient', '2.random'],
    nonFinite: 'f overflows at large x',
  },
  cooling: () => [{ sigma: 2, alpha: 50, every: 3 }],
  decay: () => [2, { factor: 0.5, every: 3 }],
  stability: {
    args: () => [{ lambda: 1, sigma: 2, dt: 0.01, noise: 'isotropic', dimension: 3 }],
    nonFinite: 'squares of large noise overflow',
  },
  objectives: { skip: 'its functions follow' },
})

fuzz(api.objectives, {
  rastrigin: { args: () => [2.5], methods: objective('rastrigin').methods, says: ['rastrigin'] },
  ackley: { args: () => [], methods: objective('ackley').methods },
  canyon: { args: () => [1.2], methods: objective('canyon').methods },
  doubleWell: { args: () => [], methods: objective('doubleWell').methods },
  rosenbrock: { args: () => [], methods: objective('rosenbrock').methods },
  himmelblau: { args: () => [], methods: objective('himmelblau').methods },
  quadratic: {
    args: () => [{ curvature: [1, 2], minimizer: [0.5, 0] }],
    methods: objective('quadratic').methods,
    loose: ['0.curvature', '0.minimizer'],
  },
})
