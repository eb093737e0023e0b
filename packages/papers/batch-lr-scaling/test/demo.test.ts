import type { ControlValues } from '@opt/core'
import demo from '../demo/index.ts'

const start = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])) as ControlValues

test.each([{}, { batch: 1 }, { batch: 256, tuned: 1 }])('the demo runs to its end with %j', (change) => {
  const values = { ...start, ...change }
  const frames = [...demo.run(values)]
  const { figures, readout, progress } = frames.at(-1)!
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['line', 'line'])
  for (const figure of figures)
    for (const { x, y } of 'series' in figure ? (figure.series as unknown as { x: number[]; y: number[] }[]) : []) {
      expect(y.length).toBe(x.length)
      expect(y.every((value) => Number.isFinite(value) && value > 0)).toBe(true)
    }
  expect(readout.find(([label, value]) => label === 'training, learned' && value === 'lost')).toBeUndefined()
  expect(demo.code(values)).toContain('@opt/batch-lr-scaling')
})
