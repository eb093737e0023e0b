import { decodeFloats, norm, random } from '@opt/core'
import fc from 'fast-check'
import { StableSPAM, type StableSPAMHyper } from '../src/index.ts'

/** The first number of a saved array. */
const saved = (text: string) => decodeFloats(text, Float64Array, 1, 'saved')[0]

const gradientsOf = (seed: number, n: number, steps: number) => {
  const rng = random(seed)
  return Array.from({ length: steps }, () => {
    const spike = rng.uniform() < 0.2 ? 1000 : 1
    return Float64Array.from({ length: n }, () => rng.normal() * (rng.uniform() < 0.1 ? spike : 1))
  })
}

/** The algorithm written out again, on one tensor. */
function reference(x: number[], gradients: Float64Array[], o: StableSPAMHyper): number[] {
  const rate = o.learningRate
  let [m, v] = [x.map(() => 0), x.map(() => 0)]
  let [h, a, c, k] = [0, 0, 0, 0]
  gradients.forEach((given, i) => {
    const t = i + 1
    const angle = (Math.PI * t) / (o.totalSteps + 1)
    const scale = o.totalSteps === 0 ? 1 : o.minScale + ((1 - o.minScale) * (1 + Math.cos(angle))) / 2
    if (o.resetEvery > 0 && t % o.resetEvery === 0) {
      m = x.map(() => 0)
      v = x.map(() => 0)
      k = 0
    }
    k++
    const top = Math.max(...given.map(Math.abs))
    h = o.gamma3 * h + (1 - o.gamma3) * top
    const limit = h / (1 - o.gamma3 ** t)
    let g = Array.from(given, (value) => (Math.abs(value) > limit ? (value / top) * limit : value))
    const norm = Math.sqrt(g.reduce((sum, value) => sum + value * value, 0))
    a = o.gamma1 * scale * a + (1 - o.gamma1 * scale) * norm
    c = o.gamma2 * c + (1 - o.gamma2) * norm * norm
    const size = a / (1 - (o.gamma1 * scale) ** t) / (Math.sqrt(c / (1 - o.gamma2 ** t)) + o.epsilon)
    if (norm > 0) g = g.map((value) => (value / norm) * size)
    m = m.map((value, j) => o.beta1 * scale * value + (1 - o.beta1 * scale) * g[j])
    v = v.map((value, j) => o.beta2 * value + (1 - o.beta2) * g[j] * g[j])
    x = x.map((value, j) => {
      const [mean, square] = [m[j] / (1 - (o.beta1 * scale) ** k), v[j] / (1 - o.beta2 ** k)]
      return value * (1 - rate * o.weightDecay) - (rate * mean) / (Math.sqrt(square) + o.epsilon)
    })
  })
  return x
}

test('any options, any spikes: what the formulas written out again give', () => {
  const options = fc.record({
    learningRate: fc.constantFrom(0.01, 0.1),
    beta1: fc.constantFrom(0.9, 0.5),
    beta2: fc.constantFrom(0.999, 0.9),
    epsilon: fc.constantFrom(1e-8, 1e-3),
    weightDecay: fc.constantFrom(0, 0.1),
    gamma1: fc.constantFrom(0.7, 0.85),
    gamma2: fc.constantFrom(0.9, 0.99999),
    gamma3: fc.constantFrom(0.999, 0.9),
    resetEvery: fc.integer({ min: 0, max: 9 }),
    totalSteps: fc.constantFrom(0, 10, 25),
    minScale: fc.constantFrom(0.5, 0, 1),
  })
  fc.assert(
    fc.property(options, fc.nat(), fc.integer({ min: 1, max: 12 }), (chosen, seed, n) => {
      const gradients = gradientsOf(seed, n, 25)
      const start = Float64Array.from(gradients[0])
      const x = start.slice()
      const optimizer = new StableSPAM(x, chosen)
      for (const g of gradients) optimizer.step(g)
      const wanted = reference([...start], gradients, chosen)
      for (let i = 0; i < n; i++) expect(Math.abs(x[i] - wanted[i])).toBeLessThan(1e-9)
    }),
    { numRuns: 200 },
  )
})

test('the scale of the gradients does not matter: a power of two changes no bit', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: -60, max: 60 }), (seed, power) => {
      const [x, y] = [new Float64Array(6), new Float64Array(6)]
      const [one, other] = [x, y].map((at) => new StableSPAM(at, { epsilon: 1e-300, resetEvery: 7 }))
      for (const g of gradientsOf(seed, 6, 20)) {
        one.step(g)
        other.step(g.map((v) => v * 2 ** power))
      }
      expect(y).toEqual(x)
    }),
  )
})

