// Publishes every package whose version the registry lacks, from a fresh clone of the last commit,
// and tags it. Safe to run again after it broke half-way: what is published stays as it is.
// npm run release [-- --dry-run]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { publishedPackages, repository, root } from '../lib/packages.mjs'

const dryRun = process.argv.includes('--dry-run')
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim()

/** Yields what stands in the way of a release. Types, sizes, licences and tests are those of `.ci/run`. */
function* problems() {
  if (!repository()) yield 'the repository in package.json is a placeholder: give its address'
  const changed = git('status', '--porcelain')
  if (changed) yield `the working tree has changes that are not committed:\n${changed}`
  const commit = git('rev-parse', 'HEAD')
  const mark = join(root, '.ci', 'passed')
  const passed = process.env.OPT_PASSED_COMMIT ?? (existsSync(mark) ? readFileSync(mark, 'utf8').trim() : 'none')
  if (passed !== commit) yield `.ci/run has not passed on ${commit}, but on ${passed}`
  const waiting = readdirSync(join(root, '.changeset')).filter((file) => file.endsWith('.md'))
  if (waiting.length > 0) yield `${waiting.length} changesets wait: run \`npm run version\` and commit`
  for (const { folder, manifest } of publishedPackages()) {
    const log = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')
    if (!log.includes(`\n## ${manifest.version}\n`))
      yield `the changelog of ${manifest.name} does not tell of ${manifest.version}`
  }
}

const found = [...problems()]
for (const problem of found) console.error(`release: ${problem}`)
if (found.length > 0) process.exit(1)

const work = mkdtempSync(join(tmpdir(), 'opt-release-'))
const clone = join(work, 'opt')
const bin = join(clone, 'node_modules', '.bin')
const hasToken = process.env.ACTIONS_ID_TOKEN_REQUEST_URL || process.env.SIGSTORE_ID_TOKEN
const registry = spawnSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).stdout.trim()
const env = {
  ...process.env,
  // changesets asks only this variable where to look for what is published.
  npm_config_registry: registry,
  PATH: bin + delimiter + process.env.PATH,
  // With provenance where the host gives an identity token.
  ...(hasToken && { NPM_CONFIG_PROVENANCE: 'true' }),
}
function must(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: clone, env, stdio: 'inherit' })
  if (status === 0) return
  rmSync(work, { recursive: true, force: true })
  console.error('release: broke off; run it again to publish the rest')
  process.exit(1)
}

spawnSync('git', ['clone', '--quiet', root, clone], { stdio: 'inherit' })
must('node', 'scripts/setup.mjs', 'build')
if (dryRun) console.log('release: everything is ready; nothing was published')
else {
  must('changeset', 'publish')
  git('fetch', '--quiet', '--tags', clone)
}
rmSync(work, { recursive: true, force: true })
