import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const X = () => [
  [1, 2],
  [-1, 0.5],
  [0.3, -1],
  [0.5, 0.25],
]
const y = () => [1, -1, 1, -1]
const patterns = () => ['1101', '0010']
const network = () => ({
  hidden: [
    [1, 0.5],
    [-0.5, 1],
  ],
  output: [1, -0.5],
})
const perturbed = () => [true, false]
const fitted = () => new api.ConvexReluNetwork({ loss: 'hinge', patterns: 3, maxIterations: 20 }).fit(X(), y())
const watch = () => ({ onProgress: () => {}, signal: new AbortController().signal })

fuzz(api, {
  convexRelu: {
    args: () => [
      X(),
      y(),
      {
        patterns: patterns(),
        loss: 'squared',
        beta: 0.1,
        method: 'rbcd',
        form: 'rows',
        rho: 1,
        gamma: 0.5,
        relaxation: 1.2,
        reduction: 'mean',
        epsilon: 0,
        perturbed: perturbed(),
        stopping: 'gap',
        measureEvery: 2,
        random: random(1),
        step: 'armijo',
        blockSize: 1,
        threshold: 1e-3,
        thresholdDecay: 0.9,
        maxIterations: 4,
      },
    ],
  },
  sampledConvex: {
    args: () => [
      X(),
      y(),
      { directions: X(), count: 4, random: random(1), loss: 'bce', beta: 0.1, method: 'fista', maxIterations: 4 },
    ],
    budgets: ['2.count'],
    loose: ['2.count', '2.random'],
  },
  blockDescent: {
    args: () => {
      const at = api.convexRelu(X(), y(), { patterns: patterns(), maxIterations: 3 }).state
      return [
        X(),
        y(),
        { patterns: patterns(), loss: 'squared', rho: 1, at, blocks: [0, 1], step: 'armijo', maxIterations: 4 },
      ]
    },
  },
  enumeratePatterns: () => [X(), { limit: 100 }],
  samplePatterns: { args: () => [X(), { count: 3, random: random(1) }], budgets: ['1.count'] },
  thickPatterns: {
    args: () => [X(), { count: 2, random: random(1), perturbed: perturbed(), candidates: 50 }],
    budgets: ['1.count', '1.candidates'],
    nonFinite: 'with a bias, the all-ones pattern scores Infinity',
  },
  patternCount: () => [4, 2],
  patternUpperBound: () => [4, 2],
  patternStatistics: () => [X()],
  samplesNeeded: () => [{ n: 4, xi: 0.1, psi: 0.1 }],
  toNetwork: { args: () => [{ v: X(), w: X() }], open: ['0'] },
  fromNetwork: () => [network(), X()],
  predict: () => [network(), X()],
  inputGradient: () => [network(), X()],
  fgsm: () => [network(), X(), y(), { epsilon: 0.1, perturbed: perturbed(), norm: 'l2', lower: -10, upper: [9, 9] }],
  pgd: {
    args: () => [
      network(),
      X(),
      y(),
      { epsilon: 0.1, perturbed: perturbed(), steps: 3, stepSize: 0.05, random: random(1) },
    ],
    budgets: ['3.steps'],
  },
  adversarialAccuracy: {
    args: () => [
      network(),
      X(),
      y(),
      { epsilon: 0.1, perturbed: perturbed(), steps: 3, stepSize: 0.05, random: random(1), attack: 'pgd' },
    ],
    budgets: ['3.steps'],
    says: ['pgd', 'fgsm'],
  },
  crossValidateBeta: {
    args: () => [
      [...X(), ...X()],
      [...y(), ...y()],
      {
        betas: [0.1, 1],
        folds: 2,
        random: random(1),
        fit: { tolerance: 0.1, maxIterations: 5 },
        loss: 'hinge',
        task: 'classification',
        patterns: 2,
        epsilon: 0,
        perturbed: perturbed(),
        standardize: true,
        intercept: true,
        rho: 0.1,
      },
    ],
    says: ['ConvexReluNetwork', 'convexRelu'],
    budgets: ['2.patterns'],
  },
  ConvexReluNetwork: {
    args: () => [
      {
        loss: 'hinge',
        task: 'classification',
        beta: 0.1,
        patterns: 3,
        epsilon: 0,
        perturbed: perturbed(),
        standardize: true,
        intercept: true,
        random: random(1),
        tolerance: 0.1,
        maxIterations: 5,
        rho: 0.1,
      },
    ],
    budgets: ['0.patterns'],
    says: ['convexRelu'],
    methods: {
      fit: () => [X(), y(), watch()],
      fitAsync: () => [X(), y(), watch()],
      decision: { skip: 'tested on a fitted network below' },
      predict: { skip: 'tested on a fitted network below' },
      score: { skip: 'tested on a fitted network below' },
      toNetwork: { skip: 'tested on a fitted network below' },
      toJSON: { skip: 'tested on a fitted network below' },
    },
  },
})

fuzz(
  { fitted, fromJSON: api.ConvexReluNetwork.fromJSON },
  {
    fitted: {
      args: () => [],
      says: ['ConvexReluNetwork'],
      methods: {
        decision: () => [X()],
        predict: () => [X()],
        score: () => [X(), y()],
        toNetwork: () => [],
        toJSON: () => [],
      },
    },
    fromJSON: {
      args: () => [JSON.parse(JSON.stringify(fitted()))],
      says: ['ConvexReluNetwork'],
      loose: ['0.options.patterns'],
      open: ['0'],
    },
  },
)
