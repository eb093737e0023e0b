import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { strength: 0, cost: 'distance' }, { surface: 'globe' }, { cost: 'sum over coordinates' }])(
  'the demo runs to its end with %j',
  (change) => {
    const { values, last } = playDemo(demo, change)
    expect(last.figures.map(({ kind }) => kind)).toEqual(['scatter', 'line'])
    expect(last.progress).toBe(1)
    expect(demo.code(values)).toContain('@opt/monge-gap')
  },
)

test('without the gap paths cost too much', () => {
  const gaps = [0, 1].map((strength) => Number(playDemo(demo, { strength }).last.readout[2][1]))
  expect(gaps[0]).toBeGreaterThan(5 * Math.max(gaps[1], 1e-3))
})
