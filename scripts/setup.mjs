// Runs a job of package.json's scripts, after installing the dependencies if they are out of date.
// Uses Node's built-in modules only, so that it runs on a machine with nothing but Node and npm.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root, testedFolders } from './lib/packages.mjs'

const [job = 'install', ...args] = process.argv.slice(2)
const bin = join(root, 'node_modules', '.bin')
const env = {
  ...process.env,
  PATH: bin + delimiter + process.env.PATH,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  npm_config_update_notifier: 'false',
}
// npx passes its own options on to the npx below, for instance those of `npx -p node@24 -c '...'`.
for (const name of ['npm_config_call', 'npm_config_package']) delete env[name]

/** Runs a command in the root and returns its exit status, or 1 if a signal ended it. */
function run(command, ...rest) {
  return spawnSync(command, rest, { cwd: root, env, stdio: 'inherit' }).status ?? 1
}

/** Runs a command beside others; resolves to its exit status, or 1 if a signal ended it. */
function started(command, ...rest) {
  return new Promise((resolve) => {
    spawn(command, rest, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
      .on('error', () => resolve(1))
      .on('close', (status) => resolve(status ?? 1))
  })
}

function must(...command) {
  const status = run(...command)
  if (status !== 0) process.exit(status)
}

function install() {
  const hash = createHash('sha256').update(process.version)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    hash.update(readFileSync(join(root, file)))
  const key = hash.digest('hex')
  const stamp = join(root, 'node_modules', '.setup-stamp')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  must('npx', '--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn')
  writeFileSync(stamp, key)
}

const turbo = (...rest) => ['turbo', 'run', ...rest, '--output-logs=errors-only']
const build = () => must(...turbo('build'))

/** Begun last, one of these tests would keep one core busy alone. */
const LONGEST = ['@opt/webgpu', '@opt/cli']

/** Prints the sum of all tests; returns the exit status. */
const summary = (status) => run('node', 'scripts/checks/test-summary.mjs') || status

const jobs = {
  install: () => 0,
  build: () => run(...turbo('build', ...args)),
  start() {
    build()
    return run('node', 'packages/cli/dist/bin.js', 'reproduce', '--quick', '--out', 'report.html', ...args)
  },
  async test() {
    for (const folder of testedFolders()) rmSync(join(folder, 'test-results'), { recursive: true, force: true })
    const test = (...rest) =>
      started(...turbo('test', '--concurrency=2', '--continue=dependencies-successful', ...rest))
    if (args.length > 0) return summary(await test(...args))
    build()
    // Those of docs wait for pages most of the time: others run beside them. All is built, and stays as it is.
    const site = test('--only', '--filter=docs')
    const long = await test('--only', ...LONGEST.map((name) => `--filter=${name}`))
    const others = await test('--only', '--filter=!docs', ...LONGEST.map((name) => `--filter=!${name}`))
    return summary(Math.max(long, others, await site))
  },
  lint() {
    const status = run('biome', 'ci', '--colors=off', '--diagnostic-level=warn', '.')
    return run('node', 'scripts/checks/lint.mjs') || run('node', 'scripts/jobs/catalogue.mjs', '--check') || status
  },
  types: () => run(...turbo('typecheck', ...args)),
  async check() {
    build()
    if (args.length > 0) return run('node', 'scripts/checks/tarballs.mjs', ...args)
    // Adds a package to this tree for a while.
    must('node', 'scripts/checks/templates.mjs')
    // Works in a clone, and waits for downloads most of the time.
    const registry = started('node', 'scripts/checks/registry.mjs')
    let status = 0
    for (const check of ['licences', 'tarballs', 'same-bits'])
      status ||= await started('node', `scripts/checks/${check}.mjs`)
    return (await registry) || status
  },
  bench() {
    build()
    return run('node', 'scripts/jobs/bench.mjs', ...args)
  },
  docs() {
    build()
    must('node', 'docs/scripts/api.mjs')
    return run(join('docs', 'node_modules', '.bin', 'vitepress'), 'dev', 'docs', ...args)
  },
  'docs:build'() {
    build()
    return run(...turbo('docs', ...args))
  },
  catalogue: () => run('node', 'scripts/jobs/catalogue.mjs', ...args),
}

if (!Object.hasOwn(jobs, job)) {
  console.error(`setup: there is no job ${job}, only ${Object.keys(jobs).join(', ')}`)
  process.exit(1)
}
install()
process.exit(await jobs[job]())
