import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const error = (change: ControlValues) => Number(Object.fromEntries(playDemo(demo, change).last.readout).error)

test.each([
  {},
  { rule: 'geometric', d: 8, width: 3 },
  { rule: 'constant 0.03', r: 1, m: 200 },
  { rule: 'loss (the theory wants no outliers)', p: 40 },
  { d: 5, m: 200, r: 3, alpha: 1 },
] as ControlValues[])('the demo runs to its end with %j', (change) => {
  const { values, last } = playDemo(demo, change)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'line'])
  expect(demo.code(values)).toContain('@opt/robust-subgm')
})

test('it shows what it says: neither the outliers nor the width matter, and the start does', () => {
  const small = { d: 12, r: 2, m: 600 }
  expect(error({ ...small, outliers: 1e6 })).toBeLessThan(1e-4)
  expect(error({ ...small, width: 5 })).toBeLessThan(1e-4)
  expect(error({ ...small, alpha: 0.1 })).toBeGreaterThan(100 * error(small))
})
