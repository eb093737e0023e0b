import { dot, random } from '@opt/core'
import fc from 'fast-check'
import {
  type ConvexFunction,
  constraintViolation,
  entryEnvelope,
  LionK,
  lyapunov,
  lyapunovStep,
  stepsToEnter,
} from '../src/index.ts'
import { FUNCTIONS } from './helpers.ts'

const RUNS = 1500

/** Vectors of 6: ordinary, tiny, huge, with zeros and ties. */
const vector = fc
  .tuple(fc.nat(), fc.constantFrom(1e-6, 0.1, 1, 1, 1, 100), fc.constantFrom('plain', 'zeros', 'ties'))
  .map(([seed, scale, kind]) => {
    const rng = random(seed)
    return Float64Array.from({ length: 6 }, () => {
      const v = rng.normal(0, scale)
      if (kind === 'ties') return scale * Math.round(v / scale)
      return kind === 'zeros' && rng.uniform() < 0.5 ? 0 : v
    })
  })

const anyFunction = fc.constantFrom(...FUNCTIONS.map(([, K]) => K))

const subgradient = (K: ConvexFunction, x: Float64Array) => {
  const out = new Float64Array(x.length)
  K.subgradient(x, out)
  return out
}

/** A point of the domain of K*: between two subgradients. */
const between = (K: ConvexFunction, a: Float64Array, b: Float64Array, w: number) => {
  const [g, h] = [subgradient(K, a), subgradient(K, b)]
  return g.map((v, i) => w * v + (1 - w) * h[i])
}

const part = fc.double({ min: 0, max: 1, noNaN: true })

describe('convex functions, over random vectors', () => {
  const slack = (K: ConvexFunction, ...sizes: number[]) =>
    (K.name === 'nuclear' ? 1e-9 : 1e-11) * (1e-3 + Math.max(...sizes.map(Math.abs)))

  test('Fenchel-Young: K(x) + K*(y) >= x.y, with equality at a subgradient', () => {
    fc.assert(
      fc.property(anyFunction, vector, vector, vector, part, (K, x, a, b, w) => {
        const y = between(K, a, b, w)
        const value = K.value(x)
        expect(K.violation(y)).toBeLessThanOrEqual(1e-12)
        expect(value + K.conjugate(y) - dot(x, y)).toBeGreaterThanOrEqual(-slack(K, value))
        const g = subgradient(K, x)
        expect(Math.abs(value + K.conjugate(g) - dot(x, g))).toBeLessThanOrEqual(slack(K, value))
      }),
      { numRuns: RUNS, seed: 1 },
    )
  })

  test('subgradient inequality: K(z) >= K(x) + g.(z - x)', () => {
    fc.assert(
      fc.property(anyFunction, vector, vector, (K, x, z) => {
        const [Kx, Kz] = [K.value(x), K.value(z)]
        const g = subgradient(K, x)
        const below = Kz - Kx - dot(g, z) + dot(g, x)
        expect(below).toBeGreaterThanOrEqual(-slack(K, Kx, Kz))
      }),
      { numRuns: RUNS, seed: 2 },
    )
  })

  test('the same for the conjugate, inside its domain', () => {
    fc.assert(
      fc.property(anyFunction, vector, vector, vector, part, part, (K, a, b, c, v, w) => {
        const y = between(K, a, b, 0.01 + 0.98 * v)
        const z = between(K, b, c, w)
        const s = new Float64Array(6)
        K.conjugateSubgradient(y, s)
        if (!s.every(Number.isFinite)) return
        const [Ky, Kz] = [K.conjugate(y), K.conjugate(z)]
        const sizes = [Ky, Kz, ...s]
        expect(Kz - Ky - dot(s, z) + dot(s, y)).toBeGreaterThanOrEqual(-slack(K, ...sizes))
      }),
      { numRuns: RUNS, seed: 3 },
    )
  })
})

