import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each<[object]>([
  [{}],
  [{ curve: 'cubic' }],
  [{ theta: 0.001, eta1: 100, eta2: 1 }],
  [
    {
      seed: 7,
      points: [
        [0.5, 0.5],
        [0.9, 0.1],
      ],
    },
  ],
])('the demo ends at a KKT point with %j', (change) => {
  const { values, last, frames } = playDemo(demo, change)
  expect(frames.length).toBeGreaterThan(2)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'line', 'bar'])
  expect(Object.fromEntries(last.readout).state).toMatch(/^converged/)
  expect(demo.code(values)).toContain('@opt/constrained-sketch-newton')
})

test('a start at the centre of the circle is singular, and the demo says so', () => {
  const { last } = playDemo(demo, {
    points: [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  })
  expect(Object.fromEntries(last.readout).state).toContain('nearly dependent')
})
