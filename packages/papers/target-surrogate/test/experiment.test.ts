import { runExperiment } from '@opt/core/experiment'
import { experiment } from '../src/experiment.ts'

test('every claim holds at the quick scale, and the plot has both axes', async () => {
  const { claims, complete, figures, tables, notes } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  for (const { claim, pass } of claims) expect(`${pass} ${claim}`).toMatch(/^true/)
  expect(claims).toHaveLength(9)
  expect(tables).toHaveLength(4)
  expect(figures.map(({ title }) => title)).toEqual(
    expect.arrayContaining(['B: by expensive gradients', 'B: by all work']),
  )
  expect(notes.join()).toMatch(/eta = 40 is tuned.*not reproduced/)
})
