import type { ExperimentReport, Figure } from '@opt/core'
import { parseHTML } from 'linkedom'
import { exitCode, type PaperResult, type Reproduction, renderReport } from '../src/index.ts'
import { papers } from './fixtures/papers.mjs'

const result = (report: Partial<ExperimentReport & PaperResult>): PaperResult => ({
  paper: papers[0]!,
  outcome: 'complete',
  claims: [],
  tables: [],
  figures: [],
  notes: [],
  complete: true,
  seconds: 1,
  ...report,
})

const run = (results: PaperResult[]): Reproduction => ({
  date: '2024-02-29T12:34:56.000Z',
  machine: { cpu: 'A <CPU>', cores: 2, node: 'v20.19.0', platform: 'linux x64' },
  scale: 'quick',
  seed: 5,
  results,
  seconds: 83,
})

const rendered = async (...results: PaperResult[]) => {
  const html = await renderReport(run(results))
  return { html, document: parseHTML(html).document }
}

const drawn = async (figure: Figure) =>
  (await rendered(result({ figures: [figure] }))).document.querySelector('figure')!

/** Every opened element is closed, in order. */
function unbalanced(html: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  const body = html.replace(/<style>[\s\S]*?<\/style>/g, '').replace(/<!doctype html>/, '')
  for (const [, close, name, rest] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/gi)) {
    if (['meta', 'img', 'br'].includes(name!) || rest!.endsWith('/')) continue
    if (!close) open.push(name!)
    else if (open.pop() !== name) wrong.push(name!)
  }
  return [...wrong, ...open]
}

const line: Figure = {
  kind: 'line',
  title: 'Error & <time>',
  caption: 'A caption.',
  x: { label: 'iteration' },
  y: { label: 'error', scale: 'log' },
  series: [
    { label: 'ours', x: [0, 1, 2, 3], y: [1, 1e-3, 1e-7, 0], low: [0.5, 5e-4, 5e-8, 0], high: [2, 2e-3, 2e-7, 1e-9] },
    { label: 'paper', x: [0, 1, 2, 3], y: [1, 1e-2, 1e-4, NaN], dashed: true },
  ],
}

