import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { bad: 0, mixed: true }, { bad: 20, noise: 0.1, map: true, seed: 3 }])(
  'the demo runs to its end with %j',
  (change) => {
    const { values, last } = playDemo(demo, change)
    expect(last.progress).toBe(1)
    expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'bar', 'line'])
    expect(demo.code(values)).toContain('@opt/spectral-unmixing')
    const readout = Object.fromEntries(last.readout)
    if (values.bad === 6) {
      expect(readout.found).toBe(readout['broken bands'])
      expect(Number.parseFloat(readout.Frobenius)).toBeGreaterThan(
        3 * Number.parseFloat(readout['angle of the spectra, l2,1']),
      )
    }
  },
)
