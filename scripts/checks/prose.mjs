// What readers would stumble over: words that only we know in published text, formulas that the
// formatter has spoilt, and spreads of literals.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { codeBlocks } from '../lib/code-blocks.mjs'
import { root } from '../lib/packages.mjs'

const WORDS = /\bthe brief\b|\bof the house\b|\bthe house's\b/i
const CODE = /\.(ts|mjs|vue)$/
const SKIPPED = /(^|[/\\])(node_modules|dist|golden|test-results)([/\\]|$)|wasm[\w-]*\.ts$/

export function proseProblems(packages) {
  const parts = packages.flatMap(({ folder }) => ['src', 'test', 'bench', 'demo'].map((part) => join(folder, part)))
  const code = [...parts, join(root, 'scripts'), join(root, 'docs')].flatMap(filesOf)
  const published = packages
    .filter(({ manifest }) => !manifest.private)
    .flatMap(({ folder }) => [join(folder, 'README.md'), ...filesOf(join(folder, 'src'))])
  const changes = readdirSync(join(root, '.changeset')).map((name) => join(root, '.changeset', name))
  return [
    ...code.flatMap((file) => [...spreads(file)]),
    ...[...published, ...changes].flatMap((file) => [...words(file)]),
    ...packages.flatMap(({ folder }) => [
      ...spoilt(join(folder, 'README.md')),
      ...uninstalled(join(folder, 'README.md')),
    ]),
  ]
}

const filesOf = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((name) => CODE.test(name) && !SKIPPED.test(name))
        .map((name) => join(folder, name))
    : []

const lineOf = (text, at) => text.slice(0, at).split('\n').length

function* words(file) {
  const text = readFileSync(file, 'utf8')
  const found = WORDS.exec(text)
  if (found) yield `${relative(root, file)}:${lineOf(text, found.index)}: say "${found[0]}" in words that readers know`
  const page = text.indexOf('npmjs.com/package/@opt/')
  if (page >= 0) yield `${relative(root, file)}:${lineOf(text, page)}: link to the folder of a package of ours`
}

/** In a formula Biome takes a pair of * for emphasis and writes _. */
function* spoilt(file) {
  const text = readFileSync(file, 'utf8')
  const found = /\^_|\*\{/.exec(text.replace(/^```[\s\S]*?^```$/gm, (code) => code.replace(/[^\n]/g, ' ')))
  if (found) yield `${relative(root, file)}:${lineOf(text, found.index)}: write \\star in place of * in formulas`
}

/** Package managers that link only what is asked for do not find a package that an example imports and no line installs. */
function* uninstalled(file) {
  const text = readFileSync(file, 'utf8')
  const lines = [...text.matchAll(/^npm install (?!--global)([^#\n]*)/gm)].map(([, names]) => names.trim().split(/\s+/))
  if (lines.length === 0) return
  const installed = lines.flat().map((name) => name.replace(/(?<=.)@[\d^~].*/, ''))
  const imports = /(?:from |import\()'(?!node:)(@[\w.-]+\/[\w.-]+|[\w-][\w.-]*)/g
  const used = codeBlocks(text).flatMap(({ code }) => [...code.matchAll(imports)].map(([, name]) => name))
  for (const name of new Set(used))
    if (!installed.includes(name))
      yield `${relative(root, file)}: no \`npm install\` line names ${name}, which an example imports`
}

/**
 * A literal is spread only to steer the formatter: its entries can stand alone. Not so that of a
 * call on a literal.
 */
function* spreads(file) {
  const text = readFileSync(file, 'utf8')
  for (const { index } of text.matchAll(/\.\.\.[{[]/g)) {
    const end = closing(text, index + 3)
    if (!/^\s*[.?[(]/.test(text.slice(end + 1, end + 80)))
      yield `${relative(root, file)}:${lineOf(text, index)}: list the entries in place of spreading a literal`
  }
}

/** Returns the place of the bracket that closes the one at `at`. */
function closing(text, at) {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    if ('{[('.includes(text[i])) depth++
    else if ('}])'.includes(text[i]) && --depth === 0) return i
  }
  return text.length
}
