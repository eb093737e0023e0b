import { constant, type GradientsOf, type ParameterSet } from '@opt/optimizers'
import { type ConformanceSettings, conformance } from '@opt/optimizers/conformance'
import { AdaHessian, type AdaHessianOptions } from '../src/index.ts'

/** The suite knows gradients only: the Hessian is taken for the identity, H z = z, so that every step draws. */
class WithUnitCurvature extends AdaHessian {
  override step(gradients: GradientsOf<ParameterSet>): void {
    super.step(gradients, (z) => z as GradientsOf<ParameterSet>)
  }
}

const heavy: ConformanceSettings = {
  quadratic: { learningRate: constant(0.1), steps: 1000, tolerance: 1e-12 },
  rosenbrock: { learningRate: constant(5e-3), steps: 10000, tolerance: 1e-4 },
}
const SUBJECTS: [string, AdaHessianOptions, ConformanceSettings][] = [
  ['AdaHessian', {}, {}],
  // Another power calls pow for every entry, and the engine boxes its arguments.
  [
    'AdaHessian with decay and another power',
    { weightDecay: 1e-5, hessianPower: 0.5 },
    { weightDecay: 1e-5, allocationFree: false },
  ],
]

describe.each(SUBJECTS)('%s conforms', (_, options, settings) => {
  const checks = conformance((p, o) => new WithUnitCurvature(p, { ...options, ...o }), { ...heavy, ...settings })
  for (const { name, check } of checks) test(name, check)
})
