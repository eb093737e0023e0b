import { type ConformanceSettings, type Create, conformance } from '@opt/optimizers/conformance'
import { StableSPAM } from '../src/index.ts'

const SUBJECTS: [string, Create, ConformanceSettings][] = [
  ['StableSPAM', (p, o) => new StableSPAM(p, o), {}],
  [
    // The same code as above but for the cosine, whose numbers the engine boxes too.
    'StableSPAM with decay, cosine and frequent resets',
    (p, o) => new StableSPAM(p, { weightDecay: 1e-5, totalSteps: 2000, resetEvery: 5, ...o }),
    { weightDecay: 1e-5, allocationFree: false, ownSteps: false },
  ],
]

// An entry's step depends on the norm of its whole tensor.
describe.each(SUBJECTS)('%s conforms', (_, create, settings) => {
  for (const { name, check } of conformance(create, { elementwise: false, ...settings })) test(name, check)
})
