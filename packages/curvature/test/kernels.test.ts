import * as core from '@opt/core'
import { random } from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
import { eigenKernels } from '../src/eigen/kernels.ts'
import * as calls from './kernel-calls.ts'

kernelTests(core, calls, golden(import.meta.url, 'digests.json'))

test('every size and direction gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = random(11)
  const numbers = (n: number) => Float64Array.from({ length: n }, () => rng.uniform(-1, 1))
  for (let m = 1; m <= 40; m++) {
    const [stride, at] = [m + rng.integer(0, 3), rng.integer(0, 3)]
    const A = numbers(at + m * stride)
    checkSameBits(core, eigenKernels, 'rank2Product', [m, at, A, stride, 3, ...[1, 2, 3, 4].map(() => numbers(m + 3))])
    checkSameBits(core, eigenKernels, 'reflectRows', [m, at, A, stride, rng.uniform(), 3, numbers(m + 3)])
    const [first, step] = m % 2 === 0 ? [at, stride] : [at + (m - 1) * stride, -stride]
    checkSameBits(core, eigenKernels, 'rotateRows', [m, m - 1, first, A, step, numbers(m), numbers(m)])
  }
})
