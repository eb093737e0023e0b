import { decodeFloats } from '@opt/core'
import { inProcess } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import { vectorBytes } from '@opt/testing'
import * as api from '../src/index.ts'
import { playSeeds, type SeedJob, seedTask } from '../src/seeds.ts'

const mdp = api.randomMdp({ states: 4, actions: 3, dimension: 3, random: 1 })
const counter = api.adversaries.counter(3)
const constants = { learningRate: 0.5, beta: 0.02, regularization: 0.05 }
const entropy = { ...constants, regularizer: 'negativeEntropy' } as const
type AnyPlay = api.Play<api.PlayOptions>
const learners: [string, AnyPlay, object][] = [
  ['log barrier', api.withSimulator as AnyPlay, constants],
  [
    'reduced, sampled',
    api.withSimulator as AnyPlay,
    { ...entropy, covariance: 'direct', samples: 7, bonus: 'sampled' },
  ],
  ['resampled', api.withSimulator as AnyPlay, { ...entropy, covariance: 'geometric', samples: 12, chain: 4 }],
  ['model-free', api.withoutSimulator as AnyPlay, { ...constants, epoch: 4, split: true, exploration: 0.3 }],
  ['tabular', api.tabular as AnyPlay, { learningRate: 0.5 }],
  ['lsvi', api.lsvi as AnyPlay, {}],
  ['uniform', api.uniform, {}],
]

test.each(learners)('%s: a run that is stopped, saved and resumed ends in the same bits', (_, play, options) => {
  const whole = play(mdp, counter, { episodes: 43, random: 5, ...options })
  const first = play(mdp, counter, {
    episodes: 43,
    random: 5,
    every: 1,
    ...options,
    stopWhen: ({ episode }) => episode === 18,
  })
  expect(first.status).toBe('stopped')
  const initial = JSON.parse(JSON.stringify(first.state))
  const rest = play(mdp, counter, { episodes: 43, ...options, initial })
  expect(rest.state).toEqual(whole.state)
  expect([rest.regret, rest.averageLoss, rest.policy.data]).toEqual([
    whole.regret,
    whole.averageLoss,
    whole.policy.data,
  ])
  expect(whole.status).toBe('completed')
  // A finished run is returned as it is.
  expect(play(mdp, counter, { episodes: 43, ...options, initial: whole.state }).state).toEqual(whole.state)
})

test('a run can be aborted between two reports', async () => {
  const controller = new AbortController()
  const answer = await api.withSimulator.async(mdp, counter, {
    episodes: 1e6,
    every: 10,
    ...constants,
    signal: controller.signal,
    onProgress: ({ episode }) => episode === 50 && controller.abort(),
  })
  expect(answer.status).toBe('aborted')
  expect(decodeFloats(answer.state.memory[1], Float64Array, 2, '')[0]).toBe(50)
})

test.each(learners)('%s: an episode allocates no array', (_, play, options) => {
  const run = play.steps(mdp, counter, { episodes: 1e6, every: 100, ...options, history: false })
  for (let k = 0; k < 3; k++) run.next()
  expect(vectorBytes(() => void run.next())).toBeLessThanOrEqual(0)
})

test('simulated inverses and drawn bonuses learn as well as exact ones', () => {
  const options = { episodes: 1500, learningRate: 0.3, beta: 0.001, regularization: 0.01 }
  const regret = (more: object) => api.withSimulator(mdp, counter, { ...options, ...more }).regret
  const exact = regret({})
  const bad = api.uniform(mdp, counter, { episodes: 1500 }).regret
  for (const more of [
    { covariance: 'direct', samples: 100 },
    { covariance: 'geometric', samples: 100 },
    { bonus: 'sampled' },
  ])
    expect(regret(more)).toBeLessThan(0.5 * (exact + bad))
})

test('LSVI, tabular and uniform are what they say: fixed losses are learnt, an adversary is not', () => {
  const theta = [
    [0.1, 0.9, 0.5],
    [0.7, 0.2, 0.9],
    [0.4, 0.8, 0.1],
  ]
  const given = api.adversaries.given(theta)
  const fixed = api.lsvi(mdp, given, { episodes: 500 }).regret
  expect(fixed).toBeLessThan(20)
  expect(api.uniform(mdp, given, { episodes: 500 }).regret).toBeGreaterThan(3 * fixed)
  expect(api.lsvi(mdp, counter, { episodes: 500 }).averageLoss).toBeGreaterThan(
    1.2 * api.tabular(mdp, counter, { episodes: 500, learningRate: 0.5 }).averageLoss,
  )
})

test('adversaries: the counter takes the first of equals, congestion is clipped, given losses repeat', () => {
  const theta = new Float64Array(4)
  const situation = {
    episode: 0,
    dimension: 2,
    usage: Float64Array.of(0.5, 0.5 + 1e-13, 0.2, 0.8),
    policy: new Float64Array(0),
  }
  api.adversaries.counter(2)(theta, situation)
  expect([...theta]).toEqual([1, 0, 0, 1])
  api.adversaries.congestion({
    base: [
      [0.1, 0.9],
      [0, 0],
    ],
    weight: 0.5,
  })(theta, situation)
  expect([...theta]).toEqual([0.35, 1, 0.1, 0.4])
  const given = api.adversaries.given([[[1, 2]], [[3, 4]]])
  const out = new Float64Array(2)
  given(out, { ...situation, episode: 5 })
  expect([...out]).toEqual([3, 4])
})

test('many seeds: the same bits on this thread and on one and three workers', async () => {
  const job: Omit<SeedJob, 'seed'> = {
    learner: 'withSimulator',
    options: { episodes: 60, ...constants },
    world: mdp.data(),
    adversary: { kind: 'counter' },
  }
  const seeds = [0, 1, 2, 3, 4]
  const module = () => import('../src/seeds/play-seed.ts')
  const dist = seedTask.module.replace('/src/', '/dist/')
  const answers = []
  for (const executor of [
    inProcess({ modules: { [seedTask.module]: module } }),
    workerThreads({ workers: 1, modules: { [seedTask.module]: dist } }),
    workerThreads({ workers: 3, modules: { [seedTask.module]: dist } }),
  ]) {
    answers.push(await playSeeds(executor, job, seeds))
    await executor.close()
  }
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  expect(new Set(answers[0].map(({ regret }) => regret)).size).toBe(5)
})
