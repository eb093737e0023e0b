import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale, with a data folder that has no photographs', async () => {
  const { claims, complete, tables, figures, notes } = await runExperiment(experiment, {
    scale: 'quick',
    dataFolder: '/no such folder',
  })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => !pass)).toEqual([])
  expect(claims.length).toBe(10)
  expect([tables.length, figures.length]).toEqual([3, 6])
  expect(notes.some((note) => note.includes('Plain sampling of queries'))).toBe(true)
})
