import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale', async () => {
  const { claims, complete, tables, notes } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass).length).toBe(12)
  expect(tables.length).toBe(6)
  expect(notes.some((note) => note.includes('does not carry over'))).toBe(true)
})
