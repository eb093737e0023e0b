import { runExperiment } from '@opt/core/experiment'
import demo from '../demo/index.ts'
import { experiment } from '../src/experiment.ts'

describe('the experiment', () => {
  test('keeps its claims and draws its figures', async () => {
    const steps: number[] = []
    const report = await runExperiment(experiment, { scale: 'quick', onProgress: (fraction) => steps.push(fraction) })
    expect(report.complete).toBe(true)
    expect(report.claims.map(({ pass }) => pass)).toEqual([null, ...Array(8).fill(true)])
    expect(report.tables).toHaveLength(2)
    expect(report.figures.map(({ kind }) => kind)).toEqual(['line', 'histogram'])
    expect(report.notes.join(' ')).not.toContain('stand in')
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
  })

  test('stops when told', async () => {
    const stop = new AbortController()
    const report = await runExperiment(experiment, {
      scale: 'quick',
      signal: stop.signal,
      onProgress: (fraction) => fraction > 0.1 && stop.abort(),
    })
    expect(report.complete).toBe(false)
    expect(report.claims.length).toBeLessThan(8)
  })
})

describe('the demo', () => {
  const kernels = demo.controls.find(({ name }) => name === 'kernel') as { options: string[] }
  const values = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))

  test.each(kernels.options)('ends inside the set: %s', (kernel) => {
    const frames = [...demo.run({ ...values, kernel })]
    const { readout, figures } = frames.at(-1)!
    expect(Number(Object.fromEntries(readout).violation)).toBeLessThan(1e-3)
    for (const figure of figures)
      if (figure.kind === 'line')
        for (const { x, y } of figure.series) {
          expect(x.length).toBe(y.length)
          expect(Array.from(y).every(Number.isFinite)).toBe(true)
        }
    expect(demo.code({ ...values, kernel })).toContain('new LionK')
  })
})
