import * as core from '@opt/core'
import { golden } from '@opt/testing'
import { kernelDigests } from '@opt/testing/kernels'
import { mixtureKernels } from '../src/shift/kernels.ts'
import { calls } from './kernel-calls.ts'

// `node scripts/checks/same-bits.mjs --write info-bounds` in the root writes the digests from Node 20 and checks other engines.
test.each([false, true])('the bits of all engines, plain: %s', (plain) => {
  expect(kernelDigests(core, mixtureKernels, calls, { plain })).toEqual(golden(import.meta.url, 'digests.json'))
})

test('every size gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = core.random(3)
  for (let t = 0; t < 200; t++) {
    const [m, width, n] = [rng.integer(1, 6), rng.integer(1, 6), 8 * rng.integer(0, 5)]
    // Some centres are near, some far, some infinitely far.
    const scale = [1, 30, 1e160][t % 3]
    const numbers = (size: number) => Float64Array.from({ length: size }, () => scale * rng.normal())
    const [T, C] = [numbers(m * width), numbers(n * width)]
    if (n > 0) C[n - 1] = Infinity
    const [found, plain] = [false, true].map((plain) => {
      const { kernels, points, centres, squares, out } = core.allocate(
        [mixtureKernels],
        (views) => ({
          points: views.f64(m * width),
          centres: views.f64(n * width),
          squares: views.f64(n),
          out: views.f64(m),
        }),
        { plain },
      )
      points.set(T)
      centres.set(C)
      kernels.logDensities(m, width, n, n + 1, points, centres, squares, out)
      return out.slice()
    })
    expect(found).toEqual(plain)
  }
})
