import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([
  {},
  { world: 'the deep path' },
  { habit: [0, 0, 0, 0], eta: 5, beta: 1e-5, gamma: 1e-4 },
  { world: 'the deep path', eta: 0.02, beta: 1e-2, gamma: 0.1 },
])('the demo runs to its end with %j', (change) => {
  const { values, last } = playDemo(demo, change as ControlValues)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['line', 'bar'])
  expect(last.progress).toBe(1)
  expect(demo.code(values)).toContain('@opt/linear-mdp-ftrl')
})

test('the learner comes near the value of the game, LSVI is caught most of the time; the bonus finds the end of the path', () => {
  const city = new Map(playDemo(demo, {}).last.readout)
  expect(Number(city.get('learner'))).toBeLessThan(1)
  expect(Number(city.get('LSVI'))).toBeGreaterThan(2)
  expect(city.get('you')).toBe('1.500')
  const path = new Map(playDemo(demo, { world: 'the deep path' }).last.readout)
  expect(Number(path.get('regret, beta 0.0003'))).toBeLessThan(0.8 * Number(path.get('regret, no bonus')))
})
