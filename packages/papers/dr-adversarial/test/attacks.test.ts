import { norm, random } from '@opt/core'
import { mlp } from '@opt/nn'
import { centralDifference } from '@opt/testing'
import fc from 'fast-check'
import { barrierAttack, hypergradient, marginPgd, type TrainableModel } from '../src/index.ts'
import { clouds, sameNetwork, smallNetwork, softmaxRegression } from './shared.ts'

test('perturbations of all attacks stay in the ball and in the box, and tau away from the rim', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.double({ min: 0.01, max: 0.6, noNaN: true }),
      fc.constantFrom('adam' as const, 'sign' as const, 'gd' as const),
      fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
      (seed, epsilon, method, c) => {
        const { inputs, targets } = clouds(6, seed)
        inputs[0] = [0, 1]
        const network = smallNetwork(seed % 2 ? 'relu' : 'tanh', seed)
        const options = { epsilon, random: random(seed) }
        const barrier = barrierAttack(network, inputs, targets, { ...options, c, method, steps: 5, tau: 0.05 })
        const margin = marginPgd(network, inputs, targets, { ...options, steps: 4 })
        const round = marginPgd(network, inputs, targets, { ...options, steps: 4, norm: 'l2' })
        inputs.flat().forEach((x, at) => {
          const [lo, hi] = [Math.max(-epsilon, -x), Math.min(epsilon, 1 - x)]
          const keep = 0.05 * (hi - lo) - 1e-12
          expect(barrier[at]).toBeGreaterThanOrEqual(lo + keep)
          expect(barrier[at]).toBeLessThanOrEqual(hi - keep)
          expect(margin[at]).toBeGreaterThanOrEqual(lo - 1e-12)
          expect(margin[at]).toBeLessThanOrEqual(hi + 1e-12)
        })
        for (let i = 0; i < 6; i++)
          expect(Math.hypot(round[2 * i], round[2 * i + 1])).toBeLessThanOrEqual(epsilon + 1e-12)
      },
    ),
    { numRuns: 150 },
  )
})

test('the attack of a linear two-class model is known: each coordinate at the end that raises the loss', () => {
  // z_1 - z_0 = 3 x_0 - 2 x_1: against class 1 the first input falls and the second rises.
  const model = softmaxRegression(2, 2, Float64Array.of(0, 3, 0, -2, 0, 0))
  const delta = marginPgd(model, [[0.5, 0.5]], [1], { epsilon: 0.2, steps: 10 })
  expect(Array.from(delta, (d) => Number(d.toFixed(12)))).toEqual([-0.2, 0.2])
  const inner = barrierAttack(model, [[0.5, 0.5]], [1], { epsilon: 0.2, c: 1e-4, steps: 40 })
  expect(inner[0]).toBeLessThan(-0.19)
  expect(inner[1]).toBeGreaterThan(0.19)
  // A large c keeps the attack in the middle.
  const weak = barrierAttack(model, [[0.5, 0.5]], [1], { epsilon: 0.2, c: 10, steps: 40, method: 'gd', stepSize: 1e-4 })
  expect(Math.abs(weak[0])).toBeLessThan(0.05)
})

test('without a start the barrier begins in the middle of one-sided intervals, and a zero gradient stays', () => {
  const model = softmaxRegression(2, 2, new Float64Array(6))
  const delta = barrierAttack(model, [[0, 0.5]], [0], { epsilon: 0.1, steps: 3 })
  expect(Array.from(delta, (d) => Number(d.toFixed(12)))).toEqual([0.05, 0])
  const still = marginPgd(model, [[0, 0.5]], [0], { epsilon: 0.1, steps: 3 })
  expect(Array.from(still).every((d) => d === 0)).toBe(true)
})

test("a user's model and the network that computes the same agree", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
      const rng = random(seed)
      const theta = Float64Array.from({ length: 9 }, () => rng.normal())
      const model = softmaxRegression(2, 3, theta)
      const network = sameNetwork(2, 3, theta)
      const { inputs, targets } = clouds(10, seed)
      const close = (a: ArrayLike<number>, b: ArrayLike<number>, within: number) => {
        for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThan(within)
      }
      const attack = { epsilon: 0.1, steps: 4 }
      close(marginPgd(model, inputs, targets, attack), marginPgd(network, inputs, targets, attack), 1e-9)
      const delta = barrierAttack(network, inputs, targets, attack)
      close(barrierAttack(model, inputs, targets, attack), delta, 1e-9)
      const rows = inputs.map((_, i) => [delta[2 * i], delta[2 * i + 1]])
      for (const method of ['diagonal', 'exact'] as const) {
        const options = { epsilon: 0.1, c: 0.05, lambda: 5, method }
        const [a, b] = [model, network].map((m) => hypergradient(m, inputs, targets, rows, options))
        close(a.gradient, b.gradient, 1e-6)
        close(a.plain, b.plain, 1e-10)
        close(a.direction, b.direction, 1e-6)
      }
    }),
    { numRuns: 60 },
  )
})

/** Minimizes the barrier by many small steps of gradient descent. */
function innerOptimum(model: ReturnType<typeof smallNetwork> | TrainableModel, inputs: number[][], targets: number[]) {
  return barrierAttack(model, inputs, targets, {
    epsilon: 0.2,
    c: 0.01,
    lambda: 3,
    method: 'gd',
    stepSize: 0.02,
    steps: 1500,
    tau: 1e-3,
  })
}

