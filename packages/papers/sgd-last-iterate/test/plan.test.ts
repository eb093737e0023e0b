import { bound, heavyBound, plan, type StepKind, stepSizes } from '../src/index.ts'

const known = { L: 0, M: 2, sigma: 1, distance: 5 }

test('a plan is the rule with the smallest bound', () => {
  const reached = (kind: StepKind, more: object) => {
    const all = { ...known, steps: 300, ...more }
    const mu = { mu: (all as { muF?: number }).muF || (all as { muH?: number }).muH }
    const ignored = kind.startsWith('strong') ? {} : { muF: 0, muH: 0 }
    return bound({ ...all, ...ignored, stepSizes: stepSizes[kind]({ ...all, ...mu } as never) })
  }
  const convex: StepKind[] = ['sqrt', 'constant', 'linear']
  const cases: [object, StepKind[]][] = [
    [{}, convex],
    [{ delta: 0.01 }, convex],
    [{ L: 3, M: 0 }, convex],
    [{ L: 0.1, sigma: 0.01, M: 0 }, convex],
    [{ muF: 0.5, L: 2 }, [...convex, 'strong1', 'strong2', 'strongT']],
    [{ muF: 1e-6 }, [...convex, 'strong1', 'strong2', 'strongT']],
    [{ muF: 1, distance: 1e6 }, [...convex, 'strong1', 'strong2', 'strongT']],
    [{ muH: 0.5, delta: 0.1, L: 1 }, [...convex, 'strongH1', 'strongH2']],
  ]
  for (const [more, kinds] of cases) {
    const { kind, stepSizes: etas, guarantee } = plan({ ...known, steps: 300, ...more })
    const values = kinds.map((candidate) => reached(candidate, more))
    expect([more, kind]).toEqual([more, kinds[values.indexOf(Math.min(...values))]])
    const { expected, likely } = guarantee(300)
    const best = (more as { delta?: number }).delta === undefined ? expected : likely!
    expect(best / Math.min(...values)).toBeCloseTo(1, 9)
    expect(etas).toHaveLength(300)
  }
  expect(plan({ ...known, steps: 300 }).kind).toBe('linear')
  expect(plan({ ...known, steps: 300, muF: 1e-6 }).kind).toBe('linear')
  expect(plan({ ...known, steps: 300, muF: 1, L: 20, distance: 1e6 }).kind).toBe('strongT')
})

test('without T: sqrt, strong1, strongH1, heavy, with guarantees at any time', () => {
  const kinds = [{}, { muF: 1 }, { muH: 1 }, { p: 1.5 }].map((more) => plan({ ...known, ...more }).kind)
  expect(kinds).toEqual(['sqrt', 'strong1', 'strongH1', 'heavy'])
  const { guarantee, stepSize, stepSizes: etas, eta } = plan(known)
  expect(etas).toBeUndefined()
  expect(eta).toBeCloseTo(Math.sqrt(5 / 5), 14)
  expect(stepSize(4)).toBe(eta! / 2)
  const list = [10, 100, 1000].map((t) => guarantee(t).expected)
  expect(list[1]).toBeLessThan(list[0])
  expect(list[2]).toBeLessThan(list[1])
  expect(list[1]).toBe(bound({ ...known, stepSizes: stepSizes.sqrt({ steps: 100, eta: eta! }) }))
})

test('heavy tails: the bound is that of the moment, with Markov for probabilities', () => {
  const heavy = { ...known, p: 1.4, steps: 200, delta: 0.1 }
  const { kind, stepSizes: etas, guarantee } = plan(heavy)
  expect(kind).toBe('heavyLinear')
  const { expected, likely } = guarantee(200)
  expect(expected).toBe(heavyBound({ ...known, p: 1.4, stepSizes: etas! }))
  expect(likely).toBeCloseTo(10 * expected, 10)
})

test('says it in words', () => {
  expect(plan({ ...known, steps: 1000, delta: 0.01 }).text).toBe(
    "Steps 'linear' with eta = 0.568. After 1000 steps the last point exceeds the minimum by at most 0.913 in expectation, and by at most 4.45 with probability 0.99.",
  )
  expect(plan({ ...known, muF: 0.5 }).text).toBe(
    "Steps 'strong1': the excess of the last point falls like log T / T. After 100 steps the last point exceeds the minimum by at most 2.05 in expectation.",
  )
  expect(plan({ ...known, steps: 1 }).guarantee(1).text).toMatch(/^After 1 step the last point/)
})

test('what it cannot do it says', () => {
  expect(() => plan({ L: 0, M: 0, sigma: 0, distance: 1, steps: 9 })).toThrow('plan: M must be positive, or L or sigma')
  expect(() => plan({ ...known, p: 1.5, muF: 1 })).toThrow('plan: muF must be 0 or left out with heavy tails, got 1')
  expect(() => plan({ ...known, p: 2 })).toThrow('plan: p must be less than 2, got 2')
  expect(() => plan({ ...known, distance: 0, steps: 3 })).toThrow(
    'plan: eta must be given, as L, M, sigma and distance',
  )
  expect(() => plan({ ...known, steps: 10 }).guarantee(11)).toThrow(
    'plan.guarantee: t must be an integer between 1 and 10, got 11',
  )
  expect(() => plan({ ...known, sigma: undefined as never })).toThrow('plan: sigma must be a nonnegative number')
})
