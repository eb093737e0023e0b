import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale, without a data folder', async () => {
  const { claims, complete, tables, figures, notes } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => !pass)).toEqual([])
  expect(claims.length).toBe(10)
  expect([tables.length, figures.length]).toEqual([3, 5])
  expect(notes.some((note) => note.includes('Plain sampling of queries'))).toBe(true)
})
