import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('reproduces its claims', async () => {
  const { claims, tables, complete } = await runExperiment(experiment, { scale: 'quick', seed: 3 })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.length).toBeGreaterThan(15)
  expect(tables).toHaveLength(2)
})
