import { random } from '@opt/core'
import { box, indicator, l1Norm, squaredL2Norm } from '@opt/sets'
import fc from 'fast-check'
import {
  type ConvexityMap,
  csmd,
  entropy,
  euclidean,
  linearModel,
  maxAffine,
  type Noise,
  noise,
  normBall,
  power,
  radialPower,
  type Term,
} from '../src/index.ts'

const D = 4

interface Setting {
  map: ConvexityMap
  term?: Term
  muF?: number
  muH?: number
  smooth?: boolean
  p?: number
}

/** The classes of problems for which the inequality is proved. */
const settings: Record<string, Setting> = {
  'l1 norm': { map: euclidean(), term: l1Norm(0.3) },
  box: { map: euclidean(), term: indicator(box({ dimension: D })) },
  ball: { map: euclidean(), term: normBall(1.5) },
  'smooth and Lipschitz': { map: euclidean(), smooth: true },
  'strongly convex f': { map: euclidean(), smooth: true, muF: 0.7 },
  'strongly convex h': { map: euclidean(), term: squaredL2Norm(0.9), muH: 0.9 },
  simplex: { map: entropy() },
  'heavy tails': { map: power(1.5), p: 1.5 },
  'heavy tails, l2': { map: radialPower(1.2), p: 1.2 },
  'heavy tails, smooth': { map: radialPower(1.5), p: 1.5, smooth: true },
}

describe.each(Object.entries(settings))('the certificate is never violated: %s', (name, setting) => {
  test('for any steps up to the cap, any noise, any reference', () => {
    const { map, term, muF = 0, muH = 0, smooth = false, p } = setting
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 20 }), (seed, T) => {
        const rng = random(seed)
        const draw = () => Array.from({ length: D }, () => rng.normal())
        const rows = (n: number) => Array.from({ length: n }, draw)
        const affine = maxAffine(rows(5), { offsets: Array.from({ length: 5 }, () => rng.normal()), map })
        const squares = linearModel(rows(3), [0, 0, 0], { loss: 'squared', map })
        const L = (smooth ? squares.L : 0) + muF
        const subgradient = (x: Float64Array, out: Float64Array) => {
          affine.subgradient(x, out, 1, rng)
          if (!smooth) return undefined
          const other = new Float64Array(D)
          squares.subgradient(x, other, 1, rng)
          for (let i = 0; i < D; i++) out[i] += other[i] + muF * x[i]
          return undefined
        }
        const objective = (x: Float64Array) =>
          affine.objective(x) + (smooth ? squares.objective(x) + x.reduce((sum, v) => sum + (muF / 2) * v * v, 0) : 0)
        const cap = p === undefined && L > 0 ? 1 / (2 * L) : 3
        const point = () => {
          const x = Array.from({ length: D }, () => rng.uniform(-1, 1) * (name === 'ball' ? 0.7 : 1))
          const total = x.reduce((sum, v) => sum + Math.abs(v), 0)
          return name === 'simplex' ? x.map((v) => Math.abs(v) / total) : x
        }
        const wild: Noise = { draw: (_, out) => out.forEach((_, i) => (out[i] = rng.normal() ** 3)) }
        const u = point()
        const { x, certificate, status } = csmd({
          subgradient,
          objective,
          noise: seed % 2 ? wild : noise.gaussian(0.5),
          map,
          term,
          x0: point(),
          stepSizes: Array.from({ length: T }, () => cap * rng.uniform(0.02, 1)),
          reference: u,
          random: rng,
          L,
          M: affine.M,
          muF,
          muH,
        })
        expect(status).toBe('completed')
        const h = (at: ArrayLike<number>) => (term && 'value' in term ? term.value(at) : 0)
        const F = (at: Float64Array) => objective(at) + h(at)
        const gap = F(x) - F(Float64Array.from(u))
        expect(gap).toBeLessThanOrEqual(certificate!.bound + 1e-9 * (1 + Math.abs(gap)))
        expect(certificate!.bound).toBeCloseTo(certificate!.distance + certificate!.noise + certificate!.luck, 9)
        // The option `sharp` of bound: half of the noise cost is enough where L = 0.
        if (L === 0 && p === undefined)
          expect(gap).toBeLessThanOrEqual(certificate!.bound - certificate!.noise / 2 + 1e-9 * (1 + Math.abs(gap)))
      }),
      { numRuns: 120, seed: 3 },
    )
  })
})

test('the luck of the run has mean 0, and the noise cost is what the bound expects', () => {
  const affine = maxAffine([
    [1, 0],
    [-1, 0.5],
    [0, -1],
  ])
  const rng = random(1)
  let [luck, square] = [0, 0]
  const runs = 2000
  for (let k = 0; k < runs; k++) {
    const { certificate } = csmd({
      ...affine,
      x0: [1, 1],
      stepSizes: [0.5, 0.4, 0.3, 0.2, 0.1],
      noise: noise.sign(0.5),
      random: rng,
      reference: [0, 0],
    })
    luck += certificate!.luck / runs
    square += certificate!.luck ** 2 / runs
  }
  expect(Math.abs(luck)).toBeLessThan((4 * Math.sqrt(square)) / Math.sqrt(runs))
})
