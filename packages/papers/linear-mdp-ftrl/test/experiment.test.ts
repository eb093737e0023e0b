import { runExperiment } from '@opt/core/experiment'
// Built: its jobs run in worker threads, which know no TypeScript.
import { experiment } from '../dist/experiment.js'

test('every claim holds at the quick scale, without a data folder; what does not carry over is printed', async () => {
  const { claims, complete, tables, notes } = await runExperiment(experiment, { scale: 'quick', cores: 1 })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass === true)).toHaveLength(10)
  const printed = claims.filter(({ pass }) => pass === null).map(({ claim }) => claim)
  expect(printed.join()).toMatch(/cover.*vacuous/)
  expect(notes.join()).toMatch(/Forced exploration did not help: .* regret of \d+ .* without both \d+/)
  expect(tables).toHaveLength(3)
})

test('it can be stopped, and reports what it has', async () => {
  const controller = new AbortController()
  const onProgress = (fraction: number) => fraction > 0.1 && controller.abort()
  const report = await runExperiment(experiment, { scale: 'quick', signal: controller.signal, onProgress, cores: 1 })
  expect(report.complete).toBe(false)
  expect(report.claims).toEqual([])
})
