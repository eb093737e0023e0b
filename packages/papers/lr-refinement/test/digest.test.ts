import { random } from '@opt/core'
import { digest } from '@opt/testing'
import * as api from '../src/index.ts'

const hash = (values: unknown[]) => digest((say) => say(values))

test('the bits of every answer are the same in every engine', () => {
  const rng = random(1)
  const norms = Float64Array.from({ length: 300 }, (_, t) => 0.5 + 3 / (1 + t / 40) + rng.uniform())
  const run = { norms, distance: 1.7 }
  const steps = api.schedule('cosine', { steps: 300, warmup: 0.1 })
  const names = ['flat', 'inverse', 'inverse-sqrt', 'step', 'cosine', 'linear', 'poly'] as const
  const recorder = new api.NormRecorder({ norm: 'weighted-l1' })
  for (let t = 0; t < 100; t++) recorder.record({ a: [rng.normal(), rng.normal()], b: [rng.normal()] })
  const refined = api.refineSchedule(norms)
  expect([
    hash([1, 2, 0.7].map((power) => api.refineSchedule(norms, { power, floor: 0.01 }))),
    hash(names.map((name) => api.schedule(name, { steps: 99, warmup: 0.07, power: 1.3 }))),
    hash([api.optimalWeights(run), api.constantWeights(run), api.optimalSchedule(run)]),
    hash([api.lastIterateBoundGradient({ ...run, steps }), api.regretBound({ ...run, weights: refined.smoothed })]),
    hash([api.optimizeSchedule(norms, { distance: 1.7 })]),
    hash([api.fitPolynomial(refined.values), recorder.state()]),
  ]).toEqual([
    '63252459277b6501',
    '8be58ee5886767bf',
    '07e43145049f9239',
    '53ff52622e9e2323',
    'd0414a494d607426',
    '3cdedc4001b4b1e3',
  ])
})