describe('runs, over random gradients', () => {
  const setting = fc.record({
    seed: fc.nat(),
    learningRate: fc.double({ min: 1e-4, max: 0.3, noNaN: true }),
    weightDecay: fc.double({ min: 0.05, max: 3, noNaN: true }),
    beta1: fc.double({ min: 0, max: 0.95, noNaN: true }),
    beta2: fc.double({ min: 0.951, max: 0.999, noNaN: true }),
  })

  test('phase 1: no gradient sequence keeps a run outside longer than the envelope says', () => {
    fc.assert(
      fc.property(anyFunction, setting, fc.boolean(), (kernel, { seed, ...options }, implicit) => {
        const rng = random(seed)
        const x = Float64Array.from({ length: 6 }, () => rng.normal(0, 20))
        const optimizer = new LionK(x, { ...options, kernel, implicit })
        const start = constraintViolation(x, { kernel, weightDecay: options.weightDecay })
        const bound = entryEnvelope(start, 25, { ...options, implicit })
        for (let t = 1; t <= 25; t++) {
          optimizer.step(x.map(() => rng.normal(0, 10)))
          const now = constraintViolation(x, { kernel, weightDecay: options.weightDecay })
          expect(now).toBeLessThanOrEqual(bound[t] + 1e-13 * (1 + start))
        }
      }),
      { numRuns: RUNS, seed: 4 },
    )
  })

  test('implicit at eps equals explicit at eps / (1 + eps lambda)', () => {
    fc.assert(
      fc.property(anyFunction, setting, (kernel, { seed, learningRate, weightDecay, ...betas }) => {
        const rng = random(seed)
        const x = Float64Array.from({ length: 6 }, () => rng.normal(0, 3))
        const y = x.slice()
        const implicit = new LionK(x, { ...betas, kernel, weightDecay, learningRate, implicit: true })
        const mapped = learningRate / (1 + learningRate * weightDecay)
        const explicit = new LionK(y, { ...betas, kernel, weightDecay, learningRate: mapped })
        for (let t = 0; t < 10; t++) {
          const gradient = x.map(() => rng.normal())
          implicit.step(gradient)
          explicit.step(gradient)
        }
        x.forEach((v, i) => expect(Math.abs(v - y[i])).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(v))))
      }),
      { numRuns: RUNS, seed: 5 },
    )
  })

  test('the Lyapunov function falls as the theorem says, on quadratics with L-Lipschitz gradient', () => {
    fc.assert(
      fc.property(anyFunction, setting, (kernel, { seed, ...options }) => {
        const rng = random(seed)
        const curvature = Array.from({ length: 6 }, () => rng.uniform(0.1, 4))
        const target = Array.from({ length: 6 }, () => rng.normal())
        const f = (x: Float64Array) =>
          x.reduce((sum, v, i) => sum + 0.5 * curvature[i] * (v - target[i]) * (v - target[i]), 0)
        const L = Math.max(...curvature)
        const constants = { ...options, kernel }
        // Inside from the start: between two subgradients, over lambda.
        const point = () => Float64Array.from({ length: 6 }, () => rng.normal())
        let x: Float64Array = between(kernel, point(), point(), 0.5).map((v) => (0.9 * v) / options.weightDecay)
        if (kernel.name === 'logsumexp') x = between(kernel, point(), point(), 0.5).map((v) => v / options.weightDecay)
        let m: Float64Array = new Float64Array(6)
        for (let t = 0; t < 15; t++) {
          const before = lyapunov({ f: f(x), x, m }, constants)
          const next = lyapunovStep({ x, m, gradient: x.map((v, i) => curvature[i] * (v - target[i])) }, constants)
          const after = lyapunov({ f: f(next.x), x: next.x, m: next.m }, constants)
          const moved = next.x.reduce((sum, v, i) => sum + (v - x[i]) * (v - x[i]), 0)
          const scale = kernel.name === 'nuclear' ? 1e-8 : 1e-10
          const slack = scale * (1 + Math.abs(before) + Math.abs(next.decrease))
          expect(next.delta1).toBeGreaterThanOrEqual(-slack)
          expect(next.delta2).toBeGreaterThanOrEqual(-slack)
          expect(after - before).toBeLessThanOrEqual(-next.decrease + (L / 2) * moved + slack)
          ;({ x, m } = next)
        }
      }),
      { numRuns: 1000, seed: 6 },
    )
  })

  test('stepsToEnter is the first step at which the envelope is below', () => {
    fc.assert(
      fc.property(setting, fc.boolean(), fc.double({ min: 1e-3, max: 50, noNaN: true }), (options, implicit, from) => {
        const decay = { ...options, learningRate: Math.max(0.01, options.learningRate), implicit }
        const steps = stepsToEnter(from, 0.01, decay)
        const bound = entryEnvelope(from, steps, decay)
        expect(bound[steps]).toBeLessThanOrEqual(0.01 * (1 + 1e-9))
        if (steps > 0) expect(bound[steps - 1]).toBeGreaterThan(0.01 * (1 - 1e-9))
      }),
      { numRuns: 300, seed: 7 },
    )
  })
})
