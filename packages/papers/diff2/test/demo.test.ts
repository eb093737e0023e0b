import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { epsilon: 0.3, clip: 2 }, { restart: 1 }])('the demo runs to its end with %j', (change) => {
  const { values, frames, last } = playDemo(demo, change)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'bar', 'line'])
  const said = Object.fromEntries(last.readout)
  expect(said['epsilon spent']).toBe(
    `${(values.epsilon as number).toFixed(2)} of ${(values.epsilon as number).toFixed(2)}`,
  )
  if (values.epsilon === 1) expect(parseFloat(said['right: DIFF2'])).toBeGreaterThan(85)
  expect(frames.length).toBe(41)
  expect(demo.code(values)).toContain('@opt/diff2')
})
