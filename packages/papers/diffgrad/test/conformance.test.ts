import { conformance } from '@opt/optimizers/conformance'
import { DiffGrad } from '../src/index.ts'

describe('DiffGrad conforms', () => {
  for (const { name, check } of conformance((p, o) => new DiffGrad(p, o))) test(name, check)
})

describe('DiffGrad with weight decay conforms', () => {
  const checks = conformance((p, o) => new DiffGrad(p, { weightDecay: 1e-5, ...o }), { weightDecay: 1e-5 })
  for (const { name, check } of checks) test(name, check)
})
