import { runExperiment } from '@opt/core/experiment'
import { digitsFolder } from '../../../../scripts/lib/digits-folder.mjs'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'

test('the claims hold at small scale, and what does not carry over is printed', async () => {
  const dataFolder = digitsFolder()
  const { claims, complete, figures, tables } = await runExperiment(experiment, { scale: 'quick', dataFolder })
  expect(complete).toBe(true)
  expect(claims.map(({ pass }) => pass)).toEqual([true, true, null, null, true, null, null])
  expect([figures.length, tables.length]).toEqual([1, 4])
})

test('without data the quadratics are still there, and a note says so', async () => {
  const { claims, notes } = await runExperiment(experiment, { scale: 'quick', dataFolder: '/nowhere' })
  expect(claims).toHaveLength(4)
  expect(notes.at(-1)).toMatch(/network was not trained/)
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
