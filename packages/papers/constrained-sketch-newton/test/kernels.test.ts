import * as core from '@opt/core'
import { golden } from '@opt/testing'
import { checkSameBits, kernelDigests } from '@opt/testing/kernels'
import { kernels } from '../src/kernels.ts'
import { calls } from './kernel-calls.ts'

test.each([false, true])('kernels give the bits of all engines, plain: %s', (plain) => {
  expect(kernelDigests(core, kernels, calls, { plain })).toEqual(golden(import.meta.url, 'digests.json'))
})

test('steps of any size have one form, also for wild numbers', () => {
  const rng = core.random(7)
  const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e300, -1e300]
  for (let n = 8; n <= 64; n += 8)
    for (const wild of [0, 0.02]) {
      const draw = () => (rng.uniform() < wild ? SPECIAL[rng.integer(0, SPECIAL.length)] : rng.uniform(-2, 2))
      const numbers = (length: number) => Float64Array.from({ length }, draw)
      const rows = Int32Array.from({ length: 20 }, () => rng.integer(0, n))
      checkSameBits(core, kernels, 'kaczmarz', [n, 20, rows, numbers(n * n), numbers(n), numbers(n), numbers(n), 0.5])
      checkSameBits(core, kernels, 'projectVectors', [
        n,
        3,
        numbers(n * n),
        numbers(3 * n),
        numbers(n),
        numbers(n),
        numbers(n),
        0.5,
      ])
    }
})
