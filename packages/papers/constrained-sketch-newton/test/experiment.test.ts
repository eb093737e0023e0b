import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale, without a data folder', async () => {
  const { claims, tables, complete } = await runExperiment(experiment, { scale: 'quick', seed: 3 })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass).length).toBeGreaterThanOrEqual(19)
  expect(tables).toHaveLength(6)
})
