import { runExperiment } from '@opt/core/experiment'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'

test('the claims hold, and the control is printed', async () => {
  const { claims, complete, tables } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.map(({ pass }) => pass)).toEqual([true, true, null, null])
  expect(claims[3].ours).toContain('Adam 0.05 ends at -0.300, -0.300, -0.300, -0.300')
  expect(tables[0].rows).toHaveLength(4)
})

test('the demo: on F1 diffGrad ends at the global minimum, Adam does not, and Adam at half the rate does', () => {
  const controls = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
  const last = [...demo.run(controls)].at(-1)?.readout ?? []
  expect(last.map(([, text]) => Number(/-?[\d.]+/.exec(text)?.[0]))).toEqual([0.2, -0.3, -0.3])
})
