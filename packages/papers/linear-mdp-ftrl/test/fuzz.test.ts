import { random } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const unit = (k: number) => [0, 1].map((i) => Number(i === k))
const data = () => ({
  features: [0, 1].map(() => [0, 1].map(() => [unit(0), [0.5, 0.5]])),
  nextStates: [
    [
      [0.5, 0.5],
      [0.2, 0.8],
    ],
  ],
  start: [0.3, 0.7],
})
const mdp = api.linearMdp(data())
const policy = () => [0, 1].map(() => [0, 1].map(() => [0.4, 0.6]))
const theta = () => [
  [0.5, 0.2],
  [0.1, 0.9],
]
const identity = () => [unit(0), unit(1)]
const adversary: api.Adversary = (out) => void out.fill(0.5)
const constants = () => ({ learningRate: 0.5, beta: 0.01, regularization: 0.05 })
const play = () => ({ episodes: 4, every: 2, random: 3 })
const world = (): api.World<number> => ({
  horizon: 2,
  actions: 2,
  dimension: 2,
  features: () => [unit(0), [0.5, 0.5]],
  start: () => 0,
  step: () => 1,
})
const cover = (): api.Cover<number> => ({ rounds: 2, policy: () => [0.5, 0.5], covariance: [identity(), identity()] })
const agent = () =>
  api.modelFree<number>({
    horizon: 2,
    actions: 2,
    dimension: 2,
    features: () => [unit(0), [0.5, 0.5]],
    ...constants(),
    epoch: 4,
  })
const playing = { loose: ['1', '2.random'], budgets: ['2.episodes', '2.every'], fixed: ['0'] }

fuzz(api, {
  adversaries: { skip: 'an object of functions: see refusals.test.ts' },
  deepPath: { args: () => [{ horizon: 3 }], budgets: ['0.horizon'] },
  dilatedBonus: {
    args: () => [mdp, policy(), [identity(), identity()], { beta: 0.3, random: random(1) }],
    fixed: ['0'],
    loose: ['3.random'],
  },
  directBias: () => [
    { phi: [0.5, 0.1], w: [1, 2], covariance: identity(), inverse: identity(), regularization: 0.1, epsilon: 0.2 },
  ],
  estimate: {
    args: () => [
      {
        rows: identity(),
        inverse: identity(),
        visited: [0.5, 0.5],
        lossToGo: 0.5,
        estimator: 'magnitudeReduced',
        bound: 2,
        reference: identity(),
        probabilities: [0.5, 0.5],
      },
    ],
  },
  ftrlBound: {
    args: () => [
      {
        plays: [
          [0.5, 0.5],
          [0.4, 0.6],
        ],
        losses: theta(),
        comparator: [0.3, 0.7],
        regularizer: 'logBarrier',
        learningRate: 0.5,
      },
    ],
  },
  ftrlStep: () => [[1, 2, 3], { learningRate: 0.5, regularizer: 'logBarrier' }],
  gameValue: {
    args: () => [mdp, { solve: () => ({ Status: 'Optimal', ObjectiveValue: 1 }) }],
    fixed: ['0'],
    open: ['1'],
  },
  geometricSize: () => [{ regularization: 0.1, epsilon: 0.2, dimension: 3, horizon: 2, episodes: 10 }],
  inverseCovariance: () => [
    [
      [0.5, 0.1],
      [0.2, 0.3],
    ],
    { regularization: 0.1, method: 'direct', weights: [1, 2] },
  ],
  linearMdp: {
    args: () => [data()],
    open: ['0'],
    methods: {
      occupancy: () => [policy()],
      evaluate: () => [policy(), theta()],
      optimal: () => [theta()],
      covariance: () => [policy()],
      simulate: () => [policy(), [0.1, 0.2, 0.3, 0.4]],
    },
  },
  lsvi: { args: () => [mdp, adversary, { ...play(), ucb: 0.3 }], ...playing },
  modelFree: {
    args: () => [
      {
        horizon: 2,
        actions: 2,
        dimension: 2,
        features: () => [unit(0), [0.5, 0.5]],
        lossRange: [0, 2],
        ...constants(),
        epoch: 4,
        regularizer: 'logBarrier',
        split: true,
        exploration: 0.1,
        knownThreshold: 3,
        cover: cover(),
      },
    ],
    budgets: ['0.horizon', '0.actions', '0.dimension', '0.epoch'],
    methods: {
      act: { args: () => [0, 0, random(2)], loose: ['1', '2'] },
      policy: { args: () => [0, 0], loose: ['1'] },
      state: () => [],
      load: { args: () => [agent().state()], open: ['0'] },
    },
  },
  policyCover: {
    args: () => [world(), { rounds: 2, episodes: 2, threshold: 0.5, ramp: 0.01, xi: 0.3, random: 1 }],
    budgets: ['0.horizon', '0.actions', '0.dimension', '1.rounds', '1.episodes'],
    loose: ['1.random', '0.start', '0.step'],
  },
  practicalParameters: () => [{ algorithm: 'magnitudeReduced', episodes: 10, horizon: 2, epoch: 5, typicalLoss: 0.6 }],
  randomMdp: {
    args: () => [{ horizon: 2, states: 2, actions: 2, dimension: 2, random: 1 }],
    budgets: ['0.horizon', '0.states', '0.actions', '0.dimension'],
    loose: ['0.random'],
  },
  tabular: {
    args: () => [mdp, adversary, { ...play(), learningRate: 0.5, regularization: 0.01, regularizer: 'logBarrier' }],
    ...playing,
  },
  theoryParameters: () => [{ algorithm: 'logBarrier', horizon: 2, actions: 3, dimension: 4, episodes: 100 }],
  uniform: { args: () => [mdp, adversary, play()], ...playing },
  withSimulator: {
    args: () => [
      mdp,
      adversary,
      {
        ...play(),
        ...constants(),
        regularizer: 'logBarrier',
        estimator: 'plain',
        covariance: 'geometric',
        samples: 6,
        chain: 3,
        bonus: 'sampled',
      },
    ],
    ...playing,
    budgets: ['2.episodes', '2.every', '2.samples', '2.chain'],
  },
  withoutSimulator: {
    args: () => [
      mdp,
      adversary,
      {
        ...play(),
        ...constants(),
        epoch: 2,
        regularizer: 'logBarrier',
        split: true,
        exploration: 0.5,
        knownThreshold: 3,
        cover: cover(),
      },
    ],
    ...playing,
    budgets: ['2.episodes', '2.every', '2.epoch'],
  },
})
