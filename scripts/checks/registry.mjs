// Releases all packages to a registry on this machine, installs three of them by name with npm and
// with pnpm in empty projects and runs their first examples; then releases a patch of the core.
// node scripts/checks/registry.mjs
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runServer } from 'verdaccio'
import { codeBlocks } from '../lib/code-blocks.mjs'
import { run } from '../lib/concurrently.mjs'
import { SAFE_END } from '../lib/node-flags.mjs'
import { publishedPackages, readJson, root } from '../lib/packages.mjs'

const INSTALLED = ['sinkhorn-sns', 'lion', 'el2n-pruning']

const work = mkdtempSync(join(tmpdir(), 'opt-registry-'))
const clone = join(work, 'opt')
const bin = (name) => join(clone, 'node_modules', '.bin', name)

async function must(what, promise) {
  const { ok, stdout, text } = await promise
  if (!ok) throw new Error(`${what} failed\n${text}`)
  return stdout
}

/** Starts a registry on a free port that knows @opt by itself and asks npm's for everything else. */
async function startRegistry() {
  const upstream = (await must('npm config', run('npm', ['config', 'get', 'registry'], root))).trim()
  const open = { access: '$all', publish: '$all', unpublish: '$all' }
  const app = await runServer({
    self_path: work,
    storage: join(work, 'storage'),
    uplinks: { npm: { url: upstream, timeout: '600s', max_fails: 100 } },
    packages: { '@opt/*': open, '**': { access: '$all', proxy: 'npm' } },
    log: { type: 'stdout', level: 'fatal' },
  })
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve))
  return app
}

const server = await startRegistry()
const host = `127.0.0.1:${server.address().port}`
const settings = join(work, 'npmrc')
writeFileSync(settings, `registry=http://${host}/\n//${host}/:_authToken=anyone\n`)
const env = { ...process.env, npm_config_userconfig: settings, NPM_CONFIG_USERCONFIG: settings }
env.TURBO_CACHE_DIR ??= join(root, '.turbo', 'cache')
const inClone = (command, ...args) => run(command, args, clone, env)
const git = (...args) =>
  must(`git ${args[0]}`, inClone('git', '-c', 'user.name=check', '-c', 'user.email=check@localhost', ...args))

/** Writes the versions and changelogs of the changesets that wait, and marks the commit as checked. */
async function version(message) {
  await must('changeset version', inClone('npm', 'run', '--silent', 'version'))
  await git('add', '--all')
  await git('commit', '--quiet', '--message', message)
  writeFileSync(join(clone, '.ci', 'passed'), await git('rev-parse', 'HEAD'))
}

/** Returns the packages of the registry as name@version. */
async function published() {
  const names = publishedPackages().map(({ manifest }) => manifest.name)
  const found = await Promise.all(
    names.map(async (name) => {
      const answer = await fetch(`http://${host}/${name.replace('/', '%2f')}`)
      return answer.ok ? Object.keys((await answer.json()).versions).map((one) => `${name}@${one}`) : []
    }),
  )
  return found.flat()
}

const problems = []
try {
  await must('git clone', run('git', ['clone', '--quiet', root, clone], work))
  const manifest = join(clone, 'package.json')
  const { repository } = readJson(manifest)
  await must('npm install', inClone('node', 'scripts/setup.mjs', 'install'))
  const change = (name) => writeFileSync(join(clone, '.changeset', name), "---\n'@opt/core': patch\n---\n\nA patch.\n")

  change('first.md')
  const early = await inClone('node', 'scripts/jobs/release.mjs')
  for (const reason of ['placeholder', '.ci/run has not passed', 'changesets wait'])
    if (early.ok || !early.text.includes(reason)) problems.push(`release does not refuse: ${reason}\n${early.text}`)

  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(repository, `http://${host}/opt`))
  await version('first release')
  await must('release', inClone('node', 'scripts/jobs/release.mjs'))
  const first = await published()
  const missing = publishedPackages().filter(
    ({ manifest: { name } }) => !first.some((one) => one.startsWith(`${name}@`)),
  )
  if (missing.length > 0) problems.push(`not published: ${missing.map(({ manifest: { name } }) => name)}`)
  console.log(`registry: ${first.length} packages published`)

  for (const manager of ['npm', bin('pnpm')]) problems.push(...(await installProblems(manager)))

  change('second.md')
  await version('a patch of the core')
  await must('release', inClone('node', 'scripts/jobs/release.mjs'))
  const followed = (await published()).filter((one) => !first.includes(one))
  console.log(`registry: a patch of the core published ${followed.join(', ')}`)
  const { version: patched } = readJson(join(clone, 'packages', 'core', 'package.json'))
  if (followed.join() !== `@opt/core@${patched}`) problems.push(`a patch of the core published ${followed}`)
} finally {
  server.close()
  rmSync(work, { recursive: true, force: true })
}
for (const problem of problems) console.error(problem)
process.exit(problems.length > 0 ? 1 : 0)

function readmeOf(name) {
  return readFileSync(join(root, 'packages', 'papers', name, 'README.md'), 'utf8')
}

/** Returns the packages that a README's first line of installation names. */
function installLine(name) {
  return /^npm install ([^#\n]*)/m.exec(readmeOf(name))[1].trim().split(/\s+/)
}

/** Installs packages by name in an empty project and runs the first example of their READMEs. */
async function installProblems(manager) {
  const name = manager.split('/').at(-1)
  const project = join(work, name)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }')
  const flags = name === 'npm' ? ['--no-audit', '--no-fund'] : ['--config.minimum-release-age=0']
  const packages = [...new Set(INSTALLED.flatMap(installLine))]
  await must(`${name} install`, run(manager, [name === 'npm' ? 'install' : 'add', ...flags, ...packages], project, env))
  const wrong = []
  for (const one of INSTALLED) {
    const { code, output } = codeBlocks(readmeOf(one)).find(({ output }) => output !== null)
    writeFileSync(join(project, `${one}.mjs`), code)
    const { stdout, text } = await run(process.execPath, [...SAFE_END, `${one}.mjs`], project)
    if (stdout.trim() !== output.trim()) wrong.push(`${name}: the example of @opt/${one} prints\n${text}`)
  }
  console.log(`registry: ${INSTALLED.join(', ')} installed by ${name}`)
  return wrong
}
