import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { domain: 'triangle' }, { noise: 0, speed: 0, jump: false }, { noise: 3, corruption: 0.5 }])(
  'the demo runs to its end with %j, and shows what it says',
  (change) => {
    const { values, frames, last } = playDemo(demo, change as ControlValues)
    expect(frames).toHaveLength(100)
    const { figures, readout, progress } = last
    expect(progress).toBe(1)
    expect(figures.map(({ kind }) => kind)).toEqual(['line', 'line', 'bar'])
    expect(Object.fromEntries(readout)['noise a round (sigma)']).toBe(Number(values.noise).toFixed(3))
    expect(demo.code(values)).toContain('@opt/sea-omd')
  },
)
