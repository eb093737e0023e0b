import { linearDecay } from '@opt/optimizers'
import { type ConformanceSettings, type Create, conformance } from '@opt/optimizers/conformance'
import { deadzone, huber, Lion, LionK, l1, logcosh, lp, nuclear, squared, topk } from '../src/index.ts'

const signs: ConformanceSettings = {
  quadratic: { learningRate: linearDecay(0.02, 4000), steps: 4000, tolerance: 1e-5 },
  rosenbrock: { learningRate: linearDecay(0.01, 20000), steps: 20000, tolerance: 1e-3 },
}
const smooth: ConformanceSettings = {
  quadratic: { learningRate: 0.05, steps: 3000, tolerance: 1e-10 },
  rosenbrock: { learningRate: 2e-4, steps: 60000, tolerance: 1e-3 },
}
const whole = { elementwise: false }

const SUBJECTS: [string, Create, ConformanceSettings][] = [
  ['Lion', (p, o) => new Lion(p, o), signs],
  ['Lion with weight decay', (p, o) => new Lion(p, { weightDecay: 1e-3, ...o }), { ...signs, weightDecay: 1e-3 }],
  ['LionK, l1', (p, o) => new LionK(p, { kernel: l1(), ...o }), signs],
  ['LionK, squared', (p, o) => new LionK(p, { kernel: squared(), ...o }), smooth],
  ['LionK, squared, implicit', (p, o) => new LionK(p, { kernel: squared(), implicit: true, ...o }), smooth],
  ['LionK, lp(2)', (p, o) => new LionK(p, { kernel: lp(2), ...o }), { ...signs, ...whole }],
  ['LionK, huber(0.01)', (p, o) => new LionK(p, { kernel: huber(0.01), ...o }), signs],
  [
    'LionK, logcosh(0.01)',
    (p, o) => new LionK(p, { kernel: logcosh(0.01), ...o }),
    // The engine boxes what tanh returns where it does not inline it.
    { ...signs, allocationFree: false },
  ],
  ['LionK, deadzone(1e-4)', (p, o) => new LionK(p, { kernel: deadzone(1e-4), ...o }), signs],
  ['LionK, topk(1)', (p, o) => new LionK(p, { kernel: topk(1), ...o }), { ...signs, ...whole }],
]

describe.each(SUBJECTS)('%s conforms', (_, create, settings) => {
  for (const { name, check } of conformance(create, settings)) test(name, check)
})

test('nuclear and group kernels work by group, on their own shapes', () => {
  const W = new Float64Array(6).fill(0.5)
  const b = new Float64Array(3).fill(0.5)
  const optimizer = new LionK({ W, b }, { learningRate: 0.1, groups: [{ parameters: ['W'], kernel: nuclear(3, 2) }] })
  optimizer.step({ W: Float64Array.of(1, 0, 0, 1, 0, 0), b: Float64Array.of(1, -1, 0) })
  const near = (x: Float64Array, y: number[]) => y.forEach((v, i) => expect(x[i]).toBeCloseTo(v, 12))
  near(W, [0.4, 0.5, 0.5, 0.4, 0.5, 0.5])
  near(b, [0.4, 0.6, 0.5])
})
