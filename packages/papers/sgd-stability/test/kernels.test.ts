import * as core from '@opt/core'
import { golden } from '@opt/testing'
import { checkSameBits, kernelDigests } from '@opt/testing/kernels'
import { productKernels } from '../src/linear/kernels.ts'
import { calls } from './kernel-calls.ts'

test.each([false, true])('kernels give the bits of all engines, plain: %s', (plain) => {
  expect(kernelDigests(core, productKernels, calls, { plain })).toEqual(golden(import.meta.url, 'digests.json'))
})

test('products of any size have one form', () => {
  const rng = core.random(7)
  const numbers = (n: number) => Float64Array.from({ length: n }, () => rng.uniform(-2, 2))
  for (let size = 1; size <= 40; size++) {
    const [m, n, k] = [size, rng.integer(1, 40), rng.integer(1, 40)]
    const work = numbers(core.gemmScratch(m, Math.max(m, n), k))
    const A = numbers(m * k)
    checkSameBits(
      core,
      productKernels,
      'gemm',
      [m, n, k, 0.7, A, k, 1, numbers(k * n), n, 1, numbers(m * n), n, work],
      [work],
    )
    checkSameBits(
      core,
      productKernels,
      'gemm',
      [m, n, k, 0.7, A, 1, m, numbers(k * n), n, 1, numbers(m * n), n, work],
      [work],
    )
    checkSameBits(core, productKernels, 'syrk', [m, k, 1, A, k, 1, numbers(m * m), m, work], [work])
  }
})
