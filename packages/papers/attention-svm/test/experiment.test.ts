import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale', async () => {
  const { complete, claims, tables } = await runExperiment(experiment, { scale: 'quick', seed: 1 })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass).length).toBe(15)
  expect(tables.length).toBe(3)
})
