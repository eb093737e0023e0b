import { random } from '@opt/core'
import { Adam } from '@opt/optimizers'
import fc from 'fast-check'
import { DiffGrad } from '../src/index.ts'

describe('friction', () => {
  const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 })

  test('every step is between half of and all of Adam’s, and in its direction', () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (start, seed) => {
        const rng = random(seed)
        const [x, y] = [Float64Array.from(start), Float64Array.from(start)]
        const options = { learningRate: 0.1, epsilon: 1e-300 }
        const [ours, adam] = [new DiffGrad(x, options), new Adam(y, options)]
        for (let t = 0; t < 10; t++) {
          const [a, b] = [x.slice(), y.slice()]
          const g = x.map(() => rng.normal(0, 3))
          ours.step(g)
          adam.step(g)
          for (let i = 0; i < x.length; i++) {
            const xi = (x[i] - a[i]) / (y[i] - b[i])
            // Subtracting rounded numbers leaves so much doubt.
            const doubt = (1e-15 * (1 + Math.abs(a[i]) + Math.abs(b[i]))) / Math.abs(y[i] - b[i])
            expect(xi).toBeGreaterThanOrEqual(0.5 - 10 * doubt)
            expect(xi).toBeLessThanOrEqual(1 + 10 * doubt)
          }
        }
      }),
    )
  })

  test('it is 1 / (1 + exp(-|change|)): half a step where the gradient stays, a whole one where it jumps', () => {
    const x = new Float64Array(3)
    const optimizer = new DiffGrad(x, { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1e-300 })
    optimizer.step(Float64Array.of(2, -0.5, 100))
    ;[2, -0.5, 100].forEach((g, i) => expect(x[i]).toBeCloseTo(-Math.sign(g) / (1 + Math.exp(-Math.abs(g))), 14))
    const before = x.slice()
    optimizer.step(Float64Array.of(2, -1.5, -1000))
    ;[-0.5, 1 / (1 + Math.exp(-1)), 1].forEach((step, i) => expect(x[i] - before[i]).toBeCloseTo(step, 14))
  })

  test('two steps written out, with the penalty in the gradient and decay beside it', () => {
    fc.assert(
      fc.property(
        fc.record({ x: fc.double({ min: -5, max: 5, noNaN: true }), g: fc.double({ min: -5, max: 5, noNaN: true }) }),
        fc.constantFrom(0, 0.1),
        fc.constantFrom(0, 0.2),
        ({ x: start, g: raw }, l2, weightDecay) => {
          const at = Float64Array.of(start)
          const [learningRate, epsilon] = [0.05, 1e-3]
          const optimizer = new DiffGrad(at, { learningRate, epsilon, l2, weightDecay })
          let [x, m, v, previous] = [start, 0, 0, 0]
          for (let t = 1; t <= 2; t++) {
            const g = raw * t + l2 * x
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g * g
            const xi = 1 / (1 + Math.exp(-Math.abs(previous - g)))
            const rate = (learningRate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)
            x = x * (1 - learningRate * weightDecay) - (rate * xi * m) / (Math.sqrt(v) + epsilon)
            previous = g
            optimizer.step(Float64Array.of(raw * t))
            expect(Math.abs(at[0] - x)).toBeLessThan(1e-12)
          }
        },
      ),
    )
  })

  test('the gradient is remembered, not the array it came in (v1 of the official code kept the array)', () => {
    const g = Float64Array.of(1)
    const [x, y] = [Float64Array.of(0), Float64Array.of(0)]
    const [reused, fresh] = [new DiffGrad(x), new DiffGrad(y)]
    for (const value of [1, 5, -2]) {
      g[0] = value
      reused.step(g)
      fresh.step(Float64Array.of(value))
    }
    expect(x).toEqual(y)
  })
})

describe('bad options are refused by name', () => {
  test.each(['learningRate', 'beta1', 'beta2', 'epsilon', 'l2', 'weightDecay'])('%s', (name) => {
    for (const value of [-1, Number.NaN, '1', Infinity])
      expect(() => new DiffGrad(new Float64Array(2), { [name]: value })).toThrow(
        new RegExp(`^DiffGrad: ${name} must be`),
      )
  })
  test('rates of 1 and unknown options', () => {
    expect(() => new DiffGrad(new Float64Array(2), { beta1: 1 })).toThrow('DiffGrad: beta1 must be less than 1, got 1')
    expect(() => new DiffGrad(new Float64Array(2), { lr: 1 } as never)).toThrow(
      'DiffGrad: options must be named learningRate',
    )
  })
})
