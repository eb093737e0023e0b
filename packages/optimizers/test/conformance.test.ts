import { type ConformanceSettings, type Create, conformance } from '../src/conformance/index.ts'
import { Adagrad, Adam, AdamW, constant, RMSProp, SGD } from '../src/index.ts'

/** Plain descent with a step that every curvature bears. */
const steady: ConformanceSettings = {
  quadratic: { learningRate: constant(0.1), steps: 500, tolerance: 1e-12 },
  rosenbrock: { learningRate: constant(1e-3), steps: 30000, tolerance: 1e-6 },
}
const heavy: ConformanceSettings = {
  quadratic: { learningRate: constant(0.05), steps: 1000, tolerance: 1e-12 },
  rosenbrock: { learningRate: constant(5e-4), steps: 10000, tolerance: 1e-6 },
}

const SUBJECTS: [string, Create, ConformanceSettings][] = [
  ['SGD', (p, o) => new SGD(p, o), steady],
  ['SGD with momentum and dampening', (p, o) => new SGD(p, { momentum: 0.8, dampening: 0.3, ...o }), heavy],
  ['SGD with Nesterov momentum', (p, o) => new SGD(p, { momentum: 0.9, nesterov: true, ...o }), heavy],
  ['Adam', (p, o) => new Adam(p, o), {}],
  ['AdamW', (p, o) => new AdamW(p, { weightDecay: 1e-5, ...o }), { weightDecay: 1e-5 }],
  ['AMSGrad', (p, o) => new Adam(p, { amsgrad: true, ...o }), {}],
  ['RMSProp', (p, o) => new RMSProp(p, o), {}],
  ['centred RMSProp with momentum', (p, o) => new RMSProp(p, { centered: true, momentum: 0.5, ...o }), {}],
  [
    'Adagrad',
    (p, o) => new Adagrad(p, o),
    {
      rosenbrock: { learningRate: constant(0.5), steps: 20000, tolerance: 1e-4 },
      quadratic: { learningRate: constant(0.5), steps: 2000, tolerance: 1e-6 },
    },
  ],
]

describe.each(SUBJECTS)('%s conforms', (_, create, settings) => {
  for (const { name, check } of conformance(create, settings)) test(name, check)
})
