import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const laboratory = { view: 'the exact laboratory' }

test.each([
  {},
  { labels: false },
  { noise: 0.6, blur: 1, move: 1 },
  { noise: 0, blur: 0, move: 0, epsilon: 0.1 },
] as ControlValues[])('digits run to their end with %j', (change) => {
  const { values, last } = playDemo(demo, change)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'bar'])
  expect(demo.code(values)).toContain('@opt/info-bounds')
  const [, bars] = last.figures
  if (bars.kind !== 'bar') throw new Error('no bars')
  const [total, , change_] = bars.series
  expect(total.y.length).toBe(3)
  if (change.labels !== false) expect(change_.y[0]).toBeLessThan(total.y[2] + 0.02)
})

test.each([{}, { width: 2, depth: 6 }, { depth: 1, drop: 0 }] as ControlValues[])(
  'the laboratory runs with %j',
  (change) => {
    const { values, last } = playDemo(demo, { ...laboratory, ...change })
    expect(last.figures.map(({ kind }) => kind)).toEqual(['line'])
    expect(demo.code(values)).toContain('laboratory')
  },
)

test('a shift moves the certificate, and depth the gap', () => {
  const certificate = (change: ControlValues) => Number(playDemo(demo, change).last.readout[0][1])
  expect(certificate({ noise: 0.6 })).toBeGreaterThan(certificate({ noise: 0.05 }) + 0.1)
  const gap = (change: ControlValues) => Number(playDemo(demo, { ...laboratory, ...change }).last.readout[1][1])
  expect(gap({ depth: 6 })).toBeLessThan(gap({ depth: 2 }) / 2)
})
