import { constant } from '@opt/optimizers'
import { type ConformanceSettings, type Create, conformance } from '@opt/optimizers/conformance'
import { AdamP, SGDP } from '../src/index.ts'

const heavy: ConformanceSettings = {
  quadratic: { learningRate: constant(0.05), steps: 1000, tolerance: 1e-12 },
  rosenbrock: { learningRate: constant(5e-4), steps: 10000, tolerance: 1e-6 },
}
const steady: ConformanceSettings = {
  quadratic: { learningRate: constant(0.1), steps: 500, tolerance: 1e-12 },
  rosenbrock: { learningRate: constant(1e-3), steps: 30000, tolerance: 1e-6 },
}

const SUBJECTS: [string, Create, ConformanceSettings][] = [
  ['AdamP', (p, o) => new AdamP(p, o), {}],
  ['AdamP with decay', (p, o) => new AdamP(p, { weightDecay: 1e-5, ...o }), { weightDecay: 1e-5 }],
  ['AdamP with Nesterov momentum', (p, o) => new AdamP(p, { nesterov: true, ...o }), {}],
  ['SGDP', (p, o) => new SGDP(p, o), steady],
  ['SGDP with momentum and dampening', (p, o) => new SGDP(p, { momentum: 0.8, dampening: 0.3, ...o }), heavy],
  ['SGDP with Nesterov momentum', (p, o) => new SGDP(p, { momentum: 0.9, nesterov: true, ...o }), heavy],
]

describe.each(SUBJECTS)('%s conforms', (_, create, settings) => {
  for (const { name, check } of conformance(create, settings)) test(name, check)
})
