import * as core from '@opt/core'
import { golden } from '@opt/testing'
import { checkSameBits, kernelDigests } from '@opt/testing/kernels'
import fc from 'fast-check'
import { kernels } from '../src/kernels.ts'
import { calls } from './kernel-calls.ts'

test('the WebAssembly and the plain form of descend give the same bits', () => {
  const numbers = fc.float64Array({ minLength: 0, maxLength: 40 })
  fc.assert(
    fc.property(numbers, fc.double(), (x, learningRate) => {
      const g = x.slice().reverse()
      checkSameBits(core, kernels, 'descend', [x.length, learningRate, g, x])
    }),
  )
})

/** `node scripts/checks/same-bits.mjs --write __name__` in the root writes these from Node 20 and checks other engines. */
const digests = golden<Record<string, string>>(import.meta.url, 'digests.json')

test.each([false, true])('the kernels give the bits of all other engines (plain: %s)', (plain) => {
  expect(kernelDigests(core, kernels, calls, { plain })).toEqual(digests)
})
