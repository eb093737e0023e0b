import { random } from '@opt/core'
import {
  ball,
  box,
  groupLasso,
  indicator,
  l1Ball,
  l1Norm,
  l1NormInBox,
  negativeEntropy,
  simplex,
  squaredL2Norm,
} from '@opt/sets'
import { distance } from '@opt/testing'
import fc from 'fast-check'
import {
  type ConvexityMap,
  entropy,
  euclidean,
  lp,
  mirrorStep,
  normBall,
  power,
  radialPower,
  type Term,
} from '../src/index.ts'

const N = 3
const cube = box({ dimension: N, lower: -0.5, upper: 0.6 })
const pairs: [string, ConvexityMap, Term | undefined][] = [
  ['euclidean', euclidean(), undefined],
  ['euclidean, l1', euclidean(), l1Norm(0.4)],
  ['euclidean, ridge', euclidean(), squaredL2Norm(0.4)],
  ['euclidean, box', euclidean(), indicator(cube)],
  ['euclidean, own ball', euclidean(), normBall(0.8)],
  ['euclidean, any set', euclidean(), indicator(l1Ball({ dimension: N }))],
  ['euclidean, group lasso', euclidean(), groupLasso([[0, 2], [1]], 0.3)],
  ['entropy', entropy(), undefined],
  ['entropy, simplex', entropy(), indicator(simplex({ dimension: N }))],
  ['entropy, entropy', entropy(), negativeEntropy(0.7)],
  ...[1.2, 1.6, 2].flatMap((p): [string, ConvexityMap, Term | undefined][] => [
    [`lp ${p}`, lp(p), undefined],
    [`lp ${p}, l1`, lp(p), l1Norm(0.4)],
    [`lp ${p}, ball`, lp(p), normBall(0.8)],
  ]),
  ...[1.3, 1.7].flatMap((p): [string, ConvexityMap, Term | undefined][] => [
    [`power ${p}`, power(p), undefined],
    [`power ${p}, l1`, power(p), l1Norm(0.4)],
    [`power ${p}, box`, power(p), indicator(cube)],
    [`power ${p}, l1 in box`, power(p), l1NormInBox(0.4, cube)],
    [`power ${p}, ball`, power(p), normBall(0.8)],
    [`radial ${p}`, radialPower(p), undefined],
    [`radial ${p}, l1`, radialPower(p), l1Norm(0.4)],
    [`radial ${p}, ball`, radialPower(p), normBall(0.8)],
  ]),
]

describe.each(pairs)('%s', (name, map, term) => {
  const h = (x: ArrayLike<number>) => {
    if (term === undefined) return 0
    if ('value' in term) return term.value(x)
    return map.norm(x) <= term.radius * (1 + 1e-12) ? 0 : Infinity
  }
  test('no point of the domain is better than the step, near or far', () => {
    const rng = random(5)
    fc.assert(
      fc.property(fc.nat(1e9), fc.constantFrom(0.1, 1, 3), (seed, eta) => {
        const draws = random(seed)
        const onSimplex = (x: number[]) => {
          const total = x.reduce((sum, v) => sum + Math.abs(v), 0)
          return x.map((v) => Math.abs(v) / total)
        }
        const point = (r = draws, size = 1) => {
          const x = Array.from({ length: N }, () => r.normal(0, size))
          return name.startsWith('entropy') ? onSimplex(x) : x
        }
        const x = point()
        const g = Array.from({ length: N }, () => draws.normal())
        const next = mirrorStep(x, g, eta, { map, term })
        const value = (y: ArrayLike<number>) =>
          h(y) + Array.from(y).reduce((sum, v, i) => sum + g[i] * v, 0) + map.divergence(y, x) / eta
        const least = value(next)
        expect(least).toBeLessThan(Infinity)
        for (const size of [1e-5, 1e-2, 1]) {
          const moved = Array.from(next, (v) => v + rng.normal(0, size))
          let rival: ArrayLike<number> = name.startsWith('entropy') ? onSimplex(moved) : moved
          if (name.includes('box')) rival = cube.project(rival)
          if (name.includes('any set')) rival = l1Ball({ dimension: N }).project(rival)
          if (name.includes('ball')) {
            const size = map.norm(rival)
            if (size > 0.8) rival = Array.from(rival, (v) => (v * 0.8) / size)
          }
          expect(value(rival)).toBeGreaterThan(least - 1e-10 * (1 + Math.abs(least)))
        }
      }),
      { numRuns: 60, seed: 4 },
    )
  })
})

test('pairs without a closed form are refused by name', () => {
  const refused: [ConvexityMap, Term, string][] = [
    [entropy(), l1Norm(1), '"l1Norm"'],
    [entropy(), normBall(1), '"normBall"'],
    [entropy(), indicator(simplex({ dimension: N, total: 2 })), '"indicator" of a simplex'],
    [lp(1.5), squaredL2Norm(1), '"squaredL2Norm"'],
    [lp(1.5), indicator(cube), '"indicator" of a box'],
    [radialPower(1.5), indicator(cube), '"indicator" of a box'],
    [power(1.5), indicator(ball({ dimension: N })), '"indicator" of a ball'],
  ]
  for (const [map, term, given] of refused)
    expect(() => mirrorStep([0.2, 0.3, 0.5], [1, 2, 3], 1, { map, term })).toThrow(
      `mirrorStep: term must be one whose step with the map ${map.name}() has a closed form, got ${given}`,
    )
})

test('zeros of the simplex stay zeros; large gradients do not overflow', () => {
  expect([...mirrorStep([0, 0.5, 0.5], [-100, 1, 1], 1, { map: entropy() })]).toEqual([0, 0.5, 0.5])
  expect([...mirrorStep([0.2, 0.3, 0.5], [1e300, -1e300, 0], 1e5, { map: entropy() })]).toEqual([0, 1, 0])
})

test.each([1e-150, 1e-30, 1e30, 1e150])('steps at the scale %d are those at 1', (size) => {
  const [x, g] = [
    [0.3, -1.2, 0.7],
    [0.5, 0.1, -0.9],
  ]
  const scaled = (v: number[]) => v.map((entry) => entry * size)
  for (const map of [euclidean(), lp(1.5)]) {
    const plain = mirrorStep(x, g, 0.5, { map, term: l1Norm(0.1) })
    const other = mirrorStep(scaled(x), scaled(g), 0.5, { map, term: l1Norm(0.1 * size) })
    expect(
      distance(
        other.map((v) => v / size),
        plain,
      ),
    ).toBeLessThan(1e-12)
  }
})
