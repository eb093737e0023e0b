import type { ControlValues } from '@opt/core'
import demo from '../demo/index.ts'

const start = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])) as ControlValues

test.each([
  {},
  { domain: 'triangle, Euclidean', steps: 'sqrt', ghost: true },
  { domain: 'disc', steps: 'constant', noise: 3, delta: 0.5 },
  { tails: 'Pareto, no variance', domain: 'disc' },
])('the demo runs to its end with %j, and shows what it says', (change) => {
  const values = { ...start, ...change }
  const frames = [...demo.run(values)]
  expect(frames).toHaveLength(50)
  const { figures, readout, progress } = frames[49]
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'histogram'])
  for (const figure of figures)
    for (const { x, y } of 'series' in figure ? (figure.series as unknown as { x: unknown[]; y?: number[] }[]) : []) {
      if (y === undefined) continue
      expect(y.length).toBe(x.length)
      expect(y.every(Number.isFinite)).toBe(true)
    }
  const [mean, quantile, expected] = readout.slice(1).map(([, value]) => Number(value))
  expect(quantile).toBeGreaterThan(0)
  if (values.tails === 'Gaussian') expect(mean).toBeLessThan(expected)
  expect(demo.code(values)).toContain('@opt/sgd-last-iterate')
})
