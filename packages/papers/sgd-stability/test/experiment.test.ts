import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every judged claim holds at the quick scale', async () => {
  const { claims, complete, figures, tables, notes } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass)).toHaveLength(10)
  expect(figures.map(({ kind }) => kind)).toEqual(['line', 'line', 'scatter'])
  expect(tables).toHaveLength(4)
  expect(notes.join()).toMatch(
    /The largest learning rate at which you stay is [\d.]+ at batch size 1.*What does not carry over/,
  )
})
