import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const read = (change: ControlValues) => Object.fromEntries(playDemo(demo, change).last.readout)

test.each([
  {},
  { step: 1000 },
  { perceptron: true },
  { normalized: true },
  { source: 'hard instance', copies: 50, perceptron: true },
  { plus: [[0.5, 0.5]], minus: [[0.5, 0.5]] },
] as ControlValues[])('the demo runs to its end with %j', (change) => {
  const { values, last } = playDemo(demo, change)
  const { figures, progress } = last
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'line'])
  expect(demo.code(values)).toContain('@opt/perceptron-gd')
})

test('it shows what it says: larger steps, fewer of them, and normalisation on the hard instance', () => {
  expect(Number(read({ step: 1e4 }).steps)).toBeLessThan(Number(read({ step: 0.1 }).steps))
  const hard = { source: 'hard instance', copies: 200, perceptron: true }
  expect([read(hard).steps, read({ ...hard, normalized: true }).steps]).toEqual(['813', '10'])
  expect(read({ plus: [[0.5, 0.5]], minus: [[0.5, 0.5]] })['steps at most']).toBe('no plane separates these points')
})
