import { describe, expect, test } from '@jest/globals'
import { golden, kernelDigests } from '@opt/testing'
import * as core from '../src/index.ts'
import { calls, sets } from './kernel-calls.ts'

const wanted = golden<Record<string, string>>(import.meta.url, 'digests.json')

describe('this engine gives the bits of all others', () => {
  test.each([false, true])('plain JavaScript: %s', (plain) => {
    for (const set of sets)
      for (const [name, digest] of Object.entries(kernelDigests(core, set, calls, { plain }))) {
        if (/^nonFinite/.test(name)) continue
        expect([name, digest]).toEqual([name, wanted[name]])
      }
  })
})

describe('several sets work on one memory', () => {
  test('each finds its own constants', () => {
    const { kernels, x, y } = core.allocate(
      sets as [typeof core.vectorKernels, typeof core.matrixKernels, typeof core.exponentialKernels],
      (views) => ({ x: views.f64(5), y: views.f64(5) }),
    )
    x.set([0, 1, -1, 2, 0.5])
    expect(kernels.vexp(5, x, y)).toBe(core.exp(0) + core.exp(-1) + (core.exp(1) + core.exp(2)) + core.exp(0.5))
    expect(kernels.dot(5, x, x)).toBe(6.25)
    expect(x.buffer).toBe(y.buffer)
  })
})
