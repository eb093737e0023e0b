import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const disc = () => api.ball({ dimension: 2 })
const square = () => api.box({ dimension: 2 })
const triangle = () => api.simplex({ dimension: 2 })
const gradient = () => [[0.3, -0.4]]
const world = { sigma2: 1, Sigma2: 2, sigmaMax2: 0.5, SigmaMax2: 0.5, G: 1, L: 1, pathLength: 1 }

/** A learner's own methods; its state is that of one that has played. */
const learner = (make: () => api.Learner, certificate: unknown[] = []) => ({
  predict: () => [],
  update: gradient,
  certificate: () => certificate,
  bound: { args: () => [{ ...world }], open: ['0'] },
  state: () => [],
  load: () => {
    const played = make()
    played.update([0.3, -0.4])
    return [played.state()]
  },
})
const learns = (make: () => api.Learner, args: () => unknown[], certificate?: unknown[]) => ({
  args,
  loose: ['0.domain'],
  says: ['bounds'],
  methods: learner(make, certificate),
})
const metric = () => [
  [2, 0.5],
  [0.5, 1],
]
const domain = {
  center: () => [],
  contains: () => [[0.1, 0.2], 1e-6],
  project: () => [[3, 4]],
  projectMetric: () => [[3, 4], metric()],
}
fuzz(api, {
  ball: { args: () => [{ dimension: 2, radius: 1.5, center: [0.5, 0.5] }], methods: domain, budgets: ['0.dimension'] },
  box: {
    args: () => [{ dimension: 2, lower: [-1, -2], upper: [1, 2] }],
    methods: domain,
    budgets: ['0.dimension'],
    loose: ['0.lower', '0.upper'],
  },
  simplex: { args: () => [{ dimension: 2, total: 2 }], methods: domain, budgets: ['0.dimension'] },
  product: { args: () => [[disc(), triangle()]], loose: ['0.0', '0.1'], methods: { project: () => [[1, 2, 3, 4]] } },
  seaConvex: learns(
    () => api.seaConvex({ domain: disc(), G: 1, L: 1 }),
    () => [{ domain: disc(), G: 1, L: 1, delta: 1, start: [0.1, 0.2] }],
  ),
  seaStrong: learns(
    () => api.seaStrong({ domain: disc(), lambda: 1 }),
    () => [{ domain: disc(), lambda: 1, start: [0.1, 0.2] }],
  ),
  seaExpConcave: learns(
    () => api.seaExpConcave({ domain: disc(), G: 1, beta: 1 }),
    () => [{ domain: disc(), G: 1, alpha: 0.5, beta: 1, L: 1, start: [0.1, 0.2] }],
  ),
  seaDynamic: learns(
    () => api.seaDynamic({ domain: disc(), G: 1, L: 1, horizon: 8 }),
    () => [{ domain: disc(), G: 1, L: 1, horizon: 8, start: [0.1, 0.2] }],
    [1],
  ),
  seaImplicit: {
    args: () => [{ domain: disc(), G: 1, delta: 1, start: [0.1, 0.2] }],
    loose: ['0.domain'],
    methods: {
      update: () => [[0.3, -0.4], (z: Float64Array) => Float64Array.from(z, (v) => v / 2)],
      certificate: () => [],
    },
  },
  seaEntropic: learns(
    () => api.seaEntropic({ domain: triangle(), G: 1 }),
    () => [{ domain: triangle(), G: 1, start: [0.4, 0.6] }],
  ),
  oftrl: learns(
    () => api.oftrl({ domain: disc(), nu: 1 }),
    () => [{ domain: disc(), nu: 1, G: 1, L: 1, start: [0.1, 0.2] }],
  ),
  oftl: learns(
    () => api.oftl({ domain: disc(), mu: 1 }),
    () => [{ domain: disc(), mu: 1, start: [0.1, 0.2] }],
  ),
  ogd: learns(
    () => api.ogd({ domain: disc(), G: 1 }),
    () => [{ domain: disc(), G: 1, start: [0.1, 0.2] }],
  ),
  ogdStrong: learns(
    () => api.ogdStrong({ domain: disc(), lambda: 1 }),
    () => [{ domain: disc(), lambda: 1, start: [0.1, 0.2] }],
  ),
  adagradNorm: learns(
    () => api.adagradNorm({ domain: disc() }),
    () => [{ domain: disc(), k: 1, start: [0.1, 0.2] }],
  ),
  adagradDiagonal: learns(
    () => api.adagradDiagonal({ domain: square() }),
    () => [{ domain: square(), k: 1, start: [0.1, 0.2] }],
  ),
  ons: learns(
    () => api.ons({ domain: disc(), gamma: 1 }),
    () => [{ domain: disc(), gamma: 1, G: 1, alpha: 1, start: [0.1, 0.2] }],
  ),
  bounds: {
    make: () => api.bounds,
    methods: {
      convex: { args: () => [{ D: 2, G: 1, L: 1, sigma2: 1, Sigma2: 1 }], open: ['0'] },
      strong: {
        args: () => [{ lambda: 1, D: 2, G: 1, L: 1, sigma2: 1, Sigma2: 1, sigmaMax2: 1, SigmaMax2: 1 }],
        open: ['0'],
      },
      expConcave: { args: () => [{ dimension: 2, beta: 1, D: 2, G: 1, L: 1, sigma2: 1, Sigma2: 1 }], open: ['0'] },
      dynamic: { args: () => [{ D: 2, G: 1, L: 1, sigma2: 1, Sigma2: 1, pathLength: 1, poolSize: 3 }], open: ['0'] },
      oftrl: { args: () => [{ nu: 1, D: 2, G: 1, L: 1, sigma2: 1, Sigma2: 1 }], open: ['0'] },
      oftl: { args: () => [{ mu: 1, D: 2, L: 1, sigmaMax2: 1, SigmaMax2: 1, rounds: 9 }], open: ['0'] },
    },
  },
  comparators: {
    make: () => api.comparators,
    methods: {
      logistic: {
        args: () => [metric(), [1, -1], { radius: 2, tolerance: 1e-10 }],
        says: ['comparators.logistic', 'overBall'],
      },
      leastSquares: {
        args: () => [metric(), [1, -2], { radius: 2, tolerance: 1e-10 }],
        says: ['comparators.leastSquares', 'overBall'],
      },
      quadratic: { args: () => [disc(), metric(), [1, 2]], loose: ['0'] },
      separable: { args: () => [square(), [1, 0], [1, 2]], loose: ['0'] },
    },
  },
  environments: {
    make: () => api.environments,
    // A world is told by its own name.
    says: ['quadratic', 'multiscale', 'corrupted', 'randomOrder', 'slowShift', 'abruptShift', 'labelShift'],
    methods: {
      quadratic: {
        args: () => [
          {
            name: 'quadratic',
            domain: square(),
            curvature: [1, 2],
            targets: metric(),
            noise: metric(),
            variances: [1, 2],
            G: 9,
          },
        ],
        loose: ['0.domain'],
      },
      multiscale: {
        args: () => [random(1), { rounds: 3, sigma: 1, alternation: 1, pinned: 2, scales: 2 }],
        budgets: ['1.rounds'],
      },
      iid: { args: () => [random(1), { rounds: 3, sigma: 1, pinned: 2, scales: 2 }], budgets: ['1.rounds'] },
      adversarial: {
        args: () => [random(1), { rounds: 3, alternation: 1, pinned: 2, scales: 2 }],
        budgets: ['1.rounds'],
      },
      corrupted: {
        args: () => [random(1), { rounds: 3, sigma: 1, corruptions: 1, size: 2, pinned: 2 }],
        budgets: ['1.rounds'],
      },
      randomOrder: {
        args: () => [random(1), { size: 3, passes: 2, sigma: 1, pinned: 2 }],
        budgets: ['1.size', '1.passes'],
      },
      slowShift: { args: () => [random(1), { rounds: 3, epsilon: 0.1, sigma: 1, pinned: 2 }], budgets: ['1.rounds'] },
      abruptShift: {
        args: () => [random(1), { rounds: 3, jumps: 1, sigma: 1, dimension: 2 }],
        budgets: ['1.rounds', '1.dimension'],
      },
      labelShift: {
        args: () => [random(1), { rounds: 3, classes: 2, points: 4, period: 3, accuracy: 0.8, radius: 2 }],
        budgets: ['1.rounds', '1.points', '1.classes'],
      },
    },
  },
  overBall: () => [
    (x: Float64Array, g: Float64Array, H: Float64Array, stride: number) => {
      g[0] = x[0] - 3
      g[1] = x[1]
      H[0] = 1
      H[stride] = 0
      H[stride + 1] = 1
      return ((x[0] - 3) * (x[0] - 3) + x[1] * x[1]) / 2
    },
    2,
    { radius: 1, tolerance: 1e-10 },
  ],
  play: {
    args: () => {
      const world = () => api.environments.iid(random(1), { rounds: 4, scales: 2 })
      return [api.ogd({ domain: world().domain, G: 1 }), world(), { rounds: 4, every: 2 }]
    },
    loose: ['0', '1'],
    writes: ['0'],
    says: ['ogd', 'comparators', 'box'],
  },
  logisticStream: {
    args: () => [{ learner: api.ogd({ domain: api.ball({ dimension: 4 }), G: 1 }), scale: 0.5 }],
    loose: ['0.scale', '0.learner'],
    methods: {
      see: { args: () => [{ label: 1, indices: [0, 2], values: [0.5, -1] }], open: ['0'], says: ['ogd'] },
      state: () => [],
      load: {
        says: ['ogd'],
        args: () => {
          const stream = api.logisticStream({ learner: api.ogd({ domain: api.ball({ dimension: 4 }), G: 1 }) })
          stream.see({ label: 1, indices: [0, 2], values: [0.5, -1] })
          return [stream.state()]
        },
      },
    },
  },
})
