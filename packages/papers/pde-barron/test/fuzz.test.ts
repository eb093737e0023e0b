import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const f = () => (x: number[]) => x[0] + 1
const boundary = () => ['dirichlet', 'neumann']
const sum = () =>
  new api.TrigSum(
    ['cos', 'sin'],
    [
      [0, 1],
      [2, 1],
    ],
    [1, -0.5],
  )
const quartic = () => 'quartic'
const watch = () => ({ onProgress: () => {}, signal: new AbortController().signal, timeBudget: 1e6 })
const neurons = () => ({ count: 6, activation: 'tanh', scale: 2, seed: 1 })
const network = () => ({
  activation: 'tanh',
  inputWeights: [
    [1, 2],
    [0.5, -1],
  ],
  biases: [0.1, -0.2],
  outputWeights: [1, 2],
  boundary: boundary(),
})
const own = (): api.Lagrangian => ({
  name: 'own',
  value({ n, u, p }, out) {
    for (let i = 0; i < n; i++) out[i] = 0.5 * (u[i] * u[i] + p.reduce((total, pj) => total + pj[i] * pj[i], 0))
  },
  slopes({ u, p }, du, dp) {
    du.set(u)
    for (const [j, pj] of p.entries()) dp[j].set(pj)
  },
  hessian(_, v, q, hu, hp) {
    hu.set(v)
    for (const [j, qj] of q.entries()) hp[j].set(qj)
  },
  divergence(_, out) {
    out.fill(0)
  },
  constants: () => ({ lambda: 1, Lambda: 1, mu: 1, Mu: 1 }),
})

fuzz(
  api,
  {
    lagrangian: () => ['quartic', { diffusion: 1, gradient: 0.5, reaction: 1, cubic: 2 }],
    customLagrangian: {
      args: () => [own(), { dimension: 2, uMax: 1, pMax: 1, samples: 5, seed: 1 }],
      budgets: ['1.samples'],
      open: ['0'],
    },
    constants: { args: () => [quartic(), { uMax: 1, pMax: 2 }], nonFinite: 'infinite without limits' },
    conditioning: {
      args: () => [
        { lambda: 1, Lambda: 2, mu: 0, Mu: 3 },
        { boundary: boundary(), mass: 1, stiffness: 1 },
      ],
      open: ['0'],
    },
    maximumPrinciple: { args: () => [quartic(), 3], nonFinite: 'there may be no bound' },
    stepConstants: () => [boundary()],
    barronGrowth: {
      args: () => [{ lagrangian: quartic(), boundary: boundary(), forcingNorm: 0.5 }, 0.5, 4],
      budgets: ['2'],
      open: ['0'],
      nonFinite: 'series diverge',
    },
    invariantBall: { args: () => [{ lagrangian: quartic(), boundary: boundary(), forcingNorm: 0.1 }], open: ['0'] },
    theoremBound: {
      args: () => [{ dimension: 2, compositionConstant: 6, compositionPower: 3, epsilon: 0.1 }],
      nonFinite: 'the exponent is exponential',
    },
    gaussLegendre: { args: () => [4], budgets: ['0'] },
    neuronsFor: { args: () => [2, 0.1], nonFinite: 'the square of a ratio' },
    networkNorm: () => [sum(), 'relu'],
    boundaryValues: { args: () => [[[0.5, 0.2]], boundary()], nonFinite: 'points of any size' },
    sampleNetwork: { args: () => [sum(), 5, { activation: 'relu', order: 1, seed: 1 }], budgets: ['1'] },
    toMlp: { args: () => [network()], open: ['0'], says: ['mlp'] },
    ritzGradient: {
      args: () => [{ lagrangian: quartic(), f: f(), boundary: boundary(), rule: 3 }, network()],
      budgets: ['0.rule'],
      open: ['1'],
      nonFinite: 'weights of any size',
    },
    deepRitz: {
      args: () => [
        { lagrangian: quartic(), f: f(), boundary: boundary(), neurons: neurons(), rule: 4 },
        { steps: 3, learningRate: 0.01, polish: 2, ...watch() },
      ],
      budgets: ['0.neurons.count', '0.rule', '1.steps', '1.polish'],
      nonFinite: 'learning rates of any size',
      says: ['Adam', 'lbfgs'],
    },
    solveGrid: {
      args: () => [
        {
          lagrangian: quartic(),
          f: f(),
          boundary: boundary(),
          modes: 3,
          grid: 8,
          flux: () => 0.1,
          lift: { value: () => 1, gradient: () => [0, 0] },
        },
        { step: 'adaptive', uMax: 3, pMax: 3, certificateModes: 4, maxIterations: 5, ...watch() },
      ],
      budgets: ['0.modes', '0.grid', '1.certificateModes', '1.maxIterations'],
      nonFinite: 'M may be unknown',
    },
    solveSparse: {
      args: () => [
        { lagrangian: quartic(), f: sum(), threshold: 1e-6, budget: 1e-5 },
        { step: 'theory', uMax: 3, pMax: 3, samples: 10, seed: 1, maxIterations: 5, ...watch() },
      ],
      budgets: ['1.samples', '1.maxIterations'],
      nonFinite: 'M may be unknown',
    },
    solveNeurons: {
      args: () => [
        { lagrangian: quartic(), f: f(), boundary: boundary(), neurons: neurons(), rule: 4, fineRule: 5 },
        { step: 0.5, uMax: 3, pMax: 3, maxIterations: 5, ...watch() },
      ],
      budgets: ['0.neurons.count', '0.rule', '0.fineRule', '1.maxIterations'],
      nonFinite: 'M may be unknown',
    },
    TrigSum: {
      args: () => [
        ['cos', 'sin'],
        [
          [0, 1],
          [2, 1],
        ],
        [1, -0.5],
      ],
      methods: {
        add: () => [sum(), 0.5],
        scale: () => [2],
        multiply: () => [sum(), 1e-3],
        derivative: () => [1],
        precondition: () => [{ mass: 1, stiffness: 2 }],
        truncate: () => [0.1],
        norm: () => [1],
        gradientNorm: () => [],
        neurons: () => [],
        squares: () => [],
        l2: () => [],
        h1: () => [],
        dual: () => [],
        inner: () => [sum()],
        at: () => [[[0.1, 0.2]]],
        toJSON: () => [],
      },
    },
  } as never,
  { calls: 300 },
)
