import * as core from '@opt/core'
import { golden } from '@opt/testing'
import { checkSameBits, kernelDigests } from '@opt/testing/kernels'
import fc from 'fast-check'
import { gridOf, offsetsOf } from '../src/network/grid.ts'
import { kernels } from '../src/network/kernels.ts'
import { calls } from './kernel-calls.ts'

// `node scripts/checks/same-bits.mjs --write deep-cd` in the root writes the digests from Node 20 and checks other engines.
test.each([false, true])('the bits of all engines, plain: %s', (plain) => {
  expect(kernelDigests(core, kernels, calls, { plain })).toEqual(
    golden<Record<string, string>>(import.meta.url, 'digests.json'),
  )
})

test('both forms of each kernel agree on grids and layers of all sizes', () => {
  const size = fc.integer({ min: 1, max: 21 })
  const channels = fc.integer({ min: 1, max: 9 })
  const layer = fc.tuple(channels, channels, fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean(), fc.integer())
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 3 }), size, size, layer, (dimension, rows, columns, choices) => {
      const [cin, cout, relu, more, wild, one, seed] = choices
      const grid = gridOf(dimension === 2 ? [rows, columns] : [2, rows, columns])
      const { planes, planeStride, rowStride, channel, origin } = grid
      const place = Int32Array.of(planes, rows, columns, planeStride, rowStride, channel, origin)
      const offsets = Int32Array.from(one ? [0] : offsetsOf(grid))
      const shape = Int32Array.of(cin, cout, offsets.length, Number(relu), Number(more))
      const rng = core.random(seed)
      for (const Kind of [Float32Array, Float64Array]) {
        const draw = (n: number) =>
          new Kind(n).map(() =>
            wild && rng.uniform() < 0.02 ? [NaN, Infinity, -0, 1e-45][rng.integer(0, 4)] : rng.normal(),
          )
        const bits = Kind === Float32Array ? '32' : '64'
        const weights = draw(cin * cout * offsets.length)
        const [input, output] = [draw(cin * channel), draw(cout * channel)]
        const args = [place, shape, offsets, weights, draw(cout), input, draw(cout * channel), output]
        checkSameBits(core, kernels, `convolve${bits}`, args)
        checkSameBits(core, kernels, `correlate${bits}`, [place, shape, offsets, input, output, weights])
      }
    }),
    { numRuns: 100 },
  )
})
