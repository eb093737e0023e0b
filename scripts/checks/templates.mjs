// Creates a package from each template and checks that it keeps the rules, builds, passes its tests
// and the type checker, and prints what its README says. The packages that it depends on must be built.
// node scripts/checks/templates.mjs
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeBlocks } from '../lib/code-blocks.mjs'
import { SAFE_END } from '../lib/node-flags.mjs'
import { allPackages, readJson, root } from '../lib/packages.mjs'
import { createPackage } from '../lib/template.mjs'
import { dependencyProblems } from './dependencies.mjs'
import { manifestProblems } from './manifests.mjs'
import { proseProblems } from './prose.mjs'
import { sourceProblems } from './sources.mjs'

const KINDS = [
  { kind: 'solver', kernel: false },
  { kind: 'solver', kernel: true },
  { kind: 'optimizer', kernel: false },
]
const FIELDS = {
  name: 'template-check',
  title: `It's "one"`,
  authors: 'A. One, B. Two',
  summary: `What it's for.`,
  year: '2021',
  venue: 'ICLR',
  arXiv: '2006.08217',
  topic: 'optimizers',
}
const papers = join(root, 'packages', 'papers')
const folder = join(papers, FIELDS.name)
const bin = (command) => join(root, 'node_modules', '.bin', command)

/** Gives the package the node_modules of papers that have the same dependencies installed. */
function linkDependencies() {
  const { dependencies, devDependencies } = readJson(join(folder, 'package.json'))
  const others = readdirSync(papers).map((name) => join(papers, name))
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const owner = others.find((other) => {
      const manifest = readJson(join(other, 'package.json'))
      return other !== folder && name in { ...manifest.dependencies, ...manifest.devDependencies }
    })
    const link = join(folder, 'node_modules', name)
    mkdirSync(join(link, '..'), { recursive: true })
    symlinkSync(join(owner, 'node_modules', name), link)
  }
}

function* commands() {
  const { build, typecheck, test } = readJson(join(folder, 'package.json')).scripts
  yield [bin('biome'), 'check', '--write', '--error-on-warnings', folder]
  for (const script of [build, typecheck, test])
    for (const command of script.split(' && ')) {
      const [program, ...args] = command.split(' ')
      yield [program === 'node' ? process.execPath : bin(program), ...args]
    }
}

function run([command, ...args]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
  return { ok: status === 0, stdout, text: `${command} ${args.join(' ')}\n${stdout}${stderr}` }
}

function* problems() {
  linkDependencies()
  for (const command of commands()) {
    const { ok, text } = run(command)
    if (!ok) return yield text
  }
  const packages = allPackages().filter((one) => one.folder === folder)
  for (const check of [manifestProblems, sourceProblems, proseProblems]) yield* check(packages)
  yield* dependencyProblems(allPackages())
  const [{ code, output }] = codeBlocks(readFileSync(join(folder, 'README.md'), 'utf8'))
  writeFileSync(join(folder, 'example.mjs'), code)
  const { stdout, text } = run([process.execPath, ...SAFE_END, 'example.mjs'])
  if (stdout !== output) yield `${text}\nbut the README says\n${output}`
}

let failed = false
for (const options of KINDS) {
  const label = `${options.kind}${options.kernel ? ' with a kernel' : ''}`
  try {
    createPackage(folder, FIELDS, options)
    const found = [...problems()]
    for (const problem of found) console.error(`template ${label}: ${problem}`)
    console.log(`template ${label}: ${found.length === 0 ? 'works' : 'fails'}`)
    failed ||= found.length > 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
process.exit(failed ? 1 : 0)
