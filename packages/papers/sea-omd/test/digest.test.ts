import { random } from '@opt/core'
import { digest } from '@opt/testing'
import { comparators, environments, play, seaConvex } from '../src/index.ts'
import { drawDomain, drawGradients, KINDS, learnersOn } from './learners.ts'

test('the bits of every learner are the same in every engine', () => {
  const bits = KINDS.map((kind) =>
    digest((say) => {
      for (const dimension of [3, 60]) {
        const domain = drawDomain(kind, dimension, random(1))
        const gradients = drawGradients(2, 30, domain.dimension, 'noise')
        for (const make of Object.values(learnersOn(domain))) {
          const learner = make()
          for (const g of gradients) learner.update(g)
          say([learner.state(), learner.certificate(), learner.bound({ sigma2: 1, Sigma2: 2, L: 1 })])
        }
      }
    }),
  )
  expect(bits).toEqual(['3bef6f74f63fe5eb', '4a6594c969b840b1', '1707c0772d7e2ad0', '531169335889fd7d'])
})

test('the bits of worlds, comparators and projections are the same in every engine', () => {
  const bits = digest((say) => {
    const rng = random(3)
    const rounds = 60
    for (const world of [
      environments.multiscale(rng, { rounds, sigma: 1, alternation: 0.5 }),
      environments.corrupted(rng, { rounds, corruptions: 9 }),
      environments.randomOrder(rng, { size: rounds }),
      environments.slowShift(rng, { rounds, epsilon: 0.01, sigma: 0.5 }),
      environments.abruptShift(rng, { rounds, sigma: 0.5 }),
      environments.labelShift(rng, { rounds }),
    ]) {
      const { domain, G, L, noise, drift } = world
      const { history, comparator, realizedComparator } = play(seaConvex({ domain, G, L }), world)
      say([G, L, noise, drift, history, comparator, realizedComparator])
    }
    const Z = Array.from({ length: 40 }, () => [rng.normal(), rng.normal(), rng.normal()])
    const labels = Z.map(([z]) => (z + rng.normal() > 0 ? 1 : -1))
    for (const radius of [0.5, 50])
      say([comparators.logistic(Z, labels, { radius }), comparators.leastSquares(Z, labels, { radius })])
    const H = Z.slice(0, 3).map((a) => Z.slice(0, 3).map((b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]))
    for (const kind of ['ball', 'box', 'simplex']) say(drawDomain(kind, 3, rng).projectMetric([5, -4, 3], H))
  })
  expect(bits).toBe('4f154ac4f090a66f')
})
