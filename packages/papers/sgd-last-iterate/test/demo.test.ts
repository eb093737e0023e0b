import type { ControlValues } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([
  {},
  { domain: 'triangle, Euclidean', steps: 'sqrt', ghost: true },
  { domain: 'disc', steps: 'constant', noise: 3, delta: 0.5 },
  { tails: 'Pareto, no variance', domain: 'disc' },
])('the demo runs to its end with %j, and shows what it says', (change) => {
  const { values, frames, last } = playDemo(demo, change as ControlValues)
  expect(frames).toHaveLength(50)
  const { figures, readout, progress } = last
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'histogram'])
  const [mean, quantile, expected] = readout.slice(1).map(([, value]) => Number(value))
  expect(quantile).toBeGreaterThan(0)
  if (values.tails === 'Gaussian') expect(mean).toBeLessThan(expected)
  expect(demo.code(values)).toContain('@opt/sgd-last-iterate')
})
