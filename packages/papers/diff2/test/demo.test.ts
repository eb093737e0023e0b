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
  console.log(JSON.stringify(change), said)
  expect(frames.length).toBe(31)
  expect(demo.code(values)).toContain('@opt/diff2')
})
