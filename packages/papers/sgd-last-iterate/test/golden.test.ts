import { golden, near } from '@opt/testing'
import {
  bound,
  coefficients,
  csmd,
  heavyBound,
  lastIterate,
  maxAffine,
  mirrorStep,
  type Noise,
  noise,
  type StepKind,
  stepSizes,
} from '../src/index.ts'
import { mapNamed, termNamed } from './setting.ts'

const kindOf = (name: string) => name.replace('strongh', 'strongH') as StepKind
const relative = (tolerance: number) => ({ absolute: 0, relative: tolerance })

test('golden step sizes', () => {
  const { cases } = golden(import.meta.url, 'steps.json')
  expect(cases).toHaveLength(88)
  for (const { kind, T, eta, L, mu, p, values } of cases)
    near(stepSizes[kindOf(kind)]({ steps: T, eta, L, mu, p } as never), values, relative(1e-14))
})

test('golden coefficients and bounds', () => {
  const { cases } = golden(import.meta.url, 'bounds.json')
  expect(cases).toHaveLength(88)
  for (const { kind, p, steps, L, muF, muH, D, M, sigma, ...want } of cases) {
    if (want.heavyBound !== undefined) {
      near(heavyBound({ stepSizes: steps, p, M, sigma, distance: D }), want.heavyBound, relative(1e-12))
      continue
    }
    const { logGamma, v, c, a } = coefficients({ stepSizes: steps, muF, muH })
    // A logarithm near 0 has the error of those that it is the sum of.
    near(logGamma, want.logGamma, { absolute: 1e-13, relative: 1e-12, label: kind })
    near(v, want.v, relative(1e-12))
    near(c, want.c, relative(1e-12))
    // 1 - mu_f eta_1 is 0 for the first strongly convex step, but for rounding.
    near(a, want.a, { absolute: 1e-15, relative: 1e-12 })
    const known = { stepSizes: steps, L, M, sigma, distance: D, muF, muH }
    near(bound(known), want.boundExpectation, relative(1e-12))
    for (const [delta, value] of Object.entries(want.highProbability))
      near(bound({ ...known, delta: Number(delta) }), value as number, relative(1e-12))
  }
})

test('golden maps', () => {
  const { maps } = golden(import.meta.url, 'maps.json')
  expect(maps).toHaveLength(81)
  for (const want of maps) {
    const map = mapNamed(want.map)
    near(map.norm(want.x), want.norm, relative(1e-12))
    near(map.dualNorm(want.x), want.dualNorm, relative(1e-12))
    const zero = want.x.map(() => 0)
    const size = want.map === 'entropy' ? 1 : map.divergence(want.x, zero) + map.divergence(want.y, zero)
    near(map.divergence(want.x, want.y), want.divergence, { absolute: 1e-12 * size, relative: 1e-12 })
    if (want.gradient === undefined) continue
    near(map.gradient(want.x), want.gradient, relative(1e-12))
    near(map.inverse(want.x), want.inverseGradient, relative(1e-12))
  }
})

test('golden updates, of every map with every term', () => {
  const { cases } = golden(import.meta.url, 'updates.json')
  expect(cases).toHaveLength(192)
  for (const { map: name, term: kind, parameter, x, g, eta, next, h } of cases) {
    const map = mapNamed(name)
    const term = termNamed(kind, parameter, x.length)
    const point = mirrorStep(x, g, eta, { map, term })
    near(point, next, { absolute: 1e-12, relative: 1e-12, label: `${name} ${kind}` })
    if (term && term.kind !== 'normBall')
      near((term as { value(x: Float64Array): number }).value(point), h, relative(1e-11))
  }
})

type Vectors = number[][]