test('the cosine and the resets go by the steps of the optimizer, not of a tensor', () => {
  const gradients = gradientsOf(8, 4, 30)
  const options = { totalSteps: 20, resetEvery: 7, learningRate: 0.05 }
  const run = (late: number, skipped: number[] = []) => {
    const set = { a: new Float64Array(4), b: new Float64Array(4) }
    const optimizer = new StableSPAM(set, options)
    gradients.forEach((g, t) => {
      optimizer.step({ a: g, b: t < late || skipped.includes(t) ? null : g })
    })
    return { ...set, state: optimizer.state().parameters[1] }
  }
  const whole = run(0)
  // The absence of another tensor changes nothing.
  for (const { a } of [run(3), run(0, [4, 5, 19])]) expect(a).toEqual(whole.a)
  // Begun at step 4 (T = 4): reset at T = 7, 14, 21, 28, so 30 is the third step since.
  const late = run(3)
  expect([late.state.steps, saved(late.state.numbers.sinceReset)]).toEqual([27, 3])
  expect(late.b).not.toEqual(whole.b)
})

test('after totalSteps the cosine rises again, as in the official code', () => {
  // PyTorch's cosine, asked for a step beyond its end: eta + (1 - eta) (1 + cos(pi T / (total + 1))) / 2.
  const x = new Float64Array(1)
  const optimizer = new StableSPAM(x, {
    totalSteps: 9,
    minScale: 0,
    beta2: 0,
    gamma1: 0,
    gamma2: 0,
    resetEvery: 0,
    learningRate: 1,
  })
  // At T = 10 the scale of beta1 is 0, at T = 20 it is 1 again.
  for (let t = 1; t <= 19; t++) optimizer.step(Float64Array.of(1))
  const [{ arrays }] = optimizer.state().parameters
  const mean = saved(arrays.mean)
  optimizer.step(Float64Array.of(-1))
  const [after] = optimizer.state().parameters
  expect(saved(after.arrays.mean)).toBeCloseTo(0.9 * mean - 0.1, 7)
})

test.each([1e200, 1e300, 1e-200, 5e-324])('one gradient of %p is survived, in float64', (size) => {
  const x = Float64Array.of(1, 2)
  const optimizer = new StableSPAM(x, { learningRate: 0.1 })
  for (const g of [
    [1, 1],
    [size, 1],
    [1, 1],
    [1, size],
    [0.5, 1],
  ])
    optimizer.step(Float64Array.from(g))
  for (const [i, start] of [1, 2].entries()) expect(Math.abs(x[i] - start)).toBeLessThan(0.6)
})

test('a power of two as large as can be changes no bit', () => {
  for (const power of [-900, 900]) {
    const [x, y] = [new Float64Array(6), new Float64Array(6)]
    const [one, other] = [x, y].map((at) => new StableSPAM(at, { epsilon: 1e-300, resetEvery: 7 }))
    for (const g of gradientsOf(3, 6, 20)) {
      one.step(g)
      other.step(g.map((v) => v * 2 ** power))
    }
    expect(y).toEqual(x)
  }
})

test('a spike a thousand times too large moves x no further than an ordinary step', () => {
  const far = (factor: number) => {
    const x = new Float64Array(50)
    const optimizer = new StableSPAM(x, { learningRate: 0.01 })
    const gradients = gradientsOf(5, 50, 60).map((g) => g.map((v) => Math.max(-2, Math.min(2, v))))
    gradients.forEach((g, t) => optimizer.step(t === 50 ? g.map((v) => v * factor) : g))
    return x
  }
  const [calm, hit] = [far(1), far(1000)]
  calm.forEach((v, i) => expect(Math.abs(hit[i] - v)).toBeLessThan(0.05))
})

test('a reset clears the moments and their count; the history of norms stays', () => {
  const x = new Float64Array(4)
  const optimizer = new StableSPAM(x, { resetEvery: 5 })
  const [first, ...rest] = gradientsOf(2, 4, 5)
  optimizer.step(first)
  for (const g of rest) optimizer.step(g)
  const [{ numbers, arrays, steps }] = optimizer.state().parameters
  expect(steps).toBe(5)
  expect(saved(numbers.sinceReset)).toBe(1)
  expect(saved(numbers.norm)).toBeGreaterThan(0.1)
  // beta1 0.9: after one step the mean is a tenth of the present gradient, which has the norm of the history.
  expect(norm(decodeFloats(arrays.mean, Float64Array, 4, 'mean'))).toBeLessThan(0.2)
})

describe('bad options are refused by name', () => {
  const names = ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'gamma1', 'gamma2', 'gamma3', 'resetEvery']
  test.each([...names, 'totalSteps', 'minScale'])('%s', (name) => {
    for (const value of [-1, Number.NaN, '1', Infinity])
      expect(() => new StableSPAM(new Float64Array(2), { [name]: value })).toThrow(
        new RegExp(`^StableSPAM: ${name} must be`),
      )
  })
  test('rates of 1, fractional counts, a fraction above 1', () => {
    for (const bad of [{ gamma3: 1 }, { resetEvery: 0.5 }, { totalSteps: 1.5 }, { minScale: 1.1 }])
      expect(() => new StableSPAM(new Float64Array(2), bad)).toThrow(/^StableSPAM: \w+ must be/)
  })
})
