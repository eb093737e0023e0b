// Every room has the same files and fields, dependencies point down only, and library code stays the same in every engine.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { allPackages, readJson, root } from '../lib/packages.mjs'

// Nothing stands on the bridges and the GPU, and their tests hold them to the papers they carry.
const RANKS = {
  ...{ testing: -1, core: 0, optimizers: 1, nn: 1.5, datasets: 1, executor: 1 },
  ...{ jax: 2.5, tfjs: 2.5, webgpu: 2.5, cli: 3 },
}
const rankOf = ({ folder, paper }) => (paper ? 2 : RANKS[relative(join(root, 'packages'), folder)])

const SCRIPTS = {
  build: /^.*tsc -p tsconfig\.build\.json$/,
  typecheck: /^tsc -p tsconfig\.json$/,
  test: /^node (\.\.\/)+scripts\/jest\.mjs$/,
}
const FILES = ['README.md', 'LICENSE', 'tsconfig.json', 'tsconfig.build.json', 'src/index.ts', 'test']
const PAPER_FILES = ['src/experiment.ts', 'bench', 'demo']
const OPT_FIELDS = ['paper', 'authors', 'year', 'venue', 'arXiv', 'topic', 'tasks', 'summary']

// Functions whose bits differ between engines, chance without a seed, and Node inside a library.
const ENGINE =
  /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot|random)\b/
/** The same by way of `const { exp } = Math`. */
const UNPACKED = /\{([^}]*)\} = Math\b/
const POWER = /[\w)\]] \*\* /
const NODE = /from 'node:|import\('node:|\brequire\(|\bprocess\.|\bBuffer\b/
const TOP_AWAIT = /^await /m

const problems = []
const all = allPackages()
const byName = new Map(all.map((room) => [room.manifest.name, room]))

function* sources(folder) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (statSync(file).isDirectory()) yield* sources(file)
    else if (/\.ts$/.test(name) && name !== 'wasm-bytes.ts') yield file
  }
}

