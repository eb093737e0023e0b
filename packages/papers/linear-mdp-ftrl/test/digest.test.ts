import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

test('the bits of every answer are the same in every engine', () => {
  const mdp = api.randomMdp({ random: 2 })
  const counter = api.adversaries.counter(5)
  const episodes = 300
  const bits = digest((say) => {
    for (const algorithm of ['logBarrier', 'magnitudeReduced', '2021'] as const) {
      const parameters = api.practicalParameters({ algorithm, episodes, horizon: 3 })
      say(api.withSimulator(mdp, counter, { episodes, ...parameters, history: false }))
      say(parameters)
    }
    for (const covariance of ['direct', 'geometric'] as const) {
      const options = { learningRate: 0.3, beta: 0.01, regularization: 0.05, samples: 20, chain: 5, covariance }
      say(api.withSimulator(mdp, counter, { episodes: 50, ...options, bonus: 'sampled', history: false }))
    }
    for (const algorithm of ['modelFree', 'modelFreeEntropy'] as const)
      say(
        api.withoutSimulator(mdp, counter, {
          ...api.practicalParameters({ algorithm, episodes }),
          episodes,
          exploration: 0.2,
          split: true,
          history: false,
        }),
      )
    say(api.tabular(mdp, counter, { episodes, learningRate: 0.5, history: false }))
    say(api.lsvi(mdp, counter, { episodes, history: false }))
    say(api.uniform(mdp, counter, { episodes, history: false }))
    const { covariance, log } = api.policyCover(mdp, { rounds: 5 })
    say([covariance.data, log.map(({ weights, gram }) => [weights.data, gram.data])])
    const rng = random(3)
    const rows = Array.from({ length: 30 }, () => [rng.uniform(), rng.uniform(-0.5, 0.5)])
    say([
      api.inverseCovariance(rows, { regularization: 0.1 }).data,
      api.inverseCovariance(rows, { regularization: 0.1, method: 'geometric', chain: 10 }).data,
      api.geometricSize({ regularization: 0.1, dimension: 2, horizon: 3, episodes: 10 }),
      api.theoryParameters({ horizon: 3, actions: 4, dimension: 5, episodes: 1000 }),
      api.ftrlStep(rows[0], { learningRate: 2 }),
      mdp.optimal([
        [1, 0, 1, 0, 1],
        [0, 1, 0, 1, 0],
        [1, 1, 0, 0, 1],
      ]).q.data,
    ])
  })
  expect(bits).toBe('77dbc8df907407a7')
})
