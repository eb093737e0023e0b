import { jest } from '@jest/globals'
import { runExperiment } from '@opt/core/experiment'

jest.unstable_mockModule('@opt/datasets-tables', () => {
  throw new Error('not installed')
})

test('without data the quadratics are still there, and a note says so', async () => {
  const { experiment } = await import('../src/experiment.ts')
  const { claims, notes } = await runExperiment(experiment, { scale: 'quick', dataFolder: '/nowhere' })
  expect(claims).toHaveLength(4)
  expect(notes.at(-1)).toMatch(/network was not trained.*npm install @opt\/datasets-tables/)
})
