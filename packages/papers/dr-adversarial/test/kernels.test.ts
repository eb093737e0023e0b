import * as core from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
import { barrierKernels } from '../src/attacks/kernels.ts'
import * as calls from './kernel-calls.ts'

kernelTests(core, calls, golden(import.meta.url, 'digests.json'))

test('points inside their intervals: the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = core.random(8)
  for (let n = 1; n < 60; n++) {
    const low = Float64Array.from({ length: n }, () => -rng.uniform(0, 0.1))
    const high = low.map((l) => l + rng.uniform(0.05, 0.2))
    const delta = low.map((l, i) => l + (high[i] - l) * rng.uniform(0.02, 0.98))
    const g = low.map(() => (rng.uniform() < 0.2 ? 0 : rng.normal()))
    const [m, v] = [g.map(() => rng.normal()), g.map(() => rng.uniform())]
    for (const flag of [0, 1]) {
      checkSameBits(core, barrierKernels, 'barrierStep', [n, delta, low, high, g, 1e-3, 0.1, 0.02, 0.02, flag])
      checkSameBits(core, barrierKernels, 'barrierDirection', [n, delta, low, high, g, m, 1e-3, 0.1, flag])
    }
    checkSameBits(core, barrierKernels, 'barrierAdam', [n, delta, low, high, g, m, v, 1e-3, 0.1, 0.02, 0.02, 0.1, 1e-3])
  }
})
