import { random } from '@opt/core'
import { affineSet, ball, box, type ConvexSet, halfSpace, l1Ball, product, simplex } from '../src/index.ts'
import { WITHOUT_METRIC } from './sets.ts'

const SIZES = [1e-300, 1e-200, 1e-160, 1e-20, 1e20, 1e160, 1e200, 1e300]
const make: Record<string, (size: number) => ConvexSet> = {
  ball: (size) => ball({ center: [0.2 * size, -size, 0.5 * size], radius: 0.7 * size }),
  box: (size) => box({ lower: [-size, 0, 0.2 * size], upper: [size, 0.5 * size, 0.2 * size] }),
  simplex: (size) => simplex({ dimension: 3, total: size }),
  l1Ball: (size) => l1Ball({ center: [0.2 * size, -size, 0.5 * size], radius: 0.7 * size }),
  halfSpace: (size) => halfSpace({ normal: [1, -2, 0.5], offset: -size }),
  affineSet: (size) =>
    affineSet({
      A: [
        [1, -2, 0.5],
        [0.3, 0, 1],
      ],
      b: [size, -size],
    }),
  product: (size) => product([ball({ dimension: 1, radius: size }), simplex({ dimension: 2, total: size })]),
}
const metric = [
  [2, 0.5, 0.1],
  [0.5, 1, -0.3],
  [0.1, -0.3, 3],
]

describe.each(Object.keys(make))('%s of any size', (kind) => {
  test('a projection is the one of size 1, scaled', () => {
    const rng = random(3)
    for (let k = 0; k < 20; k++) {
      const y = Array.from({ length: 3 }, () => rng.normal(0, 2))
      const unit = make[kind](1)
      const at = unit.project(y)
      const inMetric = WITHOUT_METRIC.includes(kind) ? undefined : unit.projectMetric(y, metric)
      for (const size of SIZES) {
        const set = make[kind](size)
        const far = y.map((v) => v * size)
        const x = set.project(far)
        expect(set.contains(x)).toBe(true)
        x.forEach((v, i) => expect(v / size).toBeCloseTo(at[i], 12))
        for (const weight of inMetric ? [1e-300, 1, 1e300] : []) {
          const H = metric.map((row) => row.map((h) => h * weight))
          const z = set.projectMetric(far, H)
          expect(set.contains(z)).toBe(true)
          z.forEach((v, i) => expect(v / size).toBeCloseTo(inMetric![i], 10))
        }
      }
    }
  })

  test('a point however far away has a projection', () => {
    for (const size of SIZES)
      for (const far of [1e-300, 1e-150, 1e150, 1e300, 1.7e308])
        for (const y of [
          [far, far, far],
          [far, -far, far / 3],
          [-far, 0, 0],
        ]) {
          const set = make[kind](size)
          expect([size, y, set.contains(set.project(y))]).toEqual([size, y, true])
          if (WITHOUT_METRIC.includes(kind)) continue
          expect([size, y, set.contains(set.projectMetric(y, metric))]).toEqual([size, y, true])
        }
  })
})

test('what is outside is so at any size', () => {
  for (const size of SIZES) {
    expect(ball({ dimension: 2, radius: size }).contains([0.8 * size, 0.7 * size])).toBe(false)
    expect(ball({ dimension: 2, radius: size }).contains([0.6 * size, 0.7 * size])).toBe(true)
    expect(simplex({ dimension: 2, total: size }).contains([0.5 * size, 0.51 * size])).toBe(false)
    expect(box({ dimension: 1, lower: 0, upper: size }).contains([-0.01 * size])).toBe(false)
  }
  expect(() => ball({ dimension: 1, radius: 1e308 })).toThrow(/^ball: diameter must be a finite number/)
})
