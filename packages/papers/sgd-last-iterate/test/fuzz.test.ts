import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const SETS = 'its arguments are checked by @opt/sets, which has its own fuzz test'
const known = {
  L: 1,
  M: 1,
  sigma: 0.5,
  distance: 2,
  muF: 0.5,
  muH: 0.1,
  delta: 0.1,
  tails: 'subGaussian' as const,
  sharp: true,
}
const square = () => ({
  subgradient: (x: Float64Array) => Array.from(x, (v, i) => v - i),
  objective: (x: Float64Array) => (x[0] * x[0] + (x[1] - 1) * (x[1] - 1)) / 2,
  noise: api.noise.gaussian(0.1),
  map: api.euclidean(),
  term: api.l1Norm(0.1),
  x0: [1, -1],
  stepSizes: [0.5, 0.4, 0.3],
  random: random(1),
  every: 1,
})
/** Maps are frozen; wrong ones are refused in refusals.test.ts. */
const fixed = ['0.map']
const loose = ['0.term', '0.noise', '0.random']
const point = () => [0.3, 0.7]
const map = {
  gradient: { args: () => [point(), new Float64Array(2)], writes: ['1'] },
  inverse: { args: () => [[0.3, -0.7], new Float64Array(2)], writes: ['1'] },
  divergence: { args: () => [point(), [0.6, 0.4]], nonFinite: 'Infinity where it overflows' },
  norm: { args: () => [point()], nonFinite: 'Infinity where it overflows' },
  dualNorm: { args: () => [point()], nonFinite: 'Infinity where it overflows' },
}
/** Maps delegate to those of @opt/sets; their exponents may be Infinity. */
const mapCase = (args: () => unknown[], says: string[]) => ({
  args,
  says: [...says, 'euclideanMap', 'simplexEntropyMap', 'pNormMap', 'powerMap', 'radialPowerMap'],
  methods: map,
  nonFinite: 'the dual exponent of entropy() is Infinity',
})
const sized = (name: string) => ({
  args: () => [0.5],
  says: [`noise.${name}`],
  methods: {
    variance: () => [3, api.euclidean()],
    subGaussian: () => [3, api.euclidean()],
    moment: () => [3, 1.5],
    draw: {
      args: () => [random(1), new Float64Array(3)],
      writes: ['0', '1'],
      loose: ['0', '1'],
      nonFinite: 'it writes',
    },
  },
})
const learner = () => {
  const made = api.lastIterate({ x0: [1, -1], ...known, steps: 4 })
  made.step([0.1, 0.2])
  return made
}

fuzz(api, {
  ball: { skip: SETS },
  box: { skip: SETS },
  elasticNet: { skip: SETS },
  indicator: { skip: SETS },
  l1Norm: { skip: SETS },
  l1NormInBox: { skip: SETS },
  negativeEntropy: { skip: SETS },
  orthant: { skip: SETS },
  simplex: { skip: SETS },
  squaredL2Norm: { skip: SETS },
  euclidean: mapCase(() => [], ['euclidean']),
  entropy: mapCase(() => [], ['entropy']),
  lp: mapCase(() => [1.5], ['lp']),
  power: mapCase(() => [1.5], ['power']),
  radialPower: mapCase(() => [1.5], ['radialPower']),
  normBall: () => [2],
  mirrorStep: {
    args: () => [[1, -2], [0.5, 0.5], 0.1, { map: api.euclidean(), term: api.l1Norm(0.1) }],
    loose: ['3.term'],
    fixed: ['3.map'],
  },
  csmd: {
    nonFinite: 'objectives, averages and certificates are Infinity where they overflow',
    args: () => [{ ...square(), average: true, allowZeros: false, reference: [0, 0.9], L: 1, M: 0, muF: 0, muH: 0 }],
    open: ['0'],
    loose,
    fixed,
    writes: ['0.random'],
    says: ['coefficients', 'reference', 'l1Norm'],
  },
  quantiles: {
    nonFinite: 'gaps are Infinity where they overflow',
    args: () => [{ ...square(), minimum: 0.1, seeds: 3, deltas: [0.5, 0.1], average: true }],
    open: ['0'],
    loose,
    fixed,
    budgets: ['0.seeds'],
    writes: ['0.random'],
    says: ['l1Norm'],
  },
  lastIterate: {
    args: () => [{ x0: [1, -1], map: api.euclidean(), term: api.l1Norm(0.1), ...known, steps: 5 }],
    loose: ['0.term'],
    fixed,
    budgets: ['0.steps'],
    says: ['plan', 'l1Norm', 'term.value(x)'],
    methods: {
      point: () => [],
      step: () => [[0.5, -0.5]],
      guarantee: () => [],
      state: () => [],
      load: () => [learner().state()],
    },
  },
  plan: {
    args: () => [{ ...known, steps: 5 }],
    budgets: ['0.steps'],
    methods: { stepSize: () => [2], guarantee: () => [3] },
  },
  bound: { args: () => [{ stepSizes: [0.4, 0.3, 0.2], ...known }], open: ['0'] },
  heavyBound: {
    args: () => [{ stepSizes: [0.4, 0.3], p: 1.5, L: 1, M: 1, sigma: 1, distance: 2, delta: 0.1 }],
    open: ['0'],
  },
  coefficients: { args: () => [{ stepSizes: [0.4, 0.3, 0.2], muF: 0.5, muH: 0.1 }], open: ['0'] },
  stepSizes: {
    make: () => api.stepSizes,
    says: ['stepSizes'],
    methods: {
      ...Object.fromEntries(
        (['sqrt', 'constant', 'linear'] as const).map((kind) => [
          kind,
          { args: () => [{ steps: 4, L: 1, M: 1, sigma: 1, distance: 2, delta: 0.1 }], budgets: ['0.steps'] },
        ]),
      ),
      ...Object.fromEntries(
        (['strong1', 'strong2', 'strongT', 'strongH1', 'strongH2'] as const).map((kind) => [
          kind,
          { args: () => [{ steps: 4, L: 1, mu: 0.5 }], budgets: ['0.steps'] },
        ]),
      ),
      ...Object.fromEntries(
        (['heavy', 'heavyT', 'heavyLinear'] as const).map((kind) => [
          kind,
          { args: () => [{ steps: 4, p: 1.5, M: 1, sigma: 1, distance: 2 }], budgets: ['0.steps'] },
        ]),
      ),
    },
  },
  noise: {
    make: () => api.noise,
    says: ['noise'],
    methods: {
      gaussian: sized('gaussian'),
      uniform: sized('uniform'),
      sign: sized('sign'),
      pareto: { args: () => [0.5, 2.5], says: ['noise.pareto'] },
      weibull: { args: () => [0.5, 0.7], says: ['noise.weibull'] },
    },
  },
  linearModel: {
    args: () => [
      [
        [1, 2],
        [3, 4],
        [0, 1],
      ],
      [1, -1, 1],
      { loss: 'logistic', batchSize: 2, map: api.euclidean() },
    ],
    fixed: ['2.map'],
    budgets: ['2.batchSize'],
    says: ['powerIteration'],
  },
  maxAffine: {
    args: () => [
      [
        [1, 2],
        [3, 4],
      ],
      { offsets: [1, 2], map: api.euclidean() },
    ],
    fixed: ['1.map'],
  },
})