describe('the page', () => {
  test('is well-formed and self-contained, with every claim, table and note', async () => {
    const claims = [
      { claim: 'Faster than <all>', paper: '10x', ours: '12x', pass: true },
      { claim: 'Smaller', paper: '', ours: '3', pass: false },
      { claim: '"Nicer"', paper: '1', ours: '1', pass: null },
    ]
    const tables = [
      {
        title: 'Times',
        columns: ['n', 'note'],
        rows: [
          [10, 'a'],
          [0.000123456, '<b>'],
        ],
      },
    ]
    const { html, document } = await rendered(result({ claims, tables, notes: ['Mind the & sign'], figures: [line] }))
    expect(unbalanced(html)).toEqual([])
    const rows = [...document.querySelectorAll('.claims tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent),
    )
    expect(rows).toEqual([
      ['Faster than <all>', '10x', '12x', 'pass'],
      ['Smaller', '–', '3', 'falls short'],
      ['"Nicer"', '1', '1', 'reported'],
    ])
    expect(document.body.textContent).toContain('Mind the & sign')
    expect([...document.querySelectorAll('.scroll td')].map((cell) => cell.textContent)).toEqual([
      '10',
      'a',
      '1.23e-4',
      '<b>',
    ])
    expect(document.querySelector('script, link, iframe')).toBeNull()
    expect(html).not.toMatch(/(?:src|url)\s*[=(]\s*["']?https?:/)
  })

  test('shows date, machine, seed, scale and results', async () => {
    const { document } = await rendered(
      result({ claims: [{ claim: 'a', paper: '', ours: '', pass: true }] }),
      result({ paper: papers[1]!, outcome: 'waiting' }),
    )
    const header = document.querySelector('header')!.textContent!
    for (const text of [
      '2024-02-29 12:34 UTC',
      'A <CPU>, 2 cores, linux x64',
      'v20.19.0',
      'quick',
      '5',
      '1 claim passes',
    ])
      expect(header).toContain(text)
    expect(header).toContain('the report is partial')
    expect([...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))).toEqual([
      '#good',
      '#short',
    ])
    for (const { name } of papers.slice(0, 2)) expect(document.getElementById(name)).not.toBeNull()
  })
})

test('text of experiments is escaped', async () => {
  const evil = (name: string) => `</${name}>"'><script>alert(1)</script><img src=x onerror=alert(2)>$&\u001b[2J\u202e`
  const axes = { x: { label: evil('x') }, y: { label: evil('y') } }
  const image = { width: 2, height: 1, channels: 1 as const, data: [0, 9], label: evil('image') }
  const named = { title: evil('title'), caption: evil('caption') }
  const figures: Figure[] = [
    { kind: 'line', ...named, ...axes, series: [{ label: evil('series'), x: [evil('a'), evil('b')], y: [1, 2] }] },
    { kind: 'scatter', ...named, ...axes, series: [{ label: evil('series'), x: [1, 2], y: [1, 2] }] },
    { kind: 'bar', ...named, ...axes, series: [{ label: evil('series'), x: [evil('bar'), 'b'], y: [1, 2] }] },
    { kind: 'histogram', ...named, x: axes.x, series: [{ label: evil('series'), values: [1, 2, 2] }] },
    { kind: 'images', ...named, images: [image] },
    { kind: 'heatmap', ...named, image },
  ]
  const all = result({
    paper: { ...papers[0]!, name: evil('name'), title: evil('paper'), summary: evil('summary'), arXiv: evil('arxiv') },
    claims: [{ claim: evil('claim'), paper: evil('theirs'), ours: evil('ours'), pass: true }],
    tables: [{ title: evil('table'), columns: [evil('column')], rows: [[evil('cell')]] }],
    notes: [evil('note')],
    figures,
  })
  const failed = { ...all, outcome: 'failed' as const, failure: { message: evil('failure') } }
  const { html, document } = await rendered(all, failed, { ...failed, outcome: 'absent' })
  expect(document.querySelectorAll('script').length).toBe(0)
  expect([...document.querySelectorAll('img')].filter((picture) => picture.hasAttribute('onerror'))).toEqual([])
  expect(html).not.toContain('<script')
  expect(unbalanced(html)).toEqual([])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(html).not.toMatch(/[\u001b\u202e]/)
})

describe('figures', () => {
  test('a line chart has a path for each series, bands, dashes, legend, caption and an accessible name', async () => {
    const figure = await drawn(line)
    expect(figure.querySelector('h4')!.textContent).toBe('Error & <time>')
    expect(figure.querySelector('figcaption p')!.textContent).toBe('A caption.')
    expect([...figure.querySelectorAll('.legend li')].map((entry) => entry.textContent)).toEqual(['ours', 'paper'])
    const svg = figure.querySelector('svg.plot')!
    expect(svg.getAttribute('role')).toBe('img')
    expect(svg.getAttribute('aria-label')).toBe(
      'Line chart: Error & <time>. error against iteration; series ours, paper',
    )
    expect(svg.querySelectorAll('[aria-label="line"] path')).toHaveLength(2)
    expect(svg.querySelectorAll('[aria-label="area"] path')).toHaveLength(1)
    expect(svg.querySelector('[stroke-dasharray]')).not.toBeNull()
    expect(svg.outerHTML).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('log axes drop nonpositive values and label powers of ten', async () => {
    const labels = [...(await drawn(line)).querySelectorAll('[aria-label="y-axis tick label"] text')]
    const texts = labels.map((label) => label.textContent)
    expect(texts).toContain('10⁻⁶')
    expect(texts.length).toBeGreaterThanOrEqual(3)
    const empty = await drawn({ ...line, series: [{ label: 'zeros', x: [0, 1], y: [0, -1] }] } as Figure)
    expect(empty.textContent).toContain('No value that these axes can show')
  })

  test('log ticks keep their labels whatever the range', async () => {
    const ticks = async (values: number[]) => {
      const figure = await drawn({
        kind: 'scatter',
        title: 't',
        x: { label: 'n', scale: 'log' },
        y: { label: 'y' },
        series: [{ label: '', x: values, y: values }],
      })
      return [...figure.querySelectorAll('[aria-label="x-axis tick label"] text')].map((text) => text.textContent)
    }
    expect(await ticks([100, 2000])).toEqual(['100', '200', '500', '1000', '2000'])
    expect(await ticks([0.55, 1.05])).toEqual(['0.6', '0.7', '0.8', '0.9', '1'])
    expect(await ticks([1.01, 1.05])).toEqual(['1.01', '1.02', '1.03', '1.04', '1.05'])
    expect(await ticks([1e-12, 1])).toEqual(['10⁻¹²', '10⁻¹⁰', '10⁻⁸', '10⁻⁶', '10⁻⁴', '10⁻²', '10⁰'])
  })

  test('scatter, bar and histogram draw a mark for every value', async () => {
    const x = { label: 'x' }
    const y = { label: 'y' }
    const scatter = await drawn({
      kind: 'scatter',
      title: 's',
      x,
      y,
      series: [{ label: '', x: [1, 2, 3], y: [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4] }],
    })
    expect(scatter.querySelectorAll('[aria-label="dot"] circle, [aria-label="dot"] path')).toHaveLength(3)
    expect(scatter.querySelectorAll('[aria-label="rule"] line')).toHaveLength(3)
    for (const names of [
      ['a', 'b'],
      ['a name too long to stand', 'another name too long to stand below'],
    ]) {
      const bar = await drawn({
        kind: 'bar',
        title: 'b',
        x,
        y,
        series: [
          { label: 'p', x: names, y: [1, 2] },
          { label: 'q', x: names, y: [3, 4] },
        ],
      })
      expect(bar.querySelectorAll('[aria-label="rect"] path, [aria-label="rect"] rect')).toHaveLength(4)
      expect(bar.textContent!.replace(/\s+/g, '')).toContain(names[1]!.replace(/\s+/g, ''))
    }
    const histogram = await drawn({
      kind: 'histogram',
      title: 'h',
      x,
      bins: 4,
      series: [{ label: '', values: [0, 1, 1, 2, 3, 4] }],
    })
    expect(histogram.querySelectorAll('[aria-label="rect"] path, [aria-label="rect"] rect')).toHaveLength(4)
  })

  test('a long curve is thinned without losing its extremes', async () => {
    const n = 100_000
    const y = Float64Array.from({ length: n }, (_, i) => (i === 77_777 ? 50 : Math.sin(i / 1000)))
    const x = Float64Array.from({ length: n }, (_, i) => i)
    const svg = (
      await drawn({ kind: 'line', title: 'l', x: { label: '' }, y: { label: '' }, series: [{ label: '', x, y }] })
    ).querySelector('svg.plot')!
    const path = svg.querySelector('[aria-label="line"] path')!.getAttribute('d')!
    const heights = path.match(/,(-?[\d.]+)/g)!.map((text) => Number(text.slice(1)))
    expect(path.length).toBeLessThan(30_000)
    expect(Math.min(...heights)).toBeLessThan(Math.max(...heights) - 150)
  })

  test('pictures are embedded PNGs with alternative texts', async () => {
    const image = { width: 2, height: 2, channels: 1 as const, data: [0, 300, -5, 128], label: 'four pixels' }
    const images = await drawn({ kind: 'images', title: 'i', images: [image] })
    const tag = images.querySelector('img')!
    expect(tag.getAttribute('alt')).toBe('four pixels')
    expect(tag.getAttribute('src')).toMatch(/^data:image\/png;base64,iVBOR/)
    const map = await drawn({ kind: 'heatmap', title: 'A map', image: { ...image, label: '' } })
    expect(map.querySelector('img')!.getAttribute('src')).toMatch(/^data:image\/png;base64,iVBOR/)
    expect(map.textContent).toContain('high')
  })
})

describe('the exit code', () => {
  const claim = (pass: boolean | null) => ({ claim: '', paper: '', ours: '', pass })
  test.each<[string, Partial<PaperResult>, number]>([
    ['all holds', { claims: [claim(true), claim(null)] }, 0],
    ['one falls short', { claims: [claim(true), claim(false)] }, 1],
    ['it failed', { outcome: 'failed' }, 1],
    ['data are absent', { outcome: 'absent' }, 0],
    ['it was interrupted', { outcome: 'interrupted', claims: [claim(false)] }, 130],
    ['it had no turn', { outcome: 'waiting' }, 130],
  ])('%s', (_, report, code) => {
    expect(exitCode(run([result(report)]))).toBe(code)
  })
})
