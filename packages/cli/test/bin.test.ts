import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ifUnix } from './unix.ts'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const BIN = path('../dist/bin.js')
const FIXTURES = path('./fixtures/bin.mjs')

/** Runs the built command; sends the signals once the text is seen on stderr. */
function run(file: string, words: string[], text?: string, signals: NodeJS.Signals[] = ['SIGINT']) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    let sent = false
    child.stdout.on('data', (piece) => (out += piece))
    child.stderr.on('data', (piece) => {
      err += piece
      if (sent || text === undefined || !err.includes(text)) return
      sent = true
      for (const signal of signals) child.kill(signal)
    })
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opt-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the built command lists the real catalogue, shows help and its version', async () => {
  const { code, out } = await run(BIN, ['list'])
  expect(code).toBe(0)
  expect(out).toContain('sinkhorn-sns')
  expect((await run(BIN, ['--version'])).out).toMatch(/^opt\/\d+\.\d+\.\d+/)
  expect((await run(BIN, ['reproduce', '--help'])).out).toContain('--quick')
  expect((await run(BIN, [])).out).toContain('reproduce [...papers]')
  expect((await run(BIN, ['nonsense'])).code).toBe(1)
})

test('--json keeps the output of experiments off stdout, and Ctrl-C ends with the results so far', async () => {
  const words = ['reproduce', 'slow', 'good', '--json', '--jobs', '1']
  const { code, out, err } = await run(FIXTURES, words, 'must not disturb')
  expect(code).toBe(130)
  expect(err).toContain('Stopping')
  const { complete, results } = JSON.parse(out)
  expect(complete).toBe(false)
  expect(results).toMatchObject([
    { outcome: 'interrupted', claims: [{ claim: 'Said before Ctrl-C' }] },
    { outcome: 'waiting' },
  ])
})

test('Ctrl-C writes a partial report even of an experiment that never yields', async () => {
  const report = join(folder, 'partial.html')
  const { code, out } = await run(FIXTURES, ['reproduce', 'short', 'stuck', '--out', report], 'now it is stuck')
  expect(code).toBe(130)
  expect(out).toContain(`Interrupted: the report is partial. Written to ${report}`)
  const html = readFileSync(report, 'utf8')
  expect(html).toContain('This run was interrupted: the report is partial')
  expect(html).toContain('Ten times faster')
})

test('a second signal ends at once, without a report', async () => {
  const report = join(folder, 'none.html')
  const words = ['reproduce', 'stuck', '--out', report]
  // Of two of one kind the system may deliver one; of two kinds either may come first.
  const { code, out } = await run(FIXTURES, words, 'now it is stuck', ['SIGINT', 'SIGTERM'])
  expect([130, 143]).toContain(code)
  expect(out).toBe('')
  expect(existsSync(report)).toBe(false)
})

ifUnix('papers whose processes cannot be started have failed', () => {
  const script = 'ulimit -n 200 && exec "$0" "$1"'
  const out = execFileSync('sh', ['-c', script, process.execPath, path('./fixtures/no-descriptors.mjs')], {
    encoding: 'utf8',
  })
  const failed = ['failed', expect.stringMatching(/^the experiment's process ended early \(spawn .* EMFILE\)$/)]
  expect(JSON.parse(out)).toEqual([failed, failed])
})

describe('signals while papers run side by side', () => {
  let meeting: string
  beforeEach(() => {
    meeting = mkdtempSync(join(tmpdir(), 'opt-cli-'))
  })
  afterEach(() => rmSync(meeting, { recursive: true }))

  const running = () => readdirSync(meeting).filter((name) => name.endsWith('.pid'))

  /** Runs the command with two papers that never end; sends the signals once both run. */
  async function interrupted(signals: NodeJS.Signals[], ...more: string[]) {
    const words = ['reproduce', 'short', 'stuck', 'slow', 'good', '--jobs', '2', '--data', meeting, ...more]
    const child = spawn(process.execPath, [FIXTURES, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (piece) => (out += piece))
    child.stderr.on('data', (piece) => (err += piece))
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
    while (running().length < 2) await turn()
    for (const signal of signals) child.kill(signal)
    return { code: await closed, out, err }
  }

  /** Waits until the papers' processes have ended. */
  async function expectNoneLeft() {
    const pids = running().map((name) => Number(readFileSync(join(meeting, name), 'utf8')))
    expect(pids).toHaveLength(2)
    for (const pid of pids) while (alive(pid)) await turn()
  }

  test('the first ends all running papers, and the results so far are told', async () => {
    const { code, out, err } = await interrupted(['SIGINT'], '--json')
    expect(code).toBe(130)
    expect(err).toContain('Stopping')
    const { complete, results } = JSON.parse(out)
    expect(complete).toBe(false)
    expect(results).toMatchObject([
      { outcome: 'complete', claims: [{ claim: 'Ten times faster' }] },
      { outcome: 'interrupted', claims: [{ claim: 'Said before it got stuck' }] },
      { outcome: 'interrupted', claims: [{ claim: 'Said before Ctrl-C' }] },
      { outcome: 'waiting', claims: [] },
    ])
    await expectNoneLeft()
  })

  test('the first still writes the report; SIGTERM gives 143', async () => {
    const report = join(meeting, 'partial.html')
    const { code, out } = await interrupted(['SIGTERM'], '--out', report)
    expect(code).toBe(143)
    expect(out).toContain(`Interrupted: the report is partial. Written to ${report}`)
    expect(out).toMatch(/4 papers, 0 claims pass, 1 falls short, 2 reported, 3 interrupted/)
    expect(readFileSync(report, 'utf8')).toContain('Said before it got stuck')
    await expectNoneLeft()
  })

  test('the second ends at once, without a report, and leaves no process', async () => {
    const report = join(meeting, 'none.html')
    const { code } = await interrupted(['SIGINT', 'SIGTERM'], '--out', report)
    expect([130, 143]).toContain(code)
    expect(existsSync(report)).toBe(false)
    await expectNoneLeft()
  })
})

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))

/** Whether a process runs; one that has ended may still be listed until its parent looks (state Z). */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s*Z/m.test(existsSync('/proc/self/status') ? readFileSync(`/proc/${pid}/status`, 'utf8') : '')
  } catch {
    return false
  }
}
