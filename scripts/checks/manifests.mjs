// Every package has the same files and the same fields in its package.json; a paper in the making is private and may lack some.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../lib/packages.mjs'

const FILES = ['README.md', 'LICENSE', 'tsconfig.json', 'tsconfig.build.json', 'src/index.ts', 'test']
const PAPER_FILES = ['src/experiment.ts', 'test/digest.test.ts', 'bench', 'demo']
const OPT_FIELDS = ['paper', 'authors', 'year', 'venue', 'arXiv', 'topic', 'tasks', 'summary']
const SCRIPTS = {
  build: /^.*tsc -p tsconfig\.build\.json$/,
  typecheck: /^tsc -p tsconfig\.json$/,
  test: /^node (\.\.\/)+scripts\/jest\.mjs$/,
}

export function manifestProblems(packages) {
  return packages.flatMap(({ folder, manifest, paper }) => {
    const here = relative(root, folder).replaceAll('\\', '/')
    const isPublic = !manifest.private
    const files = [...FILES, ...(isPublic ? ['CHANGELOG.md'] : []), ...(paper && isPublic ? PAPER_FILES : [])]
    const problems = [
      ...files.filter((file) => !existsSync(join(folder, file))).map((file) => `lacks ${file}`),
      ...scriptProblems(manifest, paper && isPublic),
      ...fieldProblems(manifest),
      ...exportProblems(manifest),
      ...(isPublic ? publicProblems(manifest) : []),
      ...(paper && isPublic ? paperProblems(manifest) : []),
    ]
    return problems.map((problem) => `${here}: ${problem}`)
  })
}

function* scriptProblems({ scripts = {} }, paper) {
  for (const [name, form] of Object.entries(SCRIPTS))
    if (!form.test(scripts[name] ?? '')) yield `script ${name} does not match ${form}`
  if (paper && scripts.bench !== 'node bench/index.mjs') yield 'script bench is not "node bench/index.mjs"'
}

function* fieldProblems(manifest) {
  if (manifest.repository !== undefined) yield 'has a repository: the field of the root is the only one'
  if (manifest.type !== 'module') yield 'lacks "type": "module"'
  if (manifest.sideEffects !== false) yield 'lacks "sideEffects": false'
  if (manifest.license !== 'MIT') yield 'lacks "license": "MIT"'
  if (manifest.engines?.node !== '>=20.19') yield 'lacks "engines": { "node": ">=20.19" }'
  if (typeof manifest.description !== 'string') yield 'lacks a description'
}

function* exportProblems({ exports = {} }) {
  if (exports['./package.json'] !== './package.json') yield 'does not export ./package.json'
  for (const [path, entry] of Object.entries(exports)) {
    if (path === './package.json') continue
    if (Object.keys(entry).join() !== 'types,default' || !entry.default.startsWith('./dist/'))
      yield `exports["${path}"] is not { "types": ..., "default": "./dist/..." }`
  }
}

function* publicProblems({ publishConfig, opt }) {
  if (publishConfig?.access !== 'public') yield 'lacks "publishConfig": { "access": "public" }'
  if (!Number.isFinite(opt?.size)) yield 'lacks its size budget, "opt": { "size": bytes min+gz of the main entry }'
}

function* paperProblems({ exports, opt }) {
  for (const field of OPT_FIELDS) if (opt?.[field] === undefined) yield `lacks "opt": { "${field}" }`
  if (!exports?.['./experiment']) yield 'does not export ./experiment'
}
