import {
  adagradDiagonal,
  adagradNorm,
  type Box,
  ball,
  box,
  type Domain,
  type Learner,
  oftl,
  oftrl,
  ogd,
  ogdStrong,
  ons,
  seaConvex,
  seaDynamic,
  seaExpConcave,
  seaImplicit,
  seaStrong,
  simplex,
} from '../src/index.ts'
import { gap, golden } from './golden.ts'

// biome-ignore lint/suspicious/noExplicitAny: options as the golden file has them
const make: Record<string, (domain: Domain, o: any) => Learner> = {
  seaConvex: (domain, { G, L }) => seaConvex({ domain, G, L }),
  seaStrong: (domain, { lam }) => seaStrong({ domain, lambda: lam }),
  seaExpConcave: (domain, { G, alpha }) => seaExpConcave({ domain, G, alpha }),
  seaExpConcaveBeta: (domain, { G, beta }) => seaExpConcave({ domain, G, beta }),
  seaDynamic: (domain, { G, L, T }) => seaDynamic({ domain, G, L, horizon: T }),
  oftrl: (domain, { nu }) => oftrl({ domain, nu }),
  oftl: (domain, { mu }) => oftl({ domain, mu }),
  ogd: (domain, { G }) => ogd({ domain, G }),
  ogdStrong: (domain, { lam }) => ogdStrong({ domain, lambda: lam }),
  adagradNorm: (domain) => adagradNorm({ domain }),
  adagradDiagonal: (domain) => adagradDiagonal({ domain: domain as Box }),
  ons: (domain, { gamma }) => ons({ domain, gamma }),
}
// biome-ignore lint/suspicious/noExplicitAny: a domain as the golden file has it
const domainOf = ({ type, ...options }: any): Domain =>
  type === 'ball' ? ball(options) : type === 'box' ? box(options) : simplex(options)

describe.each(['noise', 'drift', 'abrupt', 'corrupt'])('golden trajectories: %s', (kind) => {
  for (const { gradients, runs } of golden(`trajectories-${kind}`).sequences)
    for (const run of runs)
      it(`${run.algorithm} on a ${run.domain.type}`, () => {
        const domain = domainOf(run.domain)
        expect(domain.diameter).toBeCloseTo(run.D, 12)
        const learner = make[run.algorithm](domain, run.options)
        const x = [learner.predict().slice()]
        for (const g of gradients) {
          learner.update(g)
          x.push(learner.predict().slice())
        }
        x.forEach((row, t) => expect([t, gap(row, run.x[t])]).toEqual([t, expect.closeTo(0, 9)]))
        const has = learner as unknown as Record<string, never> & { metric(): Float64Array; weights(): Float64Array }
        const seen: Record<string, unknown> = {
          ...{ V: has.V, delta: has.delta, beta: has.beta, nextStep: has.stepSize, finalStep: has.stepSize },
          ...{ finalEps: has.rate, certificate: learner.certificate() },
        }
        for (const [key, value] of Object.entries(seen))
          if (run[key] !== undefined) expect([key, value]).toEqual([key, expect.closeTo(run[key], 8)])
        if (run.vBound !== undefined)
          expect((learner as ReturnType<typeof seaExpConcave>).vBound()).toBeCloseTo(run.vBound, 8)
        for (const key of ['H', 'A']) if (run[key]) expect(gap(has.metric(), run[key].flat())).toBeLessThan(1e-9)
        if (run.pool) expect(gap(has.pool, run.pool)).toBeLessThan(1e-9)
        if (run.finalWeights) expect(gap(has.weights(), run.finalWeights)).toBeLessThan(1e-9)
      })
})

it('golden implicit updates on a weighted L1 loss', () => {
  const { lower, upper, weights, targets, G, delta, x, V, certificate, loss } = golden('implicit')
  const domain = box({ lower, upper })
  const learner = seaImplicit({ domain, G, delta })
  let total = 0
  for (let t = 0; t < targets.length; t++) {
    const [w, b]: number[][] = [weights[t], targets[t]]
    const point = learner.predict().slice()
    expect(gap(point, x[t])).toBeLessThan(1e-9)
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
  expect(gap(learner.predict(), x.at(-1))).toBeLessThan(1e-9)
  expect(learner.V).toBeCloseTo(V, 9)
  expect(total).toBeCloseTo(loss, 9)
  expect(learner.certificate()).toBeCloseTo(certificate, 9)
})
