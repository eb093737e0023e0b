import { runExperiment } from '@opt/core/experiment'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'

test('the claims hold at small scale, and what does not carry over is printed', async () => {
  const { claims, complete, figures, tables } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.map(({ pass }) => pass)).toEqual([true, true, null, null, true, null, null])
  expect([figures.length, tables.length]).toEqual([1, 4])
})

test.each([
  [0, true],
  [40, false],
])('the demo, valley at %d degrees: AdaHessian ahead of Adam %s', (angle, ahead) => {
  const controls = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
  const last = [...demo.run({ ...controls, angle })].at(-1)?.readout ?? []
  const [ours, adam] = last.map(([, text]) => Number(/[\d.]+e[+-]\d+/.exec(text)?.[0]))
  expect(ours < adam).toBe(ahead)
})
