import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const BIN = path('../dist/bin.js')
const FIXTURES = path('./fixtures/bin.mjs')

/** Runs the built command; presses Ctrl-C once each of the texts is seen on stderr. */
function run(file: string, words: string[], ...presses: string[]) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (text) => (out += text))
    child.stderr.on('data', (text) => {
      err += text
      while (presses[0] !== undefined && err.includes(presses[0])) {
        presses.shift()
        child.kill('SIGINT')
      }
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

test('--json keeps stdout clean even of an experiment that prints, and Ctrl-C ends with what is known', async () => {
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

test('Ctrl-C writes a partial report even of an experiment that never gives way', async () => {
  const report = join(folder, 'partial.html')
  const { code, out } = await run(FIXTURES, ['reproduce', 'short', 'stuck', '--out', report], 'now it is stuck')
  expect(code).toBe(130)
  expect(out).toContain(`Interrupted: the report is partial. Written to ${report}`)
  const html = readFileSync(report, 'utf8')
  expect(html).toContain('This run was interrupted: the report is partial')
  expect(html).toContain('Ten times faster')
})

test('a second Ctrl-C ends at once, without a report', async () => {
  const report = join(folder, 'none.html')
  const words = ['reproduce', 'stuck', '--out', report]
  const { code, out } = await run(FIXTURES, words, 'now it is stuck', 'Stopping')
  expect(code).toBe(130)
  expect(out).toBe('')
  expect(existsSync(report)).toBe(false)
})
