import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'

const { default: demo } = await import('../demo/index.ts')
const read = (change: ControlValues) => Object.fromEntries(playDemo(demo, { steps: 100, ...change }).last.readout)

test('the demo runs to its end: two queries and a bar chart, and training chooses', () => {
  const { values, last } = playDemo(demo)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['scatter', 'scatter', 'bar'])
  expect(Number(Object.fromEntries(last.readout)['least probability'])).toBeGreaterThan(0.99)
  expect(demo.code(values)).toContain('@opt/attention-svm')
})

test('its controls do something: other tokens, contradictions, more tokens by lambda', () => {
  expect(read({ target1: '2', target2: '3' }).chosen).toBe('2 and 3')
  expect(
    read({
      first: [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      target1: '1',
    }).SVM,
  ).toContain('infeasible')
  expect(Number(read({ lambda: 3 })['tokens that share'])).toBeGreaterThan(
    Number(read({ lambda: 0 })['tokens that share']),
  )
})
