import * as core from '@opt/core'
import { golden } from '@opt/testing'
import { checkSameBits, kernelDigests } from '@opt/testing/kernels'
import fc from 'fast-check'
import { vectorKernels } from '../src/linear/kernels.ts'
import { calls } from './kernel-calls.ts'

test('the WebAssembly and the plain forms give the same bits', () => {
  const pairs = fc
    .integer({ min: 0, max: 40 })
    .chain((n) => fc.tuple(...[0, 1].map(() => fc.float64Array({ minLength: n, maxLength: n }))))
  fc.assert(
    fc.property(pairs, fc.double(), ([x, y], step) => {
      checkSameBits(core, vectorKernels, 'dot', [x.length, x, y])
      checkSameBits(core, vectorKernels, 'squaredDistance', [x.length, x, y])
      checkSameBits(core, vectorKernels, 'descend', [x.length, step, x, y, new Float64Array(x.length)])
    }),
  )
})

/**
 * `node scripts/checks/same-bits.mjs --write sea-omd` in the root writes these from Node 20 and
 * checks other engines.
 */
const digests = golden<Record<string, string>>(import.meta.url, 'digests.json')

test.each([false, true])('the kernels give the bits of all other engines (plain: %s)', (plain) => {
  expect(kernelDigests(core, vectorKernels, calls, { plain })).toEqual(digests)
})
