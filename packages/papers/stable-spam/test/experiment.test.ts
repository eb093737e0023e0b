import { runExperiment } from '@opt/core/experiment'
import demo from '../demo/index.ts'
import { quantize4 } from '../src/experiment/quantize.ts'
import { experiment } from '../src/experiment.ts'

test('the claims hold at small scale, and the controls are printed', async () => {
  const { claims, complete, figures, tables } = await runExperiment(experiment, { scale: 'quick' })
  expect(complete).toBe(true)
  expect(claims.map(({ pass }) => pass)).toEqual([true, null, true, null, null])
  expect([figures.length, tables.length]).toEqual([2, 1])
})

test('4 bits: at most 16 values a group, 0 stays 0, errors of half a step', () => {
  const from = Float64Array.from({ length: 70 }, (_, i) => (i % 7 === 0 ? 0 : Math.sin(i) * (1 + i)))
  const to = new Float64Array(70)
  quantize4(from, to)
  for (const [start, end] of [
    [0, 32],
    [32, 64],
    [64, 70],
  ]) {
    const [group, seen] = [from.slice(start, end), to.slice(start, end)]
    const step = (Math.max(...group) - Math.min(...group)) / 15
    expect(new Set(seen).size).toBeLessThanOrEqual(16)
    group.forEach((v, i) => {
      expect(Math.abs(seen[i] - v)).toBeLessThanOrEqual(step * 1.000001)
      if (v === 0) expect(seen[i]).toBeCloseTo(0, 12)
    })
  }
})

test('the demo: at the end of the last spike Adam is worse than Stable-SPAM', () => {
  const controls = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
  const worst = [0, 0, 0]
  for (const { figures } of demo.run(controls)) {
    const [figure] = figures
    if (figure.kind !== 'line') throw new Error('the figure is no line')
    figure.series.forEach(({ y }, k) => {
      for (let i = 200; i < y.length; i++) worst[k] = Math.max(worst[k], y[i])
    })
  }
  expect(worst[2]).toBeLessThan(worst[0] / 3)
})
