import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { learningRate: 1 }])('the demo runs to its end with %j', (change) => {
  const { values, last } = playDemo(demo, change)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['line'])
  expect(demo.code(values)).toContain('@opt/linear-mdp-ftrl')
})
