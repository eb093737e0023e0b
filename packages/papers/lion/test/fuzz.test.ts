import { fuzz, optimizerCase } from '@opt/testing'
import * as api from '../src/index.ts'

const hyper = { beta1: 0.9, beta2: 0.99, weightDecay: 0.01 }

const x = () => Float64Array.of(0.5, -0.25, 0.1)
const m = () => Float64Array.of(0.2, 0.1, -0.3)
const gradient = () => Float64Array.of(-0.1, 0.4, 0.3)
const constants = () => ({ kernel: api.huber(0.1), learningRate: 0.1, beta1: 0.9, beta2: 0.99, weightDecay: 1 })
const flow = () => ({ kernel: api.huber(0.1), alpha: 1, gamma: 1, epsilon: 0.5, lambda: 1 })
const objective = () => ({
  value: (at: Float64Array) => at.reduce((sum, v) => sum + (v - 1) * (v - 1), 0) / 2,
  gradient: (at: Float64Array, out: Float64Array) => at.forEach((v, i) => (out[i] = v - 1)),
})

/** Convex functions are called in inner loops, with arrays that are checked already. */
const methods = Object.fromEntries(
  ['value', 'subgradient', 'conjugate', 'conjugateSubgradient', 'violation', 'check'].map((name) => [
    name,
    { skip: 'called by the optimizer, unchecked' },
  ]),
)
const convexFunction = (...args: number[]) => ({ args: () => args, methods })
/** Not checked. */
const name = ['1.kernel.name', '2.kernel.name']
const domain = 'Infinity outside the domain of K*, and NaN for its decrease there'

fuzz(api, {
  Lion: optimizerCase(api.Lion, () => hyper),
  LionK: optimizerCase(api.LionK, () => ({ ...hyper, kernel: api.pseudohuber(0.1), implicit: true }), {
    loose: name,
    methods: { momentum: () => ['bias'] },
  }),
  l1: convexFunction(),
  squared: convexFunction(),
  relu: convexFunction(),
  linf: convexFunction(),
  deadzone: convexFunction(0.1),
  huber: convexFunction(0.1),
  pseudohuber: convexFunction(0.1),
  logcosh: convexFunction(0.1),
  logsumexp: convexFunction(0.1),
  lp: convexFunction(3),
  topk: convexFunction(2),
  group21: convexFunction(2, 3),
  nuclear: convexFunction(2, 3),
  kktResidual: {
    args: () => [
      { x: x(), gradient: gradient() },
      { kernel: api.huber(0.1), weightDecay: 1 },
    ],
    loose: name,
    nonFinite: domain,
    open: ['1'],
  },
  constrained: {
    args: () => [
      objective(),
      x(),
      {
        kernel: api.huber(0.1),
        weightDecay: 1,
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.99,
        maxIterations: 20,
        tolerance: 1e-3,
      },
    ],
    loose: name,
    says: ['LionK'],
    nonFinite: domain,
  },
  constraintViolation: { args: () => [x(), { kernel: api.huber(0.1), weightDecay: 1 }], loose: name, open: ['1'] },
  entryEnvelope: {
    args: () => [2, 5, { learningRate: 0.1, weightDecay: 1, implicit: true }],
    budgets: ['1'],
    loose: ['2.learningRate'],
    open: ['2'],
  },
  stepsToEnter: { args: () => [2, 0.1, { learningRate: 0.1, weightDecay: 1, implicit: true }], open: ['2'] },
  lyapunov: { args: () => [{ f: 1, x: x(), m: m() }, constants()], loose: name, nonFinite: domain },
  lyapunovStep: { args: () => [{ x: x(), m: m(), gradient: gradient() }, constants()], loose: name, nonFinite: domain },
  flowLyapunov: {
    args: () => [{ f: 1, x: x(), m: m(), gradient: gradient() }, flow()],
    loose: name,
    nonFinite: domain,
    open: ['1'],
  },
  lionFlow: {
    args: () => [objective(), x(), { ...flow(), duration: 0.1, stepSize: 0.02, m0: m() }],
    budgets: ['2.duration', '2.stepSize'],
    loose: name,
    nonFinite: domain,
  },
})
