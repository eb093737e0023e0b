import { random } from '@opt/core'
import * as lion from '../src/index.ts'

const { deadzone, group21, huber, l1, linf, logcosh, logsumexp, lp, pseudohuber, relu, squared, topk } = lion
const FUNCTIONS: lion.ConvexFunction[] = [
  l1(),
  squared(),
  deadzone(0.1),
  huber(0.1),
  relu(),
  pseudohuber(0.1),
  pseudohuber(1e-200),
  logcosh(0.1),
  lp(1.5),
  lp(2),
  lp(7),
  linf(),
  topk(2),
  logsumexp(0.1),
  logsumexp(1e-300),
  group21(2, 3),
]

test.each(FUNCTIONS.map((K) => [K.name, K] as const))('%s: no subgradient is beyond its bound', (_, K) => {
  const rng = random(5)
  const out = new Float64Array(6)
  for (const size of [0, 5e-324, 1e-200, 1e-30, 1, 1e30, 1e200, 1e307])
    for (let k = 0; k < 50; k++) {
      const x = Float64Array.from({ length: 6 }, () => (rng.uniform() < 0.3 ? 0 : size * rng.uniform(-1, 1)))
      K.subgradient(x, out)
      for (const entry of out) expect(Math.abs(entry)).toBeLessThanOrEqual(K.bound!(size) * (1 + 1e-12))
    }
})

test('pseudohuber and logcosh are right where squares and quotients overflow or underflow', () => {
  const out = new Float64Array(4)
  pseudohuber(0.1).subgradient(Float64Array.of(1e200, -1e300, 1e-200, 0), out)
  expect([...out]).toEqual([1, -1, expect.closeTo(1e-199, 210), 0])
  pseudohuber(1e-200).subgradient(Float64Array.of(0.75e-200, -1e-190, 1e-210, 1), out)
  expect([...out].map((v) => Number(v.toPrecision(12)))).toEqual([0.6, -1, 1e-10, 1])
  expect(pseudohuber(0.1).value(Float64Array.of(1e200, -1e-3))).toBe(1e200)
  expect(logcosh(1e-300).value(Float64Array.of(1e100, -2e100))).toBeCloseTo(3e100, -86)
})

test.each([...FUNCTIONS, lion.nuclear(2, 3)].map((K) => [K.name, K] as const))(
  'LionK, %s: a step out of range is refused; without a bound it is tried on a copy, to the same bits',
  (_, K) => {
    const { bound, ...bare } = K
    for (const make of [Float32Array, Float64Array]) {
      const size = make === Float32Array ? 1e38 : 1e307
      const runs = [K, bare].map((kernel) => {
        const x = make.of(1, 2, -3, 4, 5, -6)
        const optimizer = new lion.LionK(x, { kernel, learningRate: 0.1, weightDecay: 0.1 })
        for (let t = 0; t < 4; t++) optimizer.step(make.of(1, -t, 0.5, t, -1, 0.1))
        const before = [[...x], optimizer.state()]
        for (const learningRate of [1e300, 1e307]) {
          const large = new lion.LionK(x, { kernel, learningRate })
          try {
            large.step(new make(6).fill(size))
          } catch (error) {
            expect(String(error)).toMatch(/LionK\.step: parameters\[\d\] must be a finite number after the step/)
          }
          expect(x.every(Number.isFinite)).toBe(true)
          x.set(before[0] as number[])
        }
        return before
      })
      expect(runs[0]).toEqual(runs[1])
    }
  },
)

test('what a kernel returns is checked', () => {
  const point = { f: 1, x: [0.1, 0], m: [0, 0] }
  const constants = { learningRate: 0.1, weightDecay: 1 }
  const kernel = { ...l1(), value: () => NaN }
  expect(() => lion.lyapunov(point, { ...constants, kernel })).toThrow(
    'lyapunov: kernel.value(x) must be a number, got NaN',
  )
  expect(() =>
    lion.constraintViolation([2], { weightDecay: 1, kernel: { ...l1(), violation: () => '1' as never } }),
  ).toThrow('constraintViolation: kernel.violation(x) must be a finite number, got "1"')
  expect(() => new lion.LionK(new Float64Array(1), { kernel: { ...l1(), bound: 1 as never } })).toThrow(
    'LionK: kernel.bound must be a function, got 1',
  )
})

test('a flow shorter than a step has one', () => {
  const bowl = {
    value: (x: Float64Array) => x[0] * x[0],
    gradient: (x: Float64Array, out: Float64Array) => out.set([2 * x[0]]),
  }
  const flow = { kernel: squared(), alpha: 1, gamma: 1, epsilon: 0.5, lambda: 1 }
  expect(lion.lionFlow(bowl, [1], { ...flow, duration: 1e-12 })).toMatchObject({ time: 1e-12, status: 'completed' })
  expect(() => lion.lionFlow(bowl, [1], { ...flow, duration: 1, stepSize: 1e-320 })).toThrow(
    'lionFlow: stepSize must be a part of duration 1',
  )
})

test('steps to enter: small steps are counted, too small ones refused', () => {
  const steps = (learningRate: number, implicit: boolean) =>
    lion.stepsToEnter(1, 0.5, { learningRate, weightDecay: 1, implicit })
  for (const implicit of [false, true]) {
    expect(steps(1e-14, implicit) * 1e-14).toBeCloseTo(Math.LN2, 12)
    expect(() => steps(1e-320, implicit)).toThrow('stepsToEnter: learningRate must be such that fewer than 2^53 steps')
  }
  expect(lion.stepsToEnter(1e300, 1e-300, { learningRate: 1, weightDecay: 1, implicit: true })).toBe(1994)
})

test('a value of the objective that is not a number is refused by name', () => {
  const flat = { value: () => NaN, gradient: (_: Float64Array, out: Float64Array) => out.fill(0) }
  expect(() => lion.constrained(flat, [0], {})).toThrow(
    'constrained: objective.value(x) must be a finite number, got NaN',
  )
})
