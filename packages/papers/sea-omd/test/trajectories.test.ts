import { distance, golden } from '@opt/testing'
import * as sea from '../src/index.ts'
import { goldenDomain } from './learners.ts'

// biome-ignore lint/suspicious/noExplicitAny: options as the golden file has them
const make: Record<string, (domain: sea.Domain, o: any) => sea.Learner> = {
  seaConvex: (domain, { G, L }) => sea.seaConvex({ domain, G, L }),
  seaStrong: (domain, { lam }) => sea.seaStrong({ domain, lambda: lam }),
  seaExpConcave: (domain, { G, alpha }) => sea.seaExpConcave({ domain, G, alpha }),
  seaExpConcaveBeta: (domain, { G, beta }) => sea.seaExpConcave({ domain, G, beta }),
  seaDynamic: (domain, { G, L, T }) => sea.seaDynamic({ domain, G, L, horizon: T }),
  oftrl: (domain, { nu }) => sea.oftrl({ domain, nu }),
  oftl: (domain, { mu }) => sea.oftl({ domain, mu }),
  ogd: (domain, { G }) => sea.ogd({ domain, G }),
  ogdStrong: (domain, { lam }) => sea.ogdStrong({ domain, lambda: lam }),
  adagradNorm: (domain) => sea.adagradNorm({ domain }),
  adagradDiagonal: (domain) => sea.adagradDiagonal({ domain: domain as sea.Box }),
  ons: (domain, { gamma }) => sea.ons({ domain, gamma }),
}

describe.each(['noise', 'drift', 'abrupt', 'corrupt'])('golden trajectories: %s', (kind) => {
  for (const { gradients, runs } of golden(import.meta.url, `trajectories-${kind}.json`).sequences)
    for (const run of runs)
      test(`${run.algorithm} on a ${run.domain.type}`, () => {
        const domain = goldenDomain(run.domain)
        expect(domain.diameter).toBeCloseTo(run.D, 12)
        const learner = make[run.algorithm](domain, run.options)
        const x = [learner.predict().slice()]
        for (const g of gradients) {
          learner.update(g)
          x.push(learner.predict().slice())
        }
        x.forEach((row, t) => expect([t, distance(row, run.x[t])]).toEqual([t, expect.closeTo(0, 9)]))
        const has = learner as unknown as Record<string, never> & { metric(): Float64Array; weights(): Float64Array }
        const seen: Record<string, unknown> = {
          V: has.V,
          delta: has.delta,
          beta: has.beta,
          nextStep: has.stepSize,
          finalStep: has.stepSize,
          finalEps: has.rate,
          certificate: learner.certificate(),
        }
        for (const [key, value] of Object.entries(seen))
          if (run[key] !== undefined) expect([key, value]).toEqual([key, expect.closeTo(run[key], 8)])
        if (run.vBound !== undefined)
          expect((learner as ReturnType<typeof sea.seaExpConcave>).vBound()).toBeCloseTo(run.vBound, 8)
        for (const key of ['H', 'A']) if (run[key]) expect(distance(has.metric(), run[key].flat())).toBeLessThan(1e-9)
        if (run.pool) expect(distance(has.pool, run.pool)).toBeLessThan(1e-9)
        if (run.finalWeights) expect(distance(has.weights(), run.finalWeights)).toBeLessThan(1e-9)
      })
})

test('golden implicit updates on a weighted L1 loss', () => {
  const { lower, upper, weights, targets, G, delta, x, V, certificate, loss } = golden(import.meta.url, 'implicit.json')
  const domain = sea.box({ lower, upper })
  const learner = sea.seaImplicit({ domain, G, delta })
  let total = 0
  for (let t = 0; t < targets.length; t++) {
    const [w, b]: number[][] = [weights[t], targets[t]]
    const point = learner.predict().slice()
    expect(distance(point, x[t])).toBeLessThan(1e-9)
    w.forEach((wi, i) => {
      total += wi * Math.abs(point[i] - b[i])
    })
    learner.update(
      w.map((wi, i) => wi * Math.sign(point[i] - b[i])),
      (z, eta) => {
        const clip = (v: number, lo: number, hi: number) => Math.min(Math.max(v, lo), hi)
        const y = z.map((zi, i) => clip(zi - clip(zi - b[i], -eta * w[i], eta * w[i]), lower[i], upper[i]))
        const subgradient = y.map((yi, i) =>
          yi === b[i] ? clip((z[i] - yi) / eta, -w[i], w[i]) : w[i] * Math.sign(yi - b[i]),
        )
        return { x: y, subgradient }
      },
    )
  }
  expect(distance(learner.predict(), x.at(-1))).toBeLessThan(1e-9)
  expect(learner.V).toBeCloseTo(V, 9)
  expect(total).toBeCloseTo(loss, 9)
  expect(learner.certificate()).toBeCloseTo(certificate, 9)
})
