import { runExperiment } from '@opt/core/experiment'
import { network } from '../src/experiment/network.ts'
import { loadProblem } from '../src/experiment/problems.ts'
import { Trainer } from '../src/experiment/training.ts'
import { experiment } from '../src/experiment.ts'
import { schedule } from '../src/index.ts'

test('every judged claim holds at the quick scale, with no data folder; what does not carry over is printed', async () => {
  const labels = new Set<string>()
  const report = await runExperiment(experiment, {
    scale: 'quick',
    dataFolder: '/no such folder',
    onProgress: (_, label) => void labels.add(label),
  })
  expect(report.complete).toBe(true)
  expect(report.claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(report.claims.filter(({ pass }) => pass === true)).toHaveLength(5)
  expect(
    report.claims
      .filter(({ pass }) => pass === null)
      .map(({ claim }) => claim)
      .join(),
  ).toMatch(/cosine.*zero start/)
  expect(report.tables).toHaveLength(3)
  expect(report.figures).toHaveLength(3)
  expect(report.notes.join()).toContain('Not reproduced')
  expect(labels.size).toBeGreaterThan(10)
})

test('it can be stopped, and reports what it has', async () => {
  const controller = new AbortController()
  const onProgress = (fraction: number) => fraction > 0.06 && controller.abort()
  const report = await runExperiment(experiment, { scale: 'quick', signal: controller.signal, onProgress })
  expect(report.complete).toBe(false)
  expect(report.claims.length).toBe(3)
})

test('a9a is left out where there is none; the same seed trains to the same loss, and a rate out of range diverges', async () => {
  const context = { seed: 3, dataFolder: '/no such folder' } as never
  expect(await loadProblem('a9a', context)).toBeNull()
  const problem = (await loadProblem('iris', context))!
  expect([problem.columns, problem.classes, problem.labels.length]).toEqual([4, 3, 150])
  const trainer = new Trainer(problem, (network) => network.parameters.fill(0))
  const linear = schedule('linear', { steps: 300 })
  const loss = trainer.run(linear, 1, 7)
  expect(trainer.run(linear, 1, 7)).toBe(loss)
  expect(trainer.run(linear, 1, 8)).not.toBe(loss)
  expect(trainer.run(linear, 1e12, 7)).toBe(Infinity)
  const { value, gradient } = await trainer.optimum(undefined)
  expect(loss).toBeGreaterThan(value)
  expect(gradient).toBeLessThan(1e-6)
})

test('a network by SGD and by Adam, with the norms of each', async () => {
  const report = await runExperiment((context) => network(context, 0, 1, { T: 40, count: 1 }))
  expect(report.claims.map(({ pass }) => pass)).toEqual([null, null])
  const { rows } = report.tables[0]
  expect(rows.map(([method, name]) => `${method} ${name}`).filter((name) => name.includes('refined'))).toEqual([
    'SGD refined, l2',
    'Adam refined, l1',
    'Adam refined, l2',
    'Adam refined, weighted-l1',
  ])
  for (const [, , loss] of rows) expect(Number(loss)).toBeLessThan(2.5)
})
