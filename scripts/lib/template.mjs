// Packages from scripts/templates.
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.mjs'

const templates = join(root, 'scripts', 'templates')

/**
 * Writes a new package: that of a solver, or with kind 'optimizer' of a step-at-a-time optimizer,
 * whose src and test replace those of the solver; with `kernel`, a solver with a SIMD kernel.
 *
 * @param folder does not exist yet.
 * @param fields { name, title, authors, summary, year, venue, arXiv, topic }, all strings.
 */
export function createPackage(folder, fields, { kind, kernel }) {
  const camel = fields.name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())
  const words = { ...fields, camel, Class: camel[0].toUpperCase() + camel.slice(1) }

  cpSync(join(templates, 'solver'), folder, { recursive: true })
  if (kind === 'optimizer') {
    for (const part of ['src', 'test']) rmSync(join(folder, part), { recursive: true })
    cpSync(join(templates, 'optimizer'), folder, { recursive: true })
  }
  if (kernel) {
    cpSync(join(templates, 'kernel'), folder, { recursive: true })
    const manifest = join(folder, 'package.json')
    const text = readFileSync(manifest, 'utf8')
    writeFileSync(manifest, text.replace('"build": "', '"build": "node ../../../scripts/kernels.mjs && '))
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    writeFileSync(file, filled(readFileSync(file, 'utf8'), words, file))
    renameSync(file, join(entry.parentPath, replaced(entry.name, words)))
  }
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  writeFileSync(join(folder, 'CHANGELOG.md'), `# @opt/${fields.name}\n`)
}

/** Replaces `__word__` by the word's value. */
const replaced = (text, words, transform = (value) => value) =>
  Object.entries(words).reduce((out, [word, value]) => out.replaceAll(`__${word}__`, () => transform(value)), text)

/** Replaces the words in a file; inside strings of JSON and TypeScript they are escaped. */
function filled(text, words, file) {
  if (file.endsWith('.json')) {
    const authors = JSON.stringify(words.authors.split(/,\s*/))
    const listed = text.replace('["__authors__"]', () => authors)
    return replaced(listed, words, (value) => JSON.stringify(value).slice(1, -1))
  }
  const quoted = (_, word) => `'${words[word].replace(/['\\]/g, '\\$&')}'`
  return replaced(file.endsWith('.ts') ? text.replace(/'__(title|summary)__'/g, quoted) : text, words)
}
