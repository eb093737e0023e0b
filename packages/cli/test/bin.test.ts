import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

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
  const { code, out, err } = await run(FIXTURES, ['reproduce', 'slow', 'good', '--json'], 'must not disturb')
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
