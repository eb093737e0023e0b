// Runs scripts/digest.mjs on the built package in this Node, Node 20, Node 24 and Chromium, as WebAssembly and in plain JavaScript,
// and fails when one differs from test/golden/digests.json. --write renews that file from this Node.
// Chromium: CHROMIUM, or where Debian has it. Other Nodes come by npx.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumPath } from '../../../scripts/lib/chromium.mjs'
import { digests } from './digest.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const golden = join(here, '..', 'test', 'golden', 'legacy-digests.json')
const core = new URL('../dist/index.js', import.meta.url)
const module = JSON.stringify(core.href)
const digest = JSON.stringify(new URL('digest.mjs', import.meta.url).href)
const both = `JSON.stringify([d.digests(core), d.digests(core, { plain: true })])`

function inNode(major) {
  const code = `import * as core from ${module}
    import * as d from ${digest}
    console.log(process.versions.node)
    console.log(${both})`
  const args = ['-y', '-p', `node@${major}`, 'node', '--input-type=module', '-e', code]
  const output = execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [version, answer] = output.trim().split('\n').slice(-2)
  return [`Node ${version}`, JSON.parse(answer)]
}

/** Once in a plain page, once in one whose policy forbids WebAssembly. */
async function inChromium(executablePath) {
  const { build } = await import('esbuild')
  const { chromium } = await import('playwright-core')
  const contents = `import * as core from ${JSON.stringify(fileURLToPath(core))}
    import * as d from './digest.mjs'
    window.answer = ${both}`
  const stdin = { contents, resolveDir: here }
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'iife' })
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  const strict = `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">`
  const answers = []
  for (const head of ['', strict]) {
    const page = await browser.newPage()
    page.setDefaultTimeout(600_000)
    await page.setContent(`<!doctype html><head>${head}</head>`)
    await page.addScriptTag({ content: outputFiles[0].text })
    answers.push(JSON.parse(await page.evaluate(() => window.answer)))
  }
  const version = browser.version()
  await browser.close()
  return [
    [`Chromium ${version}`, answers[0]],
    [`Chromium ${version} under script-src`, answers[1], false],
  ]
}

const library = await import(core)
if (process.argv.includes('--write')) writeFileSync(golden, `${JSON.stringify(digests(library).values, null, 2)}\n`)
const wanted = JSON.parse(readFileSync(golden, 'utf8'))

let failed = false
function report(engine, [first, second], hasWasm = true) {
  for (const [kind, values] of [
    [first.wasm ? 'wasm' : 'fallback', first.values],
    ['plain', second.values],
  ]) {
    const wrong = Object.keys({ ...wanted, ...values }).filter((name) => values[name] !== wanted[name])
    console.log(`${engine}, ${kind}: ${wrong.length === 0 ? 'the same bits' : `differs in ${wrong.join(', ')}`}`)
    failed ||= wrong.length > 0
  }
  if (first.wasm === hasWasm) return
  console.log(`${engine}: WebAssembly ${hasWasm ? 'is missing' : 'should have been refused'}`)
  failed = true
}

report(`this Node, ${process.versions.node}`, [digests(library), digests(library, { plain: true })])
for (const major of [20, 24]) report(...inNode(major))
if (chromiumPath) for (const answer of await inChromium(chromiumPath)) report(...answer)
else console.log('Chromium is not there: set CHROMIUM to its path')
if (failed) process.exit(1)
