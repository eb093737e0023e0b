import {
  type ConvexFunction,
  constrained,
  constraintViolation,
  deadzone,
  entryEnvelope,
  flowLyapunov,
  group21,
  huber,
  kktResidual,
  Lion,
  LionK,
  l1,
  linf,
  lionFlow,
  logcosh,
  logsumexp,
  lp,
  lyapunov,
  lyapunovStep,
  nuclear,
  type Objective,
  pseudohuber,
  squared,
  stepsToEnter,
  topk,
} from '../src/index.ts'

const six = new Float64Array(6)
const constants = { kernel: l1(), learningRate: 0.1, weightDecay: 1 }
const flow = { kernel: l1(), alpha: 1, gamma: 1, epsilon: 0.5, lambda: 1 }
const point = { f: 1, x: [0, 0], m: [0, 0] }
const bowl: Objective = {
  value: (x) => x.reduce((sum, v) => sum + (v - 3) * (v - 3), 0) / 2,
  gradient: (x, out) => void x.forEach((v, i) => (out[i] = v - 3)),
}

const CASES: [string, () => unknown, RegExp][] = [
  ['lp(1)', () => lp(1), /lp: p must be greater than 1 \(use l1\(\) for 1\), got 1/],
  ['lp(Infinity)', () => lp(Infinity), /lp: p \(use l1\(\) for 1, linf\(\) for Infinity\) must be/],
  ['deadzone(0)', () => deadzone(0), /deadzone: e must be a positive number, got 0/],
  ['huber(-1)', () => huber(-1), /huber: e/],
  ['pseudohuber(NaN)', () => pseudohuber(NaN), /pseudohuber: e/],
  ['logcosh("1")', () => logcosh('1' as never), /logcosh: e/],
  ['logsumexp(0)', () => logsumexp(0), /logsumexp: e/],
  ['topk(0)', () => topk(0), /topk: k must be an integer of at least 1, got 0/],
  ['topk(1.5)', () => topk(1.5), /topk: k/],
  ['group21(0, 2)', () => group21(0, 2), /group21: rows/],
  ['nuclear(2, -1)', () => nuclear(2, -1), /nuclear: columns/],
  ['topk of too few', () => new LionK(six, { kernel: topk(7) }), /LionK: parameters must be of at least k = 7 entries/],
  [
    'group of another shape',
    () => new LionK({ W: six }, { kernel: group21(2, 2) }),
    /LionK: parameters\.W must be of 2 x 2 = 4 entries for group21, got 6/,
  ],
  [
    'nuclear of another shape',
    () => new LionK([six], { kernel: nuclear(4, 2) }),
    /parameters\[0\] must be of 4 x 2 = 8/,
  ],
  [
    'no kernel',
    () => new LionK(six, { kernel: 'l1' as never }),
    /LionK: kernel must be a kernel such as l1\(\), with a function value, got "l1"/,
  ],
  ['half a kernel', () => new LionK(six, { kernel: { ...l1(), violation: 1 } as never }), /with a function violation/],
  ['implicit: 1', () => new LionK(six, { implicit: 1 as never }), /implicit must be true or false/],
  ['beta1 = 1', () => new Lion(six, { beta1: 1 }), /Lion: beta1 must be less than 1, got 1/],
  ['beta2 < 0', () => new LionK(six, { beta2: -0.1 }), /LionK: beta2 must be a nonnegative number/],
  ['weightDecay < 0', () => new Lion(six, { weightDecay: -1 }), /Lion: weightDecay must be a nonnegative number/],
  ['kernel for Lion', () => new Lion(six, { kernel: l1() } as never), /Lion: options must be named learningRate/],
  ['momentum of nobody', () => new LionK({ a: six }).momentum('b'), /LionK\.momentum: name must be one of a, got "b"/],
  [
    'lyapunov, lambda 0',
    () => lyapunov(point, { ...constants, weightDecay: 0 }),
    /lyapunov: weightDecay must be a positive number/,
  ],
  [
    'lyapunov, beta2 <= beta1',
    () => lyapunov(point, { ...constants, beta1: 0.9, beta2: 0.9 }),
    /lyapunov: beta1 must be less than beta2 = 0\.9/,
  ],
  ['lyapunov, beta2 = 1', () => lyapunov(point, { ...constants, beta2: 1 }), /lyapunov: beta2 must be less than 1/],
  ['lyapunov, f NaN', () => lyapunov({ ...point, f: NaN }, constants), /lyapunov: f must be a finite number/],
  ['lyapunov, lengths', () => lyapunov({ ...point, m: [1] }, constants), /lyapunov: m must be of length 2/],
  ['lyapunovStep, NaN', () => lyapunovStep({ x: [0], m: [NaN], gradient: [1] }, constants), /lyapunovStep: m\[0\]/],
  [
    'flow, epsilon gamma > 1',
    () => flowLyapunov({ ...point, gradient: [0, 0] }, { ...flow, epsilon: 1.1 }),
    /flowLyapunov: epsilon must be at most 1 \/ gamma = 1/,
  ],
  [
    'flow, lambda 0',
    () => lionFlow(bowl, [0], { ...flow, lambda: 0, duration: 1 }),
    /lionFlow: lambda must be a positive number/,
  ],
  ['flow, no duration', () => lionFlow(bowl, [0], { ...flow, duration: 0 }), /lionFlow: duration must be/],
  ['flow, step', () => lionFlow(bowl, [0], { ...flow, duration: 1, stepSize: -1 }), /lionFlow: stepSize/],
  ['flow, m0', () => lionFlow(bowl, [0], { ...flow, duration: 1, m0: [1, 2] }), /lionFlow: m0 must be of length 1/],
  [
    'flow, objective',
    () => lionFlow((() => 0) as never, [0], { ...flow, duration: 1 }),
    /lionFlow: objective must be an object with a function value/,
  ],
  [
    'constrained, lambda 0',
    () => constrained(bowl, [0], { weightDecay: 0 }),
    /constrained: weightDecay must be a positive number/,
  ],
  [
    'constrained, too fast',
    () => constrained(bowl, [0], { weightDecay: 2, learningRate: 0.6 }),
    /constrained: learningRate must be at most 1 \/ weightDecay = 0\.5/,
  ],
  ['constrained, x0', () => constrained(bowl, [NaN], {}), /constrained: x0\[0\]/],
  ['constrained, empty', () => constrained(bowl, [], {}), /constrained: x0 must be nonempty/],
  [
    'constrained, a gradient of NaN',
    () => constrained({ ...bowl, gradient: (_, out) => out.fill(NaN) }, [0], {}),
    /constrained: objective\.gradient\(x\)\[0\] must be a finite number, got NaN/,
  ],
  [
    'kktResidual',
    () => kktResidual({ x: [0], gradient: [0, 0] }, constants),
    /kktResidual: gradient must be of length 1/,
  ],
  [
    'constraintViolation',
    () => constraintViolation([0], { kernel: l1(), weightDecay: -1 }),
    /constraintViolation: weightDecay/,
  ],
  [
    'envelope, overshoot',
    () => entryEnvelope(1, 3, { learningRate: 2, weightDecay: 1 }),
    /entryEnvelope: learningRate\(0\) must be at most/,
  ],
  [
    'envelope, schedule',
    () => entryEnvelope(1, 3, { learningRate: (t) => (t < 2 ? 0.1 : NaN), weightDecay: 1 }),
    /learningRate\(2\)/,
  ],
  [
    'stepsToEnter',
    () => stepsToEnter(1, 0, { learningRate: 0.1, weightDecay: 1 }),
    /stepsToEnter: to must be a positive number/,
  ],
]

