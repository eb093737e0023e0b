import { jest } from '@jest/globals'
import { runExperiment } from '@opt/core/experiment'

jest.unstable_mockModule('@opt/datasets-tables', () => {
  throw new Error('not installed')
})

test('without data, on iris, the experiment keeps its claims and says what stands in', async () => {
  const { experiment } = await import('../src/experiment.ts')
  const { claims, complete, notes } = await runExperiment(experiment, { scale: 'quick', dataFolder: '/nowhere' })
  expect(complete).toBe(true)
  expect(claims.map(({ pass }) => pass)).toEqual([null, ...Array(8).fill(true)])
  expect(notes.join(' ')).toMatch(/breast cancer is not here.* stand in .* the digits are not here.* stands in/)
})
