import { runExperiment } from '@opt/core/experiment'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'

test('all claims of the quick experiment hold', async () => {
  const { claims, complete, tables } = await runExperiment(experiment, { scale: 'quick', seed: 5 })
  expect(complete).toBe(true)
  expect(claims).toHaveLength(6)
  for (const { claim, pass } of claims) expect(`${pass} ${claim}`).toMatch(/^true/)
  expect(tables).toHaveLength(2)
})

test.each([
  {},
  { test: 'innerProduct', noise: 0 },
  { test: 'augmented', eta: 0.1, noise: 0.4 },
  {
    centres: [
      [0.1, 0.1],
      [0.9, 0.9],
    ] as [number, number][],
  },
])('the demo runs to its end with %j, and shows what it says', (changes) => {
  const { values, last } = playDemo(demo, changes)
  const { figures, readout, progress } = last
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['scatter', 'scatter', 'line', 'line'])
  const [plane, , sizes] = figures as unknown as { series: { x: number[]; y: number[] }[] }[]
  expect(sizes.series[0].y).toHaveLength(300)
  expect(Object.fromEntries(readout)['batch size']).toBe(`${sizes.series[0].y.at(-1)} of 400`)
  expect(sizes.series[1].y.every((size) => size === 8)).toBe(true)
  expect(plane.series[0].x.length + plane.series[1].x.length).toBe(400)
  expect(plane.series[2].x.length).toBeGreaterThan(10)
  expect(demo.code(values)).toContain('@opt/adadagrad')
})
