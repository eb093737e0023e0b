import * as core from '@opt/core'
import { random } from '@opt/core'
import { golden } from '@opt/testing'
import { checkSameBits, kernelDigests } from '@opt/testing/kernels'
import { eigenKernels } from '../src/eigen/kernels.ts'
import { calls } from './kernel-calls.ts'

/** `node scripts/checks/same-bits.mjs --write curvature` in the root writes these from Node 20 and checks other engines. */
const digests = golden<Record<string, string>>(import.meta.url, 'digests.json')

test.each([false, true])('the kernels give the bits of all other engines (plain: %s)', (plain) => {
  expect(kernelDigests(core, eigenKernels, calls, { plain })).toEqual(digests)
})

test('every size and direction gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = random(11)
  const numbers = (n: number) => Float64Array.from({ length: n }, () => rng.uniform(-1, 1))
  for (let m = 1; m <= 40; m++) {
    const [stride, at] = [m + rng.integer(0, 3), rng.integer(0, 3)]
    const A = numbers(at + m * stride)
    checkSameBits(core, eigenKernels, 'rank2Product', [m, at, A, stride, ...[1, 2, 3, 4].map(() => numbers(m))])
    checkSameBits(core, eigenKernels, 'reflectRows', [m, at, A, stride, rng.uniform(), numbers(m)])
    const [first, step] = m % 2 === 0 ? [at, stride] : [at + (m - 1) * stride, -stride]
    checkSameBits(core, eigenKernels, 'rotateRows', [m, m - 1, first, A, step, numbers(m), numbers(m)])
  }
})
