import { random } from '@opt/core'
import { near } from '@opt/testing'
import { type ConvexityMap, entropy, euclidean, type KnownNoise, lp, noise, power } from '../src/index.ts'

const bounded: Record<string, KnownNoise> = {
  gaussian: noise.gaussian(0.7),
  uniform: noise.uniform(0.7),
  sign: noise.sign(0.7),
}
const maps: Record<string, ConvexityMap> = {
  euclidean: euclidean(),
  entropy: entropy(),
  'lp 1.3': lp(1.3),
  'power 1.5': power(1.5),
}

describe.each(Object.keys(bounded))('%s', (name) => {
  test.each(Object.keys(maps))('its sigmas hold in the dual norm of %s', (kind) => {
    const map = maps[kind]
    const drawn = bounded[name]
    for (const d of [1, 2, 5, 30]) {
      const rng = random(d)
      const xi = new Float64Array(d)
      const [rms, subGaussian] = [drawn.variance(d, map), drawn.subGaussian(d, map)]
      const draws = 4000
      let square = 0
      const moments = [0, 0, 0]
      for (let k = 0; k < draws; k++) {
        drawn.draw(rng, xi)
        const size = map.dualNorm(xi)
        square += (size * size) / draws
        ;[0.1, 0.5, 1].forEach((share, j) => {
          moments[j] += Math.exp(share * (size / subGaussian) ** 2) / draws
        })
      }
      // Four standard errors of a mean are far below 10 % here.
      expect(square).toBeLessThan(rms * rms * 1.1)
      ;[0.1, 0.5, 1].forEach((share, j) => expect(moments[j]).toBeLessThan(Math.exp(share) * 1.1))
      if (kind === 'euclidean') near(square, rms * rms, { absolute: 0, relative: 0.1 })
    }
  })
})

test('moments are exact where they exist, and refused where not', () => {
  const sources: [KnownNoise, number][] = [
    [noise.gaussian(0.7), 1.5],
    [noise.uniform(0.7), 1.5],
    [noise.sign(0.7), 1.5],
    [noise.pareto(0.1, 4), 1.5],
    [noise.weibull(0.3, 0.8), 1.5],
  ]
  for (const [drawn, p] of sources) {
    const rng = random(3)
    const xi = new Float64Array(10)
    let moment = 0
    for (let k = 0; k < 20000; k++) {
      drawn.draw(rng, xi)
      for (const v of xi) moment += Math.abs(v) ** p / 20000
    }
    near(drawn.moment(10, p) ** p, moment, { absolute: 0, relative: 0.03 })
  }
  expect(noise.pareto(0.1, 1.3).moment(1, 1.2)).toBeCloseTo(((0.1 ** 1.2 * 1.3) / 0.1) ** (1 / 1.2), 12)
  expect(noise.weibull(2, 1).variance(1)).toBeCloseTo(2 * Math.SQRT2, 12)
  expect(() => noise.pareto(0.1, 1.3).moment(2, 1.3)).toThrow(
    'noise.pareto.moment: p must be such that the moment is finite, got 1.3',
  )
  expect(() => noise.pareto(0.1, 1.9).variance(2)).toThrow('noise.pareto.variance must be finite')
  expect(() => noise.weibull(0.1, 1.5).subGaussian(2)).toThrow('noise.weibull.subGaussian must be finite')
  expect(() => noise.pareto(1, 1)).toThrow('noise.pareto: alpha must be greater than 1, got 1')
})

test('the same seed draws the same numbers', () => {
  const drawn = Object.values(bounded).map((source) => {
    const [first, second] = [new Float64Array(5), new Float64Array(5)]
    source.draw(random(1), first)
    source.draw(random(1), second)
    return [first, second]
  })
  for (const [first, second] of drawn) expect(first).toEqual(second)
})
