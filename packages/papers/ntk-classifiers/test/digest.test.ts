import { random, tanh } from '@opt/core'
import { digest } from '@opt/testing'
import {
  activation,
  DeepNTKClassifier,
  hilbertEstimate,
  ntk,
  optimalActivation,
  relu,
  singularKernel,
  taxonomy,
  toSphere,
  wideNetwork,
} from '../src/index.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(3)
    const rows = (n: number) =>
      toSphere(
        Array.from({ length: n }, () => Array.from({ length: 4 }, () => rng.uniform())),
        { shift: 'none' },
      )
    const [X, Z] = [rows(20), rows(7)]
    const y = Array.from({ length: 20 }, () => rng.integer(0, 2))
    const delta = Array.from({ length: 40 }, (_, i) => (i * i) / 1600)
    const kinked = activation({ fn: (z) => (z > 0.5 ? 2 * z - 1 : 0.1 * z - 0.05), kinks: [0.5] })
    for (const f of [
      optimalActivation(2),
      optimalActivation(9),
      relu(),
      relu({ slope: 0.1 }),
      activation(tanh),
      kinked,
    ]) {
      const { sentence, ...numbers } = taxonomy(f)
      say([sentence, numbers.mean, numbers.derivativeMean, numbers.derivativeSecondMoment])
      for (const depth of [0, 1, 7, 150]) say(ntk(f, { depth, delta }))
      if (numbers.kind === 'singular-kernel') say(singularKernel(f, delta))
      for (const depth of [2, Infinity])
        say(new DeepNTKClassifier<number>({ activation: f, depth, ridge: 1e-3 }).fit(X, y).scores(Z).data)
      say(wideNetwork(f, { inputs: 4, depth: 2, width: 8, seed: 5 }).ntk(Z))
    }
    say(new DeepNTKClassifier<number>({ activation: { hermite: [1, 0.5, 0.1] } }).fit(X, y).scores(Z).data)
    say(hilbertEstimate<number>(X, y, 3).scores(Z).data)
  })
  expect(bits).toBe('36d583f47f3c906b')
})
