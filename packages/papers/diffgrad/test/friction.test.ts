import { exp } from '@opt/core'
import { DiffGrad } from '../src/diffgrad.ts'
import { friction, friction32 } from '../src/friction.ts'

const bits = new Uint32Array(1)
const value = new Float32Array(bits.buffer)

/** Every so many-th float32 number from one to another. */
function* numbers(from: number, to: number, stride: number): Generator<number> {
  value[0] = to
  const last = bits[0]
  value[0] = from
  for (let i = bits[0]; i <= last; i += stride) {
    bits[0] = i
    yield value[0]
  }
}

describe('the friction 1 + exp(-s) in float32', () => {
  test('is within 1.1 ulp, and xi within 1.2, from denormal numbers to the largest', () => {
    let [worst, worstXi] = [0, 0]
    const look = (s: number) => {
      const [ours, exact] = [friction32(s), 1 + exp(-s)]
      worst = Math.max(worst, Math.abs(ours - exact) * 2 ** 23)
      worstXi = Math.max(worstXi, Math.abs(1 / ours - 1 / exact) * 2 ** 24)
    }
    for (const s of numbers(2 ** -26, 18.5, 3001)) look(s)
    for (const s of numbers(0.34, 0.35, 5)) look(s) // where it is worst
    for (const s of numbers(0, 3.4e38, 29989)) look(s)
    expect(worst).toBeLessThan(1.1)
    expect(worstXi).toBeLessThan(1.2)
  })

  test('is 2 for no change, 1 for large ones, never less, and never grows by more than its rounding', () => {
    for (const s of [0, 1e-45, 1.2e-38, 1e-9]) expect(friction32(s)).toBe(2)
    for (const s of [18, 88, 89, 104, 1e10, 3.4e38, Infinity]) expect(friction32(s)).toBe(1)
    expect(friction32(NaN)).toBeNaN()
    let [before, fine] = [2, true]
    for (const s of numbers(1e-9, 20, 2999)) {
      const now = friction32(s)
      fine &&= now >= 1 && now <= before + 2 ** -23
      before = now
    }
    expect(fine).toBe(true)
  })

  test('float64 has the full exponential', () => {
    for (const change of [0, 1e-300, -0.3, 2, -88, 800, Infinity])
      expect(friction(change, (x) => x)).toBe(1 + exp(-Math.abs(change)))
  })
})

test('a float32 step is that of float64 to float32 accuracy, for changes of every size', () => {
  const g = [...numbers(1e-30, 1e15, 1e6 + 3)].flatMap((v) => [v, -v])
  const [single, double] = [Float32Array.from(g), Float64Array.from(Float32Array.from(g))]
  const [x, y] = [new Float32Array(g.length), new Float64Array(g.length)]
  const options = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1e-20 }
  new DiffGrad(x, options).step(single)
  new DiffGrad(y, options).step(double)
  for (let i = 0; i < g.length; i++)
    if (Math.abs(g[i]) > 1e-15) expect(Math.abs(x[i] / y[i] - 1)).toBeLessThan(5 * 2 ** -24)
})