for (const room of all) {
  const { folder, manifest, paper } = room
  const here = relative(root, folder)
  const say = (text) => problems.push(`${here}: ${text}`)
  const rank = rankOf(room)
  if (rank === undefined) say('has no rank in scripts/checks/lint.mjs')

  const published = manifest.private ? [] : ['CHANGELOG.md']
  for (const file of [...FILES, ...published, ...(paper ? PAPER_FILES : [])])
    if (!existsSync(join(folder, file))) say(`lacks ${file}`)
  for (const [script, form] of Object.entries(SCRIPTS))
    if (!form.test(manifest.scripts?.[script] ?? '')) say(`script ${script} is not of the house's form ${form}`)
  if (paper && manifest.scripts?.bench !== 'node bench/index.mjs') say('script bench is not "node bench/index.mjs"')
  if (manifest.type !== 'module') say('is not "type": "module"')
  if (manifest.sideEffects !== false) say('lacks "sideEffects": false')
  if (manifest.license !== 'MIT') say('lacks "license": "MIT"')
  if (manifest.engines?.node !== '>=20.19') say('lacks "engines": { "node": ">=20.19" }')
  if (typeof manifest.description !== 'string') say('lacks a description')
  if (!manifest.private) {
    if (manifest.publishConfig?.access !== 'public') say('lacks "publishConfig": { "access": "public" }')
    if (manifest.repository?.directory !== here.replaceAll('\\', '/')) say(`repository.directory is not ${here}`)
    if (!Number.isFinite(manifest.opt?.size))
      say('lacks its size budget: "opt": { "size": bytes min+gz of the main entry }')
  }
  if (manifest.exports?.['./package.json'] !== './package.json') say('does not export ./package.json')
  for (const [path, entry] of Object.entries(manifest.exports ?? {}))
    if (
      path !== './package.json' &&
      (Object.keys(entry).join() !== 'types,default' || !entry.default.startsWith('./dist/'))
    )
      say(`exports["${path}"] is not { "types": ..., "default": "./dist/..." }`)
  if (paper) {
    for (const field of OPT_FIELDS) if (manifest.opt?.[field] === undefined) say(`lacks "opt": { "${field}" }`)
    if (!manifest.exports?.['./experiment']) say('does not export ./experiment')
  }

  const groups = ['dependencies', 'peerDependencies', 'devDependencies', 'optionalDependencies']
  for (const group of groups)
    for (const [name, range] of Object.entries(manifest[group] ?? {})) {
      const other = byName.get(name)
      if (name.startsWith('@opt/') && !other) say(`${group}: there is no ${name}`)
      if (!other) {
        if (range !== 'catalog:' && group !== 'peerDependencies') say(`${group}: ${name} must be "catalog:"`)
        continue
      }
      if (other.manifest.private && group !== 'devDependencies') say(`${group}: ${name} is not published`)
      // A peer is optional company: an open range, or every minor of it would be a major of ours.
      const form = group === 'peerDependencies' ? /^>=\d+\.\d+\.\d+$/ : /^workspace:\^$/
      if (!form.test(range))
        say(`${group}: ${name} must be ${group === 'peerDependencies' ? '">=x.y.z"' : '"workspace:^"'}`)
      // A development dependency is no arrow of the house, but must not close a circle either: papers may test against datasets.
      if (rankOf(other) > rank) say(`${group}: ${name} stands above (rank ${rankOf(other)} > ${rank})`)
    }

  if (here.endsWith('cli') || manifest.private) continue
  for (const file of existsSync(join(folder, 'src')) ? sources(join(folder, 'src')) : []) {
    const text = readFileSync(file, 'utf8')
    const name = relative(root, file)
    const nodeSide = /(^|[/\\])node([/\\]|[.-][^/\\]*$|\.ts$)/.test(relative(join(folder, 'src'), file))
    text.split('\n').forEach((line, i) => {
      const code = line.replace(/^\s*(\*|\/\/|\/\*).*$/, '').replace(/\/\/ .*$/, '')
      const at = `${name}:${i + 1}`
      if (ENGINE.test(code)) problems.push(`${at}: ${ENGINE.exec(code)[0]} differs between engines; use the core's own`)
      const taken = UNPACKED.exec(code)?.[1]
        .split(',')
        .find((name) => ENGINE.test(`Math.${name.split(':')[0].trim()}`))
      if (taken) problems.push(`${at}: Math.${taken.trim()} differs between engines; use the core's own`)
      if (POWER.test(code)) problems.push(`${at}: ** differs between engines; multiply, or use the core's pow`)
      if (NODE.test(code) && !nodeSide) problems.push(`${at}: only files under src/node may use Node's own API`)
    })
    if (TOP_AWAIT.test(text)) problems.push(`${name}: a top-level await breaks require()`)
  }
}

// Papers may use each other's public API, never in a circle.
const state = new Map()
function visit(name, path) {
  if (state.get(name) === 'done') return
  if (state.get(name) === 'open') {
    problems.push(`circle: ${[...path, name].join(' -> ')}`)
    return
  }
  state.set(name, 'open')
  const { dependencies = {}, peerDependencies = {} } = byName.get(name).manifest
  for (const next of Object.keys({ ...dependencies, ...peerDependencies }))
    if (byName.has(next)) visit(next, [...path, name])
  state.set(name, 'done')
}
for (const name of byName.keys()) visit(name, [])

const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
const catalog = new Map(
  [...workspace.matchAll(/^ {2}'?([^':\s]+)'?: (\S+)$/gm)].map(([, name, range]) => [name, range]),
)
for (const name of Object.keys(readJson(join(root, 'package.json')).devDependencies))
  if (!catalog.has(name)) problems.push(`package.json: ${name} is not in the catalog`)
// What users install is a range whose lowest version the tests run on; scripts/checks/clean-install.mjs installs the newest.
for (const { folder, manifest } of all.filter(({ manifest }) => !manifest.private))
  for (const group of ['dependencies', 'peerDependencies'])
    for (const [name, given] of Object.entries(manifest[group] ?? {})) {
      if (byName.has(name)) continue
      const range = given === 'catalog:' ? catalog.get(name) : given
      const installed = join(folder, 'node_modules', name, 'package.json')
      const lowest = existsSync(installed) ? readJson(installed).version : undefined
      if (range !== `^${lowest}`)
        problems.push(`${manifest.name}: ${group}: ${name} must be "^${lowest}", the version tested here, not ${range}`)
    }

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${all.length} packages keep the house's rules`)
