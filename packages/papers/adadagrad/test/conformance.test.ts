import { conformance } from '@opt/optimizers/conformance'
import { AdaGradNorm } from '../src/index.ts'

// A step of AdaGradNorm depends on the norm of all gradients together.
const settings = {
  elementwise: false,
  separate: false,
  quadratic: { learningRate: 5, steps: 2000, tolerance: 1e-6 },
  rosenbrock: { learningRate: 1, steps: 20000, tolerance: 1e-4 },
}

describe('AdaGradNorm conforms', () => {
  for (const { name, check } of conformance((p, o) => new AdaGradNorm(p, o), settings)) test(name, check)
})