test('the hypergradient is the finite difference of the whole map, attack included', () => {
  const { inputs, targets } = clouds(4, 3)
  const network = smallNetwork('tanh', 5)
  const options = { epsilon: 0.2, c: 0.01, lambda: 3, r: 0.8, method: 'exact' } as const
  const at = () => {
    const delta = innerOptimum(network, inputs, targets)
    const rows = inputs.map((_, i) => [delta[2 * i], delta[2 * i + 1]])
    return hypergradient(network, inputs, targets, rows, options)
  }
  const { gradient, plain } = at()
  let [exact, fixed] = [0, 0]
  for (let p = 0; p < network.parameters.length; p += 3) {
    const slope = centralDifference(() => at().value, network.parameters, p, 1e-4)
    exact = Math.max(exact, Math.abs(gradient[p] - slope))
    fixed = Math.max(fixed, Math.abs(plain[p] - slope))
  }
  expect(exact).toBeLessThan(1e-6)
  // Without the implicit term it is another gradient.
  expect(fixed).toBeGreaterThan(100 * exact)
})

test('with a convex lower level the error of the hypergradient falls as the paper says, by a factor per step', () => {
  const { inputs, targets } = clouds(5, 4)
  const network = smallNetwork('tanh', 6)
  const [epsilon, c, lambda, stepSize] = [0.2, 0.01, 40, 0.01]
  const attack = (steps: number) =>
    barrierAttack(network, inputs, targets, { epsilon, c, lambda, method: 'gd', stepSize, tau: 1e-3, steps })
  const gradientAt = (delta: Float64Array) => {
    const rows = inputs.map((_, i) => [delta[2 * i], delta[2 * i + 1]])
    return hypergradient(network, inputs, targets, rows, { epsilon, c, lambda, method: 'exact' }).gradient
  }
  const limit = attack(2000)
  const exact = gradientAt(limit)
  const low = inputs.flat().map((x) => Math.max(-epsilon, -x))
  const high = inputs.flat().map((x) => Math.min(epsilon, 1 - x))
  const first = low.map((l, at) => (l + high[at]) / 2)
  const away = norm(first.map((d, at) => d - limit[at]))

  // |grad_xx l|, with |diag p - p p'| <= 1/2, |p - e_y| <= sqrt 2, |tanh'| <= 1 and |tanh''| <= 4 / (3 sqrt 3).
  const [w, v] = network.layers().map(({ weight }) => Array.from(weight))
  const widest = Math.max(...Array.from({ length: 6 }, (_, h) => norm(v.slice(3 * h, 3 * h + 3))))
  const curved = (0.5 * norm(v) ** 2 + (4 / (3 * Math.sqrt(3))) * Math.SQRT2 * widest) * norm(w) ** 2
  // c / (hi - d)^2 + c / (d - lo)^2: least in the middle, and largest on the ball that the steps stay in.
  const least = Math.min(...low.map((l, at) => (8 * c) / (high[at] - l) ** 2))
  const most = Math.max(...limit.map((d, at) => c / (high[at] - d - away) ** 2 + c / (d - away - low[at]) ** 2))
  // A step of gradient descent multiplies the distance to the minimum by |I - stepSize H| for an average H of Hessians, whose
  // eigenvalues lie between mu and the largest one: by 1 - stepSize mu, where stepSize is at most 1 / the largest.
  const mu = lambda + least - curved
  expect(mu).toBeGreaterThan(0)
  expect(stepSize * (lambda + most + curved)).toBeLessThan(1)
  for (const steps of [2, 4, 8, 16, 32]) {
    const delta = attack(steps)
    const move = delta.map((d, at) => d - limit[at])
    expect(norm(move)).toBeLessThanOrEqual((1 - stepSize * mu) ** steps * away)
    // The mean value theorem: the error is at most the largest |d gradient / d delta| on the way, times the distance.
    const slopes = [0, 0.25, 0.5, 0.75, 1].map((t) => {
      const squares = delta.map((_, at) => {
        const side = (h: number) => gradientAt(limit.map((d, i) => d + t * move[i] + (i === at ? h : 0)))
        const [ahead, behind] = [side(1e-5), side(-1e-5)]
        return ahead.reduce((sum, g, p) => sum + ((g - behind[p]) / 2e-5) ** 2, 0)
      })
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
    })
    const error = norm(gradientAt(delta).map((g, p) => g - exact[p]))
    expect(error).toBeLessThanOrEqual(Math.max(...slopes) * (1 - stepSize * mu) ** steps * away)
  }
})

test('exact is refused where the lower level is not convex; diagonal q stays within the set', () => {
  const { inputs, targets } = clouds(4, 7)
  const network = mlp({ sizes: [2, 16, 3], activation: 'tanh', seed: 2 })
  network.parameters.forEach((_, p) => {
    network.parameters[p] *= 40
  })
  const zero = inputs.map(() => [1e-3, -1e-3])
  const options = { epsilon: 0.3, c: 1e-12, lambda: 0, low: -9, high: 9 }
  expect(() => hypergradient(network, inputs, targets, zero, { ...options, method: 'exact' })).toThrow(
    'hypergradient: lambda must be so large that H is positive definite',
  )
  const { direction } = hypergradient(network, inputs, targets, zero, options)
  for (const [at, q] of direction.entries()) expect(Math.abs(q + zero.flat()[at])).toBeLessThanOrEqual(0.3 + 1e-12)
})
