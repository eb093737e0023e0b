// Writes the catalogue of papers from their package.json: packages/cli/src/catalogue.ts, the papers
// among the dependencies of packages/cli, and the table in the root README. With --check, writes
// nothing and fails if one of them is stale.
// npm run catalogue [-- --check]
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { publishedPackages, readJson, root, TOPICS } from '../lib/packages.mjs'

const check = process.argv.includes('--check')
const cli = join(root, 'packages', 'cli')
const problems = []

const papers = publishedPackages()
  .filter(({ paper }) => paper)
  .map(({ folder, manifest: { name, version, opt } }) => {
    const here = relative(root, folder).replaceAll('\\', '/')
    const { paper: title, authors, year, venue, arXiv, topic, tasks, summary } = opt ?? {}
    const fields = { title, authors, year, venue, arXiv, topic, tasks, summary }
    for (const [field, value] of Object.entries(fields))
      if (value === undefined) problems.push(`${here}: lacks "opt": { "${field}" }`)
    if (!TOPICS.includes(topic)) problems.push(`${here}: opt.topic is not one of ${TOPICS.join('; ')}`)
    for (const field of ['authors', 'tasks'])
      if (!Array.isArray(fields[field])) problems.push(`${here}: opt.${field} is not a list`)
    const paper = { name: name.replace('@opt/', ''), version, ...fields, module: `${name}/experiment` }
    return { paper, folder: here }
  })

if (problems.length === 0) {
  update(join(cli, 'src', 'catalogue.ts'), catalogueModule())
  update(join(cli, 'package.json'), cliManifest())
  const readme = join(root, 'README.md')
  if (existsSync(readme)) update(readme, withTable(readFileSync(readme, 'utf8')))
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`The catalogue has ${papers.length} ${papers.length === 1 ? 'paper' : 'papers'}`)

function catalogueModule() {
  const list = papers.map(({ paper }) => paper)
  return `// Written by scripts/jobs/catalogue.mjs from the papers' package.json; do not edit.
import type { Experiment } from '@opt/core'
import type { Paper } from './paper.ts'

/** All papers, by name. */
export const papers: readonly Paper[] = ${JSON.stringify(list, null, 1)}

/** Loads a paper's experiment, by its module's name. */
export const experiments: Readonly<Record<string, () => Promise<{ experiment: Experiment }>>> = {
${list.map(({ module }) => `'${module}': () => import('${module}'),`).join('\n')}
}
`
}

/** The CLI's package.json with a dependency on every paper. */
function cliManifest() {
  const manifest = readJson(join(cli, 'package.json'))
  const added = papers.map(({ paper }) => [`@opt/${paper.name}`, 'workspace:^'])
  const dependencies = Object.entries({ ...manifest.dependencies, ...Object.fromEntries(added) })
  manifest.dependencies = Object.fromEntries(dependencies.sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function withTable(readme) {
  const tables = TOPICS.map((topic) => ({ topic, listed: papers.filter(({ paper }) => paper.topic === topic) }))
    .filter(({ listed }) => listed.length > 0)
    .map(({ topic, listed }) => `### ${topic[0].toUpperCase()}${topic.slice(1)}\n\n${tableOf(listed)}`)
  return readme.replace(
    /(<!-- catalogue -->\n)[\s\S]*?(<!-- \/catalogue -->)/,
    (_, open, close) => `${open}\n${tables.join('\n')}\n${close}`,
  )
}

function tableOf(listed) {
  const cell = (words) => words.replaceAll('|', '\\|')
  const rows = listed.map(({ paper: { name, title, venue, year, arXiv, summary }, folder }) => {
    const source = arXiv ? `[${title}](https://arxiv.org/abs/${arXiv})` : title
    const where = venue.includes(String(year)) ? venue : `${venue} ${year}`
    return `| [@opt/${name}](${folder}) | ${cell(source)}, ${cell(where)} | ${cell(summary)} |`
  })
  return ['| package | paper | what it does |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

/** Writes a file as Biome formats it; with --check, reports it if it differs. */
function update(file, unformatted) {
  const text = formatted(unformatted, relative(root, file))
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  if (check) problems.push(`${relative(root, file)} is stale: run \`npm run catalogue\``)
  else writeFileSync(file, text)
}

function formatted(text, path) {
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const { status, stdout, stderr } = spawnSync(biome, ['format', `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`biome could not format the catalogue: ${stderr}`)
  return stdout
}
