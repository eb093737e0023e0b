import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const becomes = (change: ControlValues) => Object.fromEntries(playDemo(demo, change).last.readout).becomes

test.each([
  {},
  { depth: 300 },
  { infinite: true },
  { preset: 'optimal, d = 2', infinite: true },
  { a0: 1, a1: 0.5, a2: 0.2, a3: 0, infinite: true },
  { a0: 1, a1: 0.5, a2: 0, a3: 0, depth: 300 },
  { a0: 0, a1: 1, a2: 0, a3: 0, infinite: true },
] as ControlValues[])('the demo runs to its end with %j', (change) => {
  const { values, last } = playDemo(demo, change)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'line', 'line', 'bar', 'line'])
  expect(demo.code(values)).toContain('@opt/ntk-classifiers')
})

test('the sliders reach every class', () => {
  expect(becomes({ depth: 1 })).toBe('singular-kernel')
  expect(becomes({ a1: 0, depth: 1 })).toBe('nearest-neighbor')
  expect(becomes({ a0: 0.5, depth: 1 })).toBe('majority-vote')
  expect(becomes({ a2: 0, a3: 0, depth: 1 })).toBe('linear')
  expect(becomes({ a1: 0, a2: 0, a3: 0 })).toBeUndefined()
  const affine = Object.fromEntries(playDemo(demo, { a0: 1, a1: 0.5, a2: 0, a3: 0, infinite: true }).last.readout)
  expect(affine['the kernel']).toBe('is singular for these points')
})