test.each(CASES)('refused by name: %s', (_, act, words) => {
  expect(act).toThrow(words)
  expect(act).toThrow(expect.objectContaining({ name: expect.stringMatching(/^(Type|Range)Error$/) }))
})

describe('edges', () => {
  test('H is Infinity outside, never NaN', () => {
    for (const kernel of [l1(), linf(), lp(2), logcosh(0.1), pseudohuber(0.1), huber(0.1), logsumexp(1)]) {
      const outside = { f: 1, x: [5, -7], m: [0, 0] }
      expect(lyapunov(outside, { ...constants, kernel })).toBe(Infinity)
      expect(flowLyapunov({ ...outside, gradient: [1, 1] }, { ...flow, kernel }).value).toBe(Infinity)
      expect(kktResidual({ x: [5, -7], gradient: [1, 1] }, { kernel, weightDecay: 1 })).toBe(Infinity)
    }
  })

  test('beta2 <= beta1 and eps lambda > 1 are legal in a step', () => {
    const x = Float64Array.of(1, 2)
    new LionK(x, { beta1: 0.9, beta2: 0.5, learningRate: 2, weightDecay: 1 }).step(Float64Array.of(1, -1))
    expect([...x]).toEqual([-3, 0])
  })

  test('kernels keep a NaN a NaN and take extremes without overflow', () => {
    const out = new Float64Array(3)
    for (const kernel of [l1(), lp(2), huber(1), logcosh(1), pseudohuber(1), squared(), deadzone(1)]) {
      kernel.subgradient(Float64Array.of(1, NaN, 2), out)
      expect(out[1]).toBe(NaN)
    }
    const huge = Float64Array.of(1e200, -1e300, 0)
    for (const kernel of [
      lp(2),
      lp(3),
      linf(),
      l1(),
      logcosh(0.1),
      logsumexp(0.1),
      topk(2),
      group21(1, 3),
    ] as ConvexFunction[]) {
      expect(kernel.value(huge)).toBeLessThan(Infinity)
      kernel.subgradient(huge, out)
      expect(out.every(Number.isFinite)).toBe(true)
    }
  })

  test('a flow with too large a step says that it diverged', () => {
    const stiff: Objective = { value: (x) => 50 * x[0] * x[0], gradient: (x, out) => (out[0] = 100 * x[0]) }
    const { status } = lionFlow(stiff, [1], { ...flow, kernel: squared(), duration: 1e4, stepSize: 5 })
    expect(status).toBe('diverged')
  })

  test('constrained says how it ended, and its residual bounds what is missing', () => {
    const short = constrained(bowl, [0, 9], { maxIterations: 50 })
    expect(short.status).toBe('max-iterations')
    expect(short.violation).toBeGreaterThan(0)
    expect(short.objective).toBe(Infinity)
    const done = constrained(bowl, [0, 9], { tolerance: 1e-9 })
    expect(done.status).toBe('converged')
    expect(done.objective - 4).toBeLessThanOrEqual(1e-9)
    expect([...done.x]).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)])
  })

  test('a kernel of your own', () => {
    /** K = |x_1| + 2 |x_2|: a box with unequal sides. */
    const weights = [1, 2]
    const box: ConvexFunction = {
      name: 'weighted l1',
      value: (x) => x.reduce((sum, v, i) => sum + weights[i] * Math.abs(v), 0),
      subgradient: (x, out) => void x.forEach((v, i) => (out[i] = weights[i] * Math.sign(v))),
      conjugate: (y) => (y.every((v, i) => Math.abs(v) <= weights[i] + 1e-12) ? 0 : Infinity),
      conjugateSubgradient: (_, out) => out.fill(0),
      violation: (y) => Math.max(0, ...y.map((v, i) => Math.abs(v) / weights[i] - 1)),
    }
    const { x, status } = constrained(bowl, [0, 0], { kernel: box })
    expect(status).toBe('converged')
    expect([x[0], x[1]]).toEqual([expect.closeTo(1, 6), expect.closeTo(2, 6)])
  })
})
