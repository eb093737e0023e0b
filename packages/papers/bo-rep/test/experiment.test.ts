import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('reproduces its claims', async () => {
  const { claims, tables, complete } = await runExperiment(experiment, { scale: 'quick', seed: 0 })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.length).toBeGreaterThan(12)
  expect(tables).toHaveLength(5)
})
