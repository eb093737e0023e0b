import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test('refinement beats the stages before it, and kernel ridge', () => {
  const { values, frames, last } = playDemo(demo, {})
  expect(frames.length).toBe(13)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'scatter', 'bar'])
  const error = (frame: (typeof frames)[number]) => Number(Object.fromEntries(frame.readout).error)
  expect(error(last)).toBeLessThan(0.5 * error(frames[0]))
  expect(error(last)).toBeLessThan(0.5 * Number(Object.fromEntries(last.readout)['kernel ridge']))
  expect(demo.code(values)).toContain('@opt/hierarchical-poly')
})

test.each([{ stop: 'stage 1' }, { stop: 'stage 2', curve: 'threshold' }, { n: 60, noise: 0.5, stop: 'stage 2' }])(
  'runs to its end with %j',
  (change) => {
    expect(playDemo(demo, change).last.progress).toBe(1)
  },
)