/** The problems of the trajectories; the active row is the first. */
function problemOf({ problem, A, c, B }: { problem: string; A: Vectors; c: number[]; B: Vectors }) {
  const times = (x: Float64Array) => B.map((row) => row.reduce((sum, v, i) => sum + v * x[i], 0))
  const quadratic = (x: Float64Array) => times(x).reduce((sum, v) => sum + (v * v) / 2, 0)
  const affine = maxAffine(A, { offsets: c })
  const addQuadratic = (x: Float64Array, out: Float64Array) =>
    times(x).forEach((v, k) => {
      for (let i = 0; i < out.length; i++) out[i] += v * B[k][i]
    })
  if (problem === 'maxaffine') return affine
  if (problem === 'maxaffine+half|Bx|^2')
    return {
      objective: (x: Float64Array) => affine.objective(x) + quadratic(x),
      subgradient(x: Float64Array, out: Float64Array) {
        affine.subgradient(x, out, 1, undefined as never)
        addQuadratic(x, out)
        return undefined
      },
    }
  return {
    objective: (x: Float64Array) => quadratic(x) + x.reduce((sum, v, i) => sum + 0.35 * v * v + A[0][i] * v, 0),
    subgradient(x: Float64Array, out: Float64Array) {
      for (let i = 0; i < out.length; i++) out[i] = 0.7 * x[i] + A[0][i]
      addQuadratic(x, out)
      return undefined
    },
  }
}

describe('golden trajectories', () => {
  for (const run of golden(import.meta.url, 'trajectories.json').cases)
    test(`${run.problem}, ${run.map} ${run.term} ${run.schedule}`, () => {
      const map = mapNamed(run.map)
      const term = termNamed(run.term, run.parameter, 4)
      const problem = problemOf(run)
      const { L, M, muF, muH, eta, D } = run
      const [T, mu] = [25, muF + muH]
      const etas = stepSizes[kindOf(run.schedule)]({ steps: T, eta, L, mu } as never)
      near(etas, run.steps, relative(1e-14))
      near(map.divergence(run.u, run.x1), D, relative(1e-12))
      near(coefficients({ stepSizes: etas, muF, muH }).v, run.v, relative(1e-11))
      const known = { stepSizes: etas, L, M, sigma: 1, distance: D, muF, muH }
      near(bound(known), run.boundExpectation, relative(1e-11))

      let t = 0
      const given: Noise = { draw: (_, out) => out.set(run.noise[t++]) }
      const answer = csmd({
        ...problem,
        map,
        term,
        x0: run.x1,
        stepSizes: etas,
        noise: given,
        reference: run.u,
        L,
        M,
        muF,
        muH,
        every: 1,
      })
      expect(answer.status).toBe('completed')
      near(answer.x, run.x[T], { absolute: 1e-11, relative: 1e-11 })
      near(
        answer.history.map(({ objective }) => objective!),
        run.F.slice(1),
        { absolute: 1e-11, relative: 1e-11 },
      )
      near(answer.z!, run.z[T], { absolute: 1e-11, relative: 1e-11 })
      near(answer.certificate!.bound, run.certificate, { absolute: 1e-11, relative: 1e-11 })
      expect(run.gap).toBeLessThanOrEqual(answer.certificate!.bound)

      // The learner goes the same way.
      const learner = lastIterate({ x0: run.x1, map, term, stepSizes: etas })
      const g = new Float64Array(4)
      for (let k = 0; k < T; k++) {
        near(learner.point(), run.x[k], { absolute: 1e-11, relative: 1e-11 })
        problem.subgradient(learner.point(), g, k + 1, undefined as never)
        learner.step(g.map((v, i) => v + run.noise[k][i]))
      }
      expect(learner.point()).toEqual(answer.x)
    })
})

test('golden sub-Gaussian constants', () => {
  const { gaussian } = golden(import.meta.url, 'results.json')
  for (const { d, deviation, subGaussian, rms } of gaussian) {
    near(noise.gaussian(deviation).subGaussian(d), subGaussian, relative(1e-14))
    near(noise.gaussian(deviation).variance(d), rms, relative(1e-14))
  }
})
