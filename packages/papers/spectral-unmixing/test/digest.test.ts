import { digest } from '@opt/testing'
import {
  bandNoise,
  colourMap,
  constant,
  data,
  fcls,
  hoyer,
  learned,
  matchEndmembers,
  scene,
  unmix,
  vca,
  whitenedStart,
} from '../src/index.ts'

/** The same in every engine: Node 20 and 24 give these bits. */
test('the bits of all answers are the same in every engine', () => {
  const bits = digest((say) => {
    for (const kind of ['blocks', 'mixed'] as const) {
      const { Y, M, A, badBands, rows, columns } = scene({
        kind,
        size: 4,
        bands: 21,
        endmembers: 3,
        badBands: 2,
        random: 5,
      })
      say([Y.data, M.data, A.data, badBands])
      const found = vca(Y, 3)
      say([found.indices, found.endmembers.data, found.snr, bandNoise(Y), fcls(Y, M).data])
      const start = whitenedStart(Y, 3, { random: 2 })
      say([start.endmembers.data, start.abundances.data, matchEndmembers(start.endmembers, M).angles])
      for (const guidance of [learned(), constant(0.5), hoyer(), data({ rows, columns })])
        for (const loss of ['l21', 'frobenius'] as const) {
          const { endmembers, abundances, state, ...rest } = unmix(Y, 3, { guidance, loss, maxIterations: 30 })
          say([endmembers.data, abundances.data, rest.guidance, rest.bandWeights, rest.bandErrors, rest.objective])
          say(rest.history)
          say(state)
          say(colourMap(abundances, { rows, columns }).data)
        }
      // More end-members than are enumerated.
      say(fcls(Y, scene({ size: 1, bands: 21, endmembers: 10 }).M).data)
    }
  })
  expect(bits).toBe('f33671b7a45dc564')
})
