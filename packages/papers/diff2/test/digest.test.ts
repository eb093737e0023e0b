import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { digest } from '@opt/testing'
import {
  diff2,
  diff2Theory,
  discreteGaussian,
  epsilonFromRdp,
  gaussianEpsilon,
  gaussianMu,
  networkClient,
  privacySchedule,
  rdpFixedSize,
  rdpPoisson,
  seededNoise,
} from '../src/index.ts'
import { rows } from './problems.ts'

test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(1)
    const network = mlp({ sizes: [3, 4, 1], activation: 'softplus', loss: 'squared', batch: 4 })
    const clients = [5, 7, 6].map((n) => networkClient(network, rows(rng, n, 3), rows(rng, n, 1)))
    const start = network.parameters.slice() as Float64Array
    const common = {
      epsilon: 2,
      delta: 1e-3,
      rounds: 9,
      restart: 4,
      clipGradient: 1,
      clipDifference: 2,
      learningRate: 0.2,
    }
    for (const exact of [false, true])
      for (const local of [
        undefined,
        { steps: 3, clip: 1 },
        { steps: 3, clip: 1, sampling: 'fixed', batch: 2 } as const,
      ]) {
        const { x, history, privacy } = diff2(clients, start, {
          ...common,
          local,
          average: true,
          noise: seededNoise(random(2), { exact }),
        })
        say([x, history.map(({ clip, epsilonSpent }) => [clip, epsilonSpent]), privacy.epsilon])
      }
    say([gaussianMu(1, 1e-6), gaussianEpsilon(0.7, 1e-8), rdpPoisson(0.03, 1.3, 4.5), rdpFixedSize(0.03, 1.3, 9.25)])
    say(epsilonFromRdp([2, 4.5, 8], [0.1, 0.3, 0.7], 1e-5).epsilon)
    const { gradient, difference } = privacySchedule({ epsilon: 2, delta: 1e-3, rounds: 9, restart: 4 }).multipliers
    say([gradient, difference, Number(discreteGaussian(random(3), 1e6))])
    const theory = diff2Theory({ lipschitz: 2, smoothness: 3, gap: 0.5, size: 100, records: 1e4, epsilon: 1 })
    say([theory.diff2, theory.rounds, theory.restart, theory.dpGradientDescent])
  })
  expect(bits).toBe('a36a2414c728c925')
})
