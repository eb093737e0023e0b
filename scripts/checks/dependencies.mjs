// Dependencies point down, form no circle, and have the version that the tests run on.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readJson, root } from '../lib/packages.mjs'

/**
 * A package depends on packages of its own rank or below. Rank 2.5: bridges, and what is built on
 * papers; only the CLI may depend on them.
 */
const RANKS = {
  testing: -1,
  core: 0,
  optimizers: 1,
  sets: 1,
  datasets: 1,
  'datasets-tables': 1,
  curvature: 1,
  executor: 1,
  nn: 1.5,
  bilevel: 1.5,
  jax: 2.5,
  tfjs: 2.5,
  webgpu: 2.5,
  'color-transfer': 2.5,
  cli: 3,
}
const PAPER_RANK = 2
const rankOf = ({ folder, paper }) => (paper ? PAPER_RANK : RANKS[basename(folder)])

const GROUPS = ['dependencies', 'peerDependencies', 'devDependencies', 'optionalDependencies']

export function dependencyProblems(packages) {
  const byName = new Map(packages.map((one) => [one.manifest.name, one]))
  return [...packages.flatMap((one) => [...ownProblems(one, byName)]), ...circles(byName), ...versionProblems(packages)]
}

function* ownProblems(one, byName) {
  const { name, ...manifest } = one.manifest
  const rank = rankOf(one)
  if (rank === undefined) yield `${name}: has no rank in scripts/checks/dependencies.mjs`
  for (const group of GROUPS)
    for (const [other, range] of Object.entries(manifest[group] ?? {})) {
      const at = `${name}: ${group}: ${other}`
      const found = byName.get(other)
      if (!found) {
        if (other.startsWith('@opt/')) yield `${at} does not exist`
        if (range !== 'catalog:' && group !== 'peerDependencies') yield `${at} must be "catalog:"`
        continue
      }
      if (found.manifest.private && group !== 'devDependencies') yield `${at} is not published`
      // A caret range of a 0.x peer would make each of its minor versions a major version of ours.
      const [form, wanted] =
        group === 'peerDependencies' ? [/^>=\d+\.\d+\.\d+$/, '">=x.y.z"'] : [/^workspace:\^$/, '"workspace:^"']
      if (!form.test(range)) yield `${at} must be ${wanted}`
      if (group !== 'devDependencies' && rankOf(found) > rank)
        yield `${at} stands above (rank ${rankOf(found)} > ${rank})`
    }
}

/**
 * Papers may use each other's public API, and test against packages above them, such as the GPU, but
 * never in a circle: packages are built one after the other.
 */
function circles(byName) {
  const found = []
  const done = new Set()
  const visit = (name, path) => {
    if (path.includes(name)) found.push(`circle: ${[...path.slice(path.indexOf(name)), name].join(' -> ')}`)
    else if (!done.has(name)) {
      const { dependencies, peerDependencies, devDependencies } = byName.get(name).manifest
      for (const next of Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }))
        if (byName.has(next)) visit(next, [...path, name])
      done.add(name)
    }
  }
  for (const name of byName.keys()) visit(name, [])
  return found
}

/**
 * What users install with a package is a range whose lowest version the tests run on;
 * scripts/checks/clean-install.mjs installs the newest.
 */
function* versionProblems(packages) {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const catalog = new Map(
    [...workspace.matchAll(/^ {2}'?([^':\s]+)'?: (\S+)$/gm)].map(([, name, range]) => [name, range]),
  )
  for (const name of Object.keys(readJson(join(root, 'package.json')).devDependencies))
    if (!catalog.has(name)) yield `package.json: ${name} is not in the catalog`

  const names = new Set(packages.map(({ manifest }) => manifest.name))
  for (const { folder, manifest } of packages.filter(({ manifest }) => !manifest.private))
    for (const group of ['dependencies', 'peerDependencies'])
      for (const [name, given] of Object.entries(manifest[group] ?? {})) {
        if (names.has(name)) continue
        const range = given === 'catalog:' ? catalog.get(name) : given
        const installed = join(folder, 'node_modules', name, 'package.json')
        const lowest = existsSync(installed) ? readJson(installed).version : undefined
        if (range !== `^${lowest}`)
          yield `${manifest.name}: ${group}: ${name} must be "^${lowest}", the version tested here, not ${range}`
      }
}
