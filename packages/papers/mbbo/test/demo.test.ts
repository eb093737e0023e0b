import type { Frame } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const lit = ({ figures: [models] }: Frame) =>
  models.kind === 'line' ? models.series.filter(({ dashed }) => !dashed) : []

test('weights of wrong points fall, each step lights up its models, which stay nearer to their fits', () => {
  const { values, frames, last } = playDemo(demo, {})
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['line', 'bar', 'line', 'line'])
  const said = Object.fromEntries(last.readout)
  expect(said['wrong labels among as many suspects']).toBe('5 of 5')
  expect(Number(said['distance of models from their fits'])).toBeLessThan(Number(said['that of SOBA']))
  expect(frames.every((frame) => lit(frame).length === 2)).toBe(true)
  expect(demo.code(values)).toContain('@opt/mbbo')
})

test('with noise and few blocks a step, BSVRB ends nearer to a solution from the same budget', () => {
  const said = (changes: object) =>
    Object.fromEntries(playDemo(demo, { view: 'ten noisy blocks', ...changes }).last.readout)
  const few = said({ blocks: 1, batch: 1 })
  const many = said({ blocks: 6, batch: 16 })
  const ours = '|gradient|^2 of BSVRB, mean of the second half'
  expect(Number(few[ours])).toBeLessThan(Number(few['of SOBA']))
  expect(Number(many[ours])).toBeLessThan(Number(few[ours]))
})

test.each([
  { blocks: 1, batch: 1, wrong: 0 },
  { blocks: 6, batch: 36, wrong: 10 },
  { blocks: 1, batch: 36, wrong: 10 },
])('shows its extremes: %j', (changes) => {
  expect(playDemo(demo, changes).last.progress).toBe(1)
})
