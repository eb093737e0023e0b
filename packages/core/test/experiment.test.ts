import { type Experiment, pointSeries, runExperiment } from '../src/experiment.ts'

const experiment: Experiment = async ({ claim, table, figure, note, progress, scale, seed, dataFolder, cores }) => {
  claim({ claim: 'first', paper: '1', ours: '1', pass: true })
  note(`${scale} ${seed} ${dataFolder ?? 'no folder'}, ${cores ?? 'all'} cores`)
  await progress(0.5, 'half way')
  table({ title: 't', columns: ['a'], rows: [[1]] })
  const series = [pointSeries('path', [[0, 1], Float64Array.of(2, 3)]), pointSeries('goal', [[2, 3]], { dashed: true })]
  figure({ kind: 'line', title: 'f', x: { label: 'x' }, y: { label: 'y' }, series })
  await progress(1, 'done')
}

describe('runExperiment', () => {
  test('collects what was said, with the defaults', async () => {
    const seen: [number, string][] = []
    const report = await runExperiment(experiment, {
      onProgress: (fraction, label) => void seen.push([fraction, label]),
    })
    expect(report).toMatchObject({ complete: true, notes: ['standard 0 no folder, all cores'] })
    expect([report.claims.length, report.tables.length]).toEqual([1, 1])
    expect(report.figures.map((shown) => 'series' in shown && shown.series)).toEqual([
      [
        { label: 'path', x: [0, 2], y: [1, 3] },
        { label: 'goal', x: [2], y: [3], dashed: true },
      ],
    ])
    expect(report.seconds).toBeGreaterThanOrEqual(0)
    expect(seen).toEqual([
      [0.5, 'half way'],
      [1, 'done'],
    ])
  })

  test('hands on scale, seed, folder and cores', async () => {
    const { notes } = await runExperiment(experiment, { scale: 'quick', seed: 7, dataFolder: 'data', cores: 2 })
    expect(notes).toEqual(['quick 7 data, 2 cores'])
    await expect(runExperiment(experiment, { cores: 0 })).rejects.toThrow('runExperiment: cores')
  })

  test('keeps what was said before an abort', async () => {
    const controller = new AbortController()
    const report = await runExperiment(experiment, { signal: controller.signal, onProgress: () => controller.abort() })
    expect(report).toMatchObject({ complete: false })
    expect([report.claims.length, report.tables.length]).toEqual([1, 0])
  })

  test('throws any other error on', async () => {
    const broken: Experiment = async () => {
      throw new RangeError('broken')
    }
    await expect(runExperiment(broken)).rejects.toThrow('broken')
  })
})
