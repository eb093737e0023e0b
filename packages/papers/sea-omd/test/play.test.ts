import { jest } from '@jest/globals'
import { random } from '@opt/core'
import { centralDifference } from '@opt/testing'
import { ball, bounds, environments, logisticStream, play, seaConvex, seaDynamic } from '../src/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const wrong = (value: unknown): any => value

describe('play', () => {
  test('goes on, stops when told, and reports as often as asked', () => {
    const environment = environments.multiscale(random(1), { rounds: 3000, sigma: 1 })
    const { domain, G, L } = environment
    const onProgress = jest.fn()
    const learner = seaConvex({ domain, G, L })
    const a = play(learner, environment, { every: 100, onProgress, stopWhen: ({ round }) => round >= 500 })
    expect([a.status, a.round, a.iterations, onProgress.mock.calls.length]).toEqual(['stopped', 500, 5, 5])
    expect(learner.round).toBe(500)
    expect(a.linearRegret).toBeLessThanOrEqual(a.certificate!)
    const b = play(seaConvex({ domain, G, L }), environment)
    expect([b.status, b.round, b.history.length]).toEqual(['completed', 3000, 1000])
    expect(b.bound).toBeCloseTo(bounds.convex({ ...environment, D: domain.diameter }), 8)
  })

  test.each([
    ['iid', environments.iid(random(2), { rounds: 1500 })],
    ['adversarial', environments.adversarial(random(2), { rounds: 1500 })],
    ['corrupted', environments.corrupted(random(2), { rounds: 1500, corruptions: 100 })],
    ['randomOrder', environments.randomOrder(random(2), { size: 500, passes: 3 })],
    ['slowShift', environments.slowShift(random(2), { rounds: 1500, epsilon: 1e-3, sigma: 0.5 })],
    ['abruptShift', environments.abruptShift(random(2), { rounds: 1500, sigma: 0.5 })],
    ['labelShift', environments.labelShift(random(2), { rounds: 300 })],
  ])('%s: G and the bounds hold, gradients are slopes of the losses, comparators are best', (_, environment) => {
    const { domain, G, L, rounds } = environment
    for (const learner of [seaConvex({ domain, G, L }), seaDynamic({ domain, G, L, horizon: rounds })]) {
      const a = play(learner, environment)
      expect(learner.violations).toBe(0)
      expect(a.linearRegret).toBeLessThanOrEqual(a.certificate!)
      expect(a.realizedRegret).toBeLessThanOrEqual(a.linearRegret + 1e-9)
      expect(a.regret).toBeLessThan(a.bound!)
    }
    const rng = random(9)
    const total = (x: Float64Array, f: 'expected' | 'loss') => {
      let sum = 0
      for (let t = 1; t <= rounds; t++) sum += environment[f](t, x)
      return sum
    }
    for (const [comparator, f] of [
      [environment.comparator(), 'expected'],
      [environment.realizedComparator(), 'loss'],
    ] as const) {
      expect(comparator.total).toBeCloseTo(total(comparator.x, f), 6)
      for (let k = 0; k < 5; k++) {
        const other = domain.project(comparator.x.map((v) => v + rng.normal(0, 0.1)))
        expect(total(other, f)).toBeGreaterThanOrEqual(comparator.total - 1e-8)
      }
    }
    const x = domain.project(domain.center().map((v) => v + rng.normal(0, 0.3)))
    const g = environment.gradient(7, x).slice()
    g.forEach((slope, i) => {
      expect(centralDifference((x) => environment.loss(7, x), x, i)).toBeCloseTo(slope, 5)
    })
    for (let t = 1; t <= rounds; t += 97) {
      const length = Math.sqrt(environment.gradient(t, x).reduce((s, v) => s + v * v, 0))
      expect(length).toBeLessThanOrEqual(G * (1 + 1e-12))
    }
  })

  test('measured noise is what the environment says it is', () => {
    const slow = environments.slowShift(random(3), { rounds: 2000, epsilon: 1e-2, sigma: 0.7 })
    expect(slow.sigma2).toBeCloseTo(2000 * 0.49, 8)
    expect(slow.SigmaMax2).toBeLessThanOrEqual(1e-2 * (1 + 1e-12))
    const bad = environments.corrupted(random(3), { rounds: 2000, corruptions: 50 })
    expect(bad.Sigma2).toBeLessThanOrEqual(4 * bad.G * 50 * 2)
    const order = environments.randomOrder(random(3), { size: 8000 })
    expect(order.sigma2 / 8000).toBeCloseTo(0.9987, 3)
    expect(order.Sigma2).toBeLessThan(8 * order.G * order.G)
  })
})

describe('a stream', () => {
  test('goes on from a saved state to the same numbers, and refuses what it cannot use', () => {
    const rng = random(5)
    const examples = Array.from({ length: 400 }, () => {
      const values = [rng.normal(), rng.normal(), rng.normal()]
      return { label: values[0] + 0.5 * values[1] + rng.normal() > 0 ? 1 : -1, indices: [0, 2, 3], values }
    })
    const make = () =>
      logisticStream({ learner: seaConvex({ domain: ball({ dimension: 6, radius: 5 }), G: 1, L: 0.25 }) })
    const whole = make()
    for (const example of examples) whole.see(example)
    const first = make()
    for (const example of examples.slice(0, 150)) first.see(example)
    const second = make()
    second.load(JSON.parse(JSON.stringify(first.state())))
    for (const example of examples.slice(150)) second.see(example)
    expect(second.state()).toEqual(whole.state())
    expect(whole.total / 400).toBeLessThan(0.65)
    expect([whole.examples, whole.learner.violations]).toEqual([400, 0])
    const judge = make()
    judge.learner.load(whole.state().learner)
    const judged = examples.map((example) => judge.judge(example))
    expect(judged).toEqual(
      examples
        .toReversed()
        .map((example) => judge.judge(example))
        .toReversed(),
    )
    expect(judge.state().learner).toEqual(whole.state().learner)
    expect(judge.examples).toBe(800)
    expect(judge.errors).toBe(2 * examples.filter(({ label }, k) => judged[k] > 0 !== label > 0).length)
    const before = JSON.stringify(whole.state())
    for (const [example, message] of [
      [{ label: 2, indices: [0], values: [1] }, /label must be -1, 0 or \+1, got 2/],
      [{ label: 1, indices: [5], values: [1] }, /indices\[0\] must be .* between 0 and 4, got 5/],
      [{ label: 1, indices: [0], values: [NaN] }, /values\[0\]/],
      [{ label: 1, indices: [0], values: [] }, /values must be of length 1/],
    ] as const)
      expect(() => whole.see(example)).toThrow(message)
    for (const state of [null, {}, { ...whole.state(), examples: -1 }, { ...whole.state(), total: 'x' }])
      expect(() => whole.load(wrong(state))).toThrow(/load: state/)
    expect(JSON.stringify(whole.state())).toBe(before)
  })
})
