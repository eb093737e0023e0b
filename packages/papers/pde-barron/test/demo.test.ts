import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const readout = (last: { readout: [string, string][] }) => Object.fromEntries(last.readout)

test('the bound of the sines is small, and that of the network above its error', () => {
  const { values, frames, last } = playDemo(demo, {})
  expect(frames.length).toBeGreaterThan(4)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'line'])
  const shown = readout(last)
  expect(Number.parseFloat(shown['error bound'])).toBeLessThan(0.1)
  expect(Number.parseFloat(shown['network, bound in H1'])).toBeGreaterThan(
    Number.parseFloat(shown['network, error in L2']),
  )
  expect(demo.code(values)).toContain('@opt/pde-barron')
})

test.each([
  { nonlinear: false },
  { neurons: 10 },
  {
    charges: [
      [0.5, 0.5],
      [0.02, 0.98],
    ] as [number, number][],
  },
])('runs to its end with %j', (change) => {
  expect(playDemo(demo, change).last.progress).toBe(1)
})

test('linear screening leaves a higher peak', () => {
  const peak = (nonlinear: boolean) => Number(readout(playDemo(demo, { nonlinear, neurons: 10 }).last).peak)
  expect(peak(false)).toBeGreaterThan(1.05 * peak(true))
})
