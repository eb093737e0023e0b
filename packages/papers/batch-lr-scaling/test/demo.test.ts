import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { batch: 1 }, { batch: 256, tuned: 1 }])('the demo runs to its end with %j', (change) => {
  const { values, last } = playDemo(demo, change as ControlValues)
  const { figures, readout, progress } = last
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['line', 'line', 'line'])
  for (const figure of figures)
    for (const { y } of 'series' in figure ? (figure.series as unknown as { y: number[] }[]) : [])
      expect(y.every((value) => value > 0)).toBe(true)
  expect(readout.find(([label, value]) => label === 'training, learned' && value === 'lost')).toBeUndefined()
  expect(demo.code(values)).toContain('@opt/batch-lr-scaling')
})
