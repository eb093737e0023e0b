import type { ControlValues } from '@opt/core'
import { runExperiment } from '@opt/core/experiment'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'

test('all claims of the quick experiment hold', async () => {
  const { claims, complete, tables } = await runExperiment(experiment, { scale: 'quick', seed: 5 })
  expect(complete).toBe(true)
  expect(claims).toHaveLength(6)
  for (const { claim, pass } of claims) expect(`${pass} ${claim}`).toMatch(/^true/)
  expect(tables).toHaveLength(2)
})

const start = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])) as ControlValues

test.each([{}, { test: 'innerProduct', noise: 0 }, { test: 'augmented', eta: 0.1, noise: 0.4 }])(
  'the demo runs to its end with %j, and shows what it says',
  (change) => {
    const frames = [...demo.run({ ...start, ...change })]
    const { figures, readout, progress } = frames.at(-1)!
    expect(progress).toBe(1)
    expect(figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'line'])
    const [, sizes] = figures as unknown as { series: { y: number[] }[] }[]
    expect(sizes.series[0].y).toHaveLength(300)
    expect(Object.fromEntries(readout)['batch size']).toBe(`${sizes.series[0].y.at(-1)} of 400`)
    expect(sizes.series[1].y.every((size) => size === 8)).toBe(true)
    expect(demo.code({ ...start, ...change })).toContain('@opt/adadagrad')
  },
)
