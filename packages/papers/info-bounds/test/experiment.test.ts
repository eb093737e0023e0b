import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale, without a data folder', async () => {
  const { complete, claims, tables, figures, notes } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass).length).toBe(13)
  expect([tables.length, figures.length]).toEqual([4, 1])
  expect(notes.length).toBe(4)
})
