import { runExperiment } from '@opt/core/experiment'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'

test('the claims hold at small scale', async () => {
  const { claims, complete, figures, tables } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(claims.filter(({ pass }) => pass === true)).toHaveLength(4)
  expect([figures.length, tables.length]).toEqual([1, 1])
})

test.each(['SGD', 'Adam'])('the demo: %s grows, its twin does not', (family) => {
  const controls = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
  const frames = [...demo.run({ ...controls, family })]
  const [plain, projected] = (frames.at(-1)?.readout ?? []).map(([, text]) => Number(/[\d.]+/.exec(text)?.[0]))
  expect(plain).toBeGreaterThan(1.2 * projected)
  expect(projected).toBeLessThan(3)
})
