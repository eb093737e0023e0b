import type { Figure } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const paper = (): api.Paper => ({
  name: 'good',
  version: '1.2.3',
  title: 'A Title',
  authors: ['Ada Byron'],
  year: 2024,
  venue: 'ICLR',
  arXiv: '2401.00000',
  topic: 'testing',
  tasks: ['I need a fixture'],
  summary: 'What it is for.',
  module: new URL('./fixtures/none.mjs', import.meta.url).href,
})

const claims = () => [{ claim: 'Faster', paper: '10x', ours: '12x', pass: true as boolean | null }]

const figures = (): Figure[] => {
  const named = { title: 'A title', caption: 'A caption.' }
  const axes = { x: { label: 'x', scale: 'linear' as const }, y: { label: 'y', scale: 'log' as const } }
  const image = { width: 2, height: 1, channels: 1 as const, data: Uint8Array.of(0, 9), label: 'a picture' }
  const series = { label: 'ours', x: [0, 1], y: [1, 0.1], low: [0.5, 0.05], high: [2, 0.2], dashed: true }
  return [
    { kind: 'line', ...named, ...axes, series: [series] },
    { kind: 'scatter', ...named, ...axes, series: [{ ...series, y: Float64Array.of(1, 2) }] },
    { kind: 'bar', ...named, x: axes.x, y: axes.x, series: [{ label: 'ours', x: ['a', 'b'], y: [1, 2] }] },
    { kind: 'histogram', ...named, x: axes.y, bins: 3, series: [{ label: 'ours', values: [1, 2, 2] }] },
    { kind: 'images', ...named, images: [image] },
    { kind: 'heatmap', ...named, image },
  ]
}

const run = (drawn: Figure[]): api.Reproduction => ({
  date: '2024-02-29T12:34:56.000Z',
  machine: { cpu: 'a CPU', cores: 2, node: 'v20.19.0', platform: 'linux x64' },
  scale: 'quick',
  seed: 5,
  seconds: 1,
  results: [
    {
      paper: paper(),
      outcome: 'failed',
      failure: { message: 'why' },
      claims: claims(),
      figures: drawn,
      tables: [{ title: 'Times', columns: ['n', 's'], rows: [['a', 10]] }],
      notes: ['A note'],
      complete: true,
      seconds: 1,
    },
  ],
})

/** The numbers of figures are deeper in a run than the fuzzer looks. */
const figuresInPage = (...drawn: Figure[]) => api.renderReport(run(drawn))

/** Without its times answers can be compared. */
const reproduce = async (...args: Parameters<typeof api.reproduce>) => ({
  ...(await api.reproduce(...args)),
  date: '',
  seconds: 0,
})

fuzz(
  { ...api, figuresInPage, reproduce },
  {
    findPaper: {
      args: () => [[paper()], '@opt/good'],
      loose: Object.keys(paper()).flatMap((key) => (key === 'name' ? [] : [`0.0.${key}`])),
      nonFinite: 'the paper as it was given',
    },
    papers: { skip: 'a list' },
    exitCode: {
      args: () => [{ scale: 'full', results: [{ outcome: 'complete', claims: [{ pass: true }] }] }],
      open: ['0'],
    },
    tally: () => [[{ claims: [{ pass: true }] }]],
    renderReport: {
      args: () => [run(figures())],
      open: ['0'],
      loose: ['0.results.0.complete'],
      nonFinite: 'gaps in curves',
    },
    figuresInPage: {
      args: figures,
      open: ['5'],
      says: ['renderReport'],
      loose: ['0.series.0.x', '1.series.0.x'],
      nonFinite: 'gaps in curves',
    },
    reproduce: {
      // Aborted: no process is started, but where the signal is changed.
      args: () => [
        [paper()],
        {
          scale: 'quick',
          seed: 3,
          dataFolder: 'data',
          jobs: 2,
          signal: AbortSignal.abort(),
          onStart: () => {},
          onProgress: () => {},
          onPrint: () => {},
          onResult: () => {},
        },
      ],
    },
  },
)
