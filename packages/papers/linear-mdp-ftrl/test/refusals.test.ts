import { random } from '@opt/core'
import { inProcess } from '@opt/executor'
import * as api from '../src/index.ts'
import { playSeed } from '../src/seeds/play-seed.ts'
import { playSeeds } from '../src/seeds.ts'

const mdp = api.randomMdp({ states: 2, actions: 2, dimension: 2 })
const counter = api.adversaries.counter(2)
const constants = { episodes: 5, learningRate: 1, beta: 0.1, regularization: 0.1 }
const features = [
  [
    [
      [1, 0],
      [0, 1],
    ],
  ],
  [
    [
      [1, 0],
      [0, 1],
    ],
  ],
]
const error = (call: () => unknown): string => {
  try {
    call()
  } catch (thrown) {
    return (thrown as Error).message
  }
  return 'nothing was thrown'
}

test.each<[string, () => unknown]>([
  [
    'linearMdp: P[0][0][1] must be probabilities that add up to 1, got sum 0.5',
    () => api.linearMdp({ features, nextStates: [[[1], [0.5]]] }),
  ],
  [
    'linearMdp: start must be probabilities that add up to 1, got sum 0.5',
    () => api.linearMdp({ features, nextStates: [[[1], [1]]], start: [0.5] }),
  ],
  [
    'linearMdp: nextStates must be of length 1, got length 2',
    () =>
      api.linearMdp({
        features,
        nextStates: [
          [[1], [1]],
          [[1], [1]],
        ],
      }),
  ],
  [
    'linearMdp: features[0][0][0][1] must be a finite number, got NaN',
    () => api.linearMdp({ features: [[[[1, NaN]]]], nextStates: [] }),
  ],
  ['linearMdp: features must be nonempty, got length 0', () => api.linearMdp({ features: [], nextStates: [] })],
  [
    'linearMdp: features[0][0] must be nonempty, got length 0',
    () => api.linearMdp({ features: [[[]]], nextStates: [] }),
  ],
  [
    'withSimulator: learningRate must be a positive number, got 0',
    () => api.withSimulator(mdp, counter, { ...constants, learningRate: 0 }),
  ],
  [
    'withSimulator: beta must be a nonnegative number, got -1',
    () => api.withSimulator(mdp, counter, { ...constants, beta: -1 }),
  ],
  [
    'withSimulator: regularization must be a positive number, got 0',
    () => api.withSimulator(mdp, counter, { ...constants, regularization: 0 }),
  ],
  [
    'withSimulator: chain must be at most the 3 samples, got 4',
    () => api.withSimulator(mdp, counter, { ...constants, covariance: 'geometric', samples: 3, chain: 4 }),
  ],
  ['withSimulator: options must be named', () => api.withSimulator(mdp, counter, { ...constants, gamma: 1 } as never)],
  ['withSimulator: mdp must be what linearMdp returns', () => api.withSimulator({} as never, counter, constants)],
  ['withSimulator: adversary must be a function', () => api.withSimulator(mdp, 3 as never, constants)],
  [
    'withSimulator: adversary must be one whose losses phi . theta lie in [0, 1], got ',
    () => api.withSimulator(mdp, (theta) => void theta.fill(2), constants),
  ],
  [
    'withSimulator: adversary must be one whose losses phi . theta lie in [0, 1], got NaN in layer 0, state 0, action 0',
    () => api.withSimulator(mdp, (theta) => void theta.fill(NaN), constants),
  ],
  [
    'withoutSimulator: epoch must be an integer between 2 and 10000000, got 1',
    () => api.withoutSimulator(mdp, counter, { ...constants, epoch: 1, split: true }),
  ],
  [
    'withoutSimulator: cover must be given with a knownThreshold',
    () => api.withoutSimulator(mdp, counter, { ...constants, knownThreshold: 1 }),
  ],
  ['modelFree: epoch must be an integer between 1', () => api.modelFree({ ...sizes(), epoch: 0 })],
  ['modelFree: lossRange must be an interval, got [1, 1]', () => api.modelFree({ ...sizes(), lossRange: [1, 1] })],
  [
    'modelFree: exploration must be a finite number between 0 and 1, got 2',
    () => api.modelFree({ ...sizes(), exploration: 2 }),
  ],
  [
    'modelFree.act: features(0, state) must be of length 2, got length 1',
    () => api.modelFree({ ...sizes(), features: () => [[1, 0]] }).act(0, 0, random(0)),
  ],
  [
    'inverseCovariance: chain must be at most the 2 rows, got 3',
    () => api.inverseCovariance([[1], [0.5]], { regularization: 0.1, method: 'geometric', chain: 3 }),
  ],
  [
    'inverseCovariance: regularization must be large enough that the covariance can be inverted, got 1e-300',
    () => api.inverseCovariance([[1, 1]], { regularization: 1e-300 }),
  ],
  [
    'estimate: lossToGo must be between 0 and the bound 1, got 1.5',
    () =>
      api.estimate({
        rows: [[1]],
        inverse: [[1]],
        visited: [1],
        lossToGo: 1.5,
        bound: 1,
        estimator: 'magnitudeReduced',
        reference: [[1]],
      }),
  ],
  [
    'estimate: probabilities must be probabilities that add up to 1, got sum 2',
    () =>
      api.estimate({
        rows: [[1]],
        inverse: [[1]],
        visited: [1],
        lossToGo: 0.5,
        bound: 1,
        estimator: 'magnitudeReduced',
        reference: [[1]],
        probabilities: [2],
      }),
  ],
  [
    'estimate: inverse must be such that the estimates are finite, got one with which they overflow',
    () => api.estimate({ rows: [[1e200]], inverse: [[1e200]], visited: [1], lossToGo: 1 }),
  ],
  [
    'inverseCovariance: rows must be of length at most 1, so that the series converges, got longer ones',
    () => api.inverseCovariance([[1e200], [1e200]], { regularization: 0.1, method: 'geometric', chain: 2 }),
  ],
  [
    'inverseCovariance: rows must be such that their squares are finite, got some that overflow',
    () => api.inverseCovariance([[1e200]], { regularization: 0.1 }),
  ],
  [
    'adversaries.counter: dimension must be 2, as that of the MDP, got 3',
    () => api.uniform(mdp, api.adversaries.counter(3), { episodes: 1 }),
  ],
  [
    'uniform: adversary must be a function that writes the losses into theta, got one that returns an array',
    () => api.uniform(mdp, (() => [[0.5, 0.5]]) as never, { episodes: 1 }),
  ],
  [
    'linearMdp.evaluate: policy[0][0] must be probabilities that add up to 1',
    () => mdp.evaluate(new Float64Array(12), new Float64Array(6)),
  ],
  [
    'linearMdp.simulate: random must be a generator or 6 numbers, got 2 numbers',
    () => mdp.simulate(new Float64Array(12).fill(0.5), [0.1, 0.2]),
  ],
  ['linearMdp.step: layer must be an integer between 0 and 1, got 2', () => mdp.step(2, 0, 0, random(0))],
  ['adversaries.counter: dimension must be an integer of at least 1, got 0', () => api.adversaries.counter(0)],
  ['adversaries.given: theta must be a table of dimension 2 or 3', () => api.adversaries.given([1, 2])],
  [
    'adversaries.congestion: weight must be a nonnegative number, got -1',
    () => api.adversaries.congestion({ base: [[1]], weight: -1 }),
  ],
  [
    'withSimulator: initial.learner must be "withSimulator", got "lsvi"',
    () => api.withSimulator(mdp, counter, { ...constants, initial: api.lsvi(mdp, counter, { episodes: 2 }).state }),
  ],
  [
    'withSimulator: initial.memory[1][0] must be an integer between 1 and 5',
    () =>
      api.withSimulator(mdp, counter, {
        ...constants,
        initial: api.withSimulator(mdp, counter, { ...constants, episodes: 9 }).state,
      }),
  ],
  [
    'practicalParameters: horizon must be an integer of at least 1, got undefined',
    () => api.practicalParameters({ algorithm: '2021', episodes: 5 }),
  ],
  ['playSeed: ', () => playSeed({ learner: 'none' } as never)],
  ['playSeeds: seeds must be an array', () => playSeeds(inProcess(), {} as never, 3 as never)],
])('%s', (message, call) => {
  expect(error(call)).toContain(message)
})

function sizes() {
  return {
    horizon: 1,
    actions: 2,
    dimension: 2,
    features: () => [
      [1, 0],
      [0, 1],
    ],
    learningRate: 1,
    beta: 0,
  }
}

test('the caller’s arrays stay as they are, and an answer does not change with them', () => {
  const frozen = <T>(value: T): T => {
    if (Array.isArray(value)) value.forEach(frozen)
    return Object.freeze(value)
  }
  const own = api.linearMdp(frozen({ features: structuredClone(features), nextStates: [[[1], [1]]], start: [1] }))
  const start = [1]
  const other = api.linearMdp({ features, nextStates: [[[1], [1]]], start })
  start[0] = 0
  expect(other.startProbabilities).toEqual(own.startProbabilities)
})
