import { sinkhornDivergence, wasserstein } from '../src/index.ts'

/** Gradients are determined up to a constant: less their mean under the masses. */
function centred(gradient: Float64Array, masses: number[]): number[] {
  const mean = gradient.reduce((sum, v, i) => sum + v * masses[i], 0)
  return Array.from(gradient, (v) => v - mean)
}
const largest = (values: number[]) => Math.max(...values.map(Math.abs))

const x = [[0], [1], [2]]
const a = [0.5, 0.3, 0.2]

describe.each([1, 0.3, 0.1, 0.05, 0.03, 0.02, 0.01, 1e-3, 1e-4])('at epsilon %d', (epsilon) => {
  test('equal measures are the minimum, in whatever order', () => {
    const same = sinkhornDivergence(x, x, { a, b: a, epsilon })
    expect(same).toMatchObject({ converged: true, divergence: 0 })
    expect(largest(centred(same.gradA, a))).toBe(0)
    const b = [0.2, 0.5, 0.3]
    const turned = sinkhornDivergence(x, [[2], [0], [1]], { a, b, epsilon })
    expect(turned.converged).toBe(true)
    expect(Math.abs(turned.divergence)).toBeLessThan(1e-9)
    expect(largest(centred(turned.gradA, a))).toBeLessThan(1e-9)
    expect(largest(centred(turned.gradB, b))).toBeLessThan(1e-9)
  })

  test('a small move has a small gradient', () => {
    const moved = sinkhornDivergence(x, [[1e-5], [1], [2]], { a, b: a, epsilon })
    expect(largest(centred(moved.gradA, a))).toBeLessThan(1e-5)
    expect(moved.divergence).toBeGreaterThan(0)
  })

  test('clusters far from each other stand at their true heights', () => {
    const [from, to] = [
      [[0], [0.1], [3], [3.2]],
      [[0.05], [0.12], [3.05], [3.3]],
    ]
    const b = [0.25, 0.2, 0.3, 0.25]
    const at = (t: number) =>
      sinkhornDivergence(from, to, { a: [0.2 + t, 0.3, 0.25 - t, 0.25], b, epsilon, tolerance: 1e-12 })
    const h = 1e-5
    const { gradA, converged } = at(0)
    expect(converged).toBe(true)
    const slope = (at(h).divergence - at(-h).divergence) / (2 * h)
    expect(Math.abs(slope - (gradA[0] - gradA[2]))).toBeLessThan(1e-4 * Math.max(1, 0.01 / epsilon))
  })
})

test('a little too much in a cluster costs its way to where it is missing', () => {
  const { gradA } = sinkhornDivergence(x, x, { a, b: [0.5 + 1e-9, 0.3 - 1e-9, 0.2], epsilon: 1e-4 })
  // The point with too little mass and the two others, a distance of 1 apart.
  expect(gradA[1] - gradA[0]).toBeCloseTo(1, 2)
  expect(gradA[2]).toBeCloseTo(gradA[1], 6)
})

test('a picture without mass is named', () => {
  const black = { height: 2, width: 2, pixels: [0, 0, 0, 0] }
  const grey = { height: 2, width: 2, pixels: [1, 2, 3, 4] }
  const says = 'must be a picture with a pixel above 0 and of finite sum, got pixels of sum 0'
  expect(() => wasserstein(black, grey, { epsilon: 0.01 })).toThrow(`wasserstein: x ${says}`)
  expect(() => wasserstein(grey, black, { epsilon: 0.01 })).toThrow(`wasserstein: y ${says}`)
})
