import { golden } from '@opt/testing'
import fc from 'fast-check'
import { allocate, exp, exponentialKernels, log, random } from '../src/index.ts'
import { fill, uniform } from './numbers.ts'

type Row = [x: number, value: number, rest: number]
const known = golden<{ exp: Row[]; log: Row[] }>(import.meta.url, 'exp-log.json')

describe('exp and log', () => {
  const bits = new Float64Array(1)
  const whole = new BigInt64Array(bits.buffer)
  const ulp = (x: number) => {
    bits[0] = Math.abs(x)
    whole[0] += BigInt(x === Infinity ? 0 : 1)
    return bits[0] === Infinity ? 2 ** 971 : bits[0] - Math.abs(x)
  }
  const worst = (f: (x: number) => number, rows: Row[]) =>
    rows.reduce((most, [x, value, rest]) => Math.max(most, Math.abs((f(x) - value) / ulp(value) - rest)), 0)

  test('are within 1.0 and 0.9 ulp of 60-digit values', () => {
    expect(known.exp.length).toBeGreaterThan(400)
    expect(known.log.length).toBeGreaterThan(400)
    expect(worst(exp, known.exp)).toBeLessThan(1.0)
    expect(worst(log, known.log)).toBeLessThan(0.9)
  })

  test('know the ends of their ranges', () => {
    const ends = [0, -0, NaN, Infinity, -Infinity, 709.782712893384, 709.7827128933841, 1e300, -1e300, 5e-324, -708.4]
    expect(ends.map(exp)).toEqual([1, 1, NaN, Infinity, 0, 1.7976931348622732e308, Infinity, Infinity, 0, 1, 0])
    expect(exp(-708.396)).toBeGreaterThan(2.2250738585072014e-308)
    expect([0, -0, -1, -5e-324, NaN, Infinity, -Infinity, 1].map(log)).toEqual([
      -Infinity,
      -Infinity,
      NaN,
      NaN,
      NaN,
      Infinity,
      NaN,
      0,
    ])
  })

  test('log undoes exp, exp is monotone across every breakpoint', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -700, max: 700, noNaN: true }),
        (x) => Math.abs(log(exp(x)) - x) <= 3e-16 * Math.max(1, Math.abs(x)),
      ),
    )
    for (let n = -2000; n < 2000; n++) {
      const x = ((n + 0.5) * Math.LN2) / 32
      const near = [x - 1e-12, x - 1e-14, x, x + 1e-14, x + 1e-12].map(exp)
      expect(near).toEqual([...near].sort((a, b) => a - b))
    }
  })

  test('vexp is exp entry by entry', () => {
    const n = 1003
    const rng = random(2)
    const { kernels, x, y } = allocate([exponentialKernels], (views) => ({ x: views.f64(n), y: views.f64(n) }))
    fill(x, uniform(rng, x, -760, 705))
    const sum = kernels.vexp(n, x, y)
    expect(Array.from(y)).toEqual(Array.from(x, exp))
    expect(sum / y.reduce((a, b) => a + b)).toBeCloseTo(1, 13)
  })
})
