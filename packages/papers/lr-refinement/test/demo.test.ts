import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { source: 'the live run' }, { smoothing: 0.3, power: '1 (Adam)' }, { curve: new Array(24).fill(0) }])(
  'the demo runs to its end with %j, and shows what it says',
  (change) => {
    const { values, last } = playDemo(demo, change as ControlValues)
    const { figures, readout, progress } = last
    expect(progress).toBe(1)
    expect(figures.map(({ kind }) => kind)).toEqual(['line', 'line', 'line'])
    expect(readout.map(([label]) => label)).toContain('is like')
    expect(demo.code(values)).toContain('@opt/lr-refinement')
  },
)
