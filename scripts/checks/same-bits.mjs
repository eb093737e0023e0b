// Runs the kernels of every package that has a test/kernel-calls.ts in this Node, Node 20, Node 24
// and Chromium, as WebAssembly and in plain JavaScript, and fails when a fingerprint differs from
// the package's test/golden/digests.json. Packages must be built.
// node scripts/checks/same-bits.mjs [--write] [package...]; --write renews those files from this Node.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { chromiumPath } from '../lib/chromium.mjs'
import { allPackages } from '../lib/packages.mjs'

const args = process.argv.slice(2)
const only = args.filter((arg) => !arg.startsWith('--'))
const packages = allPackages().filter(
  ({ folder, manifest }) =>
    existsSync(join(folder, 'test', 'kernel-calls.ts')) &&
    (only.length === 0 || only.some((name) => manifest.name.endsWith(`/${name}`))),
)

/** A script that leaves `{ wasm, values, plain }` as JSON in globalThis.answer. */
async function bundled(folder) {
  const contents = `
    import * as core from '@opt/core'
    import { kernelDigests } from '@opt/testing/kernels'
    import * as module from './test/kernel-calls.ts'
    const { sets, calls, others } = { ...module }
    const digests = (plain) =>
      Object.assign({}, ...sets.map((set) => kernelDigests(core, set, calls, { plain })), others?.())
    globalThis.answer = JSON.stringify({
      wasm: sets.every((set) => set.module() !== null),
      values: digests(false),
      plain: digests(true),
    })`
  const stdin = { contents, resolveDir: folder, loader: 'ts' }
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'iife', platform: 'browser' })
  return outputFiles[0].text
}

function inNode(major, script, scratch) {
  const file = join(scratch, 'digests.cjs')
  writeFileSync(file, `${script}\nconsole.log(process.versions.node)\nconsole.log(globalThis.answer)`)
  const output = execFileSync('npx', ['-y', '-p', `node@${major}`, 'node', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [version, answer] = output.trim().split('\n').slice(-2)
  return { engine: `Node ${version}`, answer: JSON.parse(answer), hasWasm: true }
}

/** Once in a plain page, once in one whose policy forbids WebAssembly. */
async function inChromium(script) {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  const strict = `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">`
  const answers = []
  for (const head of ['', strict]) {
    const page = await browser.newPage()
    page.setDefaultTimeout(600_000)
    await page.setContent(`<!doctype html><head>${head}</head>`)
    await page.addScriptTag({ content: script })
    const engine = `Chromium ${browser.version()}${head && ' under script-src'}`
    answers.push({ engine, answer: JSON.parse(await page.evaluate('globalThis.answer')), hasWasm: head === '' })
  }
  await browser.close()
  return answers
}

let failed = false
const scratch = mkdtempSync(join(tmpdir(), 'same-bits-'))
for (const { folder, manifest } of packages) {
  const script = await bundled(folder)
  const file = join(folder, 'test', 'golden', 'digests.json')
  const [first, ...others] = [20, 24].map((major) => inNode(major, script, scratch))
  if (args.includes('--write')) writeFileSync(file, `${JSON.stringify(first.answer.values, null, 2)}\n`)
  const wanted = JSON.parse(readFileSync(file, 'utf8'))
  for (const { engine, answer, hasWasm } of [first, ...others, ...(chromiumPath ? await inChromium(script) : [])]) {
    for (const [kind, values] of Object.entries({
      [hasWasm ? 'wasm' : 'fallback']: answer.values,
      plain: answer.plain,
    })) {
      const wrong = Object.keys({ ...wanted, ...values }).filter((name) => values[name] !== wanted[name])
      const verdict = wrong.length === 0 ? 'the same bits' : `differs in ${wrong.join(', ')}`
      console.log(`${manifest.name}, ${engine}, ${kind}: ${verdict}`)
      failed ||= wrong.length > 0
    }
    if (answer.wasm === hasWasm) continue
    console.log(`${manifest.name}, ${engine}: WebAssembly ${hasWasm ? 'is missing' : 'should have been refused'}`)
    failed = true
  }
}
rmSync(scratch, { recursive: true })
if (!chromiumPath) console.log('There is no Chromium: set CHROMIUM to its path')
if (failed) process.exit(1)
