import { distance, golden } from '@opt/testing'
import {
  adagradDiagonal,
  adagradNorm,
  type Box,
  bounds,
  box,
  environments,
  type Learner,
  oftrl,
  ogd,
  play,
  seaConvex,
  seaDynamic,
} from '../src/index.ts'

describe('golden environments', () => {
  // biome-ignore lint/suspicious/noExplicitAny: an environment as the golden file has it
  golden(import.meta.url, 'environments.json').environments.forEach((e: any, k: number) => {
    const domain: Box = box({ lower: e.lower, upper: e.upper })
    const environment = environments.quadratic({ domain, curvature: e.A, targets: e.c, noise: e.xi, G: e.G })
    const { G, L } = e
    const rounds = e.c.length
    const learners: Record<string, () => Learner> = {
      seaConvex: () => seaConvex({ domain, G, L }),
      oftrl: () => oftrl({ domain, G, L }),
      ogd: () => ogd({ domain, G }),
      adagradNorm: () => adagradNorm({ domain }),
      adagradDiagonal: () => adagradDiagonal({ domain }),
      seaDynamic: () => seaDynamic({ domain, G, L, horizon: rounds }),
    }

    test(`${k}: quantities, comparators, bound`, () => {
      expect(environment.sigma2).toBeCloseTo(e.sigma2, 8)
      expect(environment.Sigma2).toBeCloseTo(e.Sigma2, 8)
      expect(domain.diameter).toBeCloseTo(e.D, 12)
      expect(environment.L).toBe(L)
      expect(distance(environment.comparator().x, e.comparatorExpected)).toBeLessThan(1e-8)
      expect(distance(environment.realizedComparator().x, e.comparatorRealized)).toBeLessThan(1e-8)
      expect(bounds.convex({ ...environment, G, L, D: e.D })).toBeCloseTo(e.bound, 8)
    })
    test.each(Object.keys(e.learners))(`${k}: %s`, (name) => {
      const expected = e.learners[name]
      const learner = learners[name]()
      const { regret, realizedRegret, linearRegret, certificate, history, status } = play(learner, environment)
      expect(status).toBe('completed')
      expect(history).toHaveLength(rounds)
      expect(regret).toBeCloseTo(expected.pseudoRegret, 8)
      expect(realizedRegret).toBeCloseTo(expected.realizedRegret, 8)
      if (expected.certificate !== undefined) expect(certificate).toBeCloseTo(expected.certificate, 8)
      if (certificate !== undefined) expect(linearRegret).toBeLessThanOrEqual(certificate + 1e-9)
      if (name === 'seaConvex') expect(history.at(-1)!.bound).toBeCloseTo(e.bound, 8)
      if (expected.pool)
        expect(distance((learner as ReturnType<typeof seaDynamic>).pool, expected.pool)).toBeLessThan(1e-9)
      const again = learners[name]()
      for (let t = 1; t < rounds; t++) again.update((x) => environment.gradient(t, x))
      expect(distance(again.predict(), expected.last)).toBeLessThan(1e-8)
    })
  })
})
