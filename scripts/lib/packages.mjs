// The packages of this repository and their package.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = resolve(fileURLToPath(import.meta.url), '../../..')

const folders = (parent) =>
  existsSync(parent)
    ? readdirSync(parent)
        .map((name) => join(parent, name))
        .filter((folder) => existsSync(join(folder, 'package.json')))
        .sort()
    : []

/** Folders of all packages, the papers last. */
export const packageFolders = () => [...folders(join(root, 'packages')), ...folders(join(root, 'packages', 'papers'))]

/** Folders with tests: all packages and the site. */
export const testedFolders = () => [...packageFolders(), join(root, 'docs')]

/** The topics under which papers are listed, in the order of the lists. */
export const TOPICS = [
  'optimizers',
  'learning rates and batch sizes',
  'bilevel and constrained problems',
  'black boxes and expensive gradients',
  'optimal transport',
  'equations and linear systems',
  'data and signals',
  'classifiers and small networks',
  'attention and architectures',
  'online learning',
  'robustness, privacy and shift',
]

export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** All packages as { folder, manifest, paper }, private ones included. */
export const allPackages = () =>
  packageFolders().map((folder) => ({
    folder,
    manifest: readJson(join(folder, 'package.json')),
    paper: dirname(folder).endsWith('papers'),
  }))

/** The packages on npm. */
export const publishedPackages = () => allPackages().filter(({ manifest }) => !manifest.private)

/** The address of the repository in the root's package.json; null while it is a placeholder (RFC 2606: .invalid). */
export function repository() {
  const address = readJson(join(root, 'package.json')).repository
  return new URL(address).hostname.endsWith('.invalid') ? null : address
}
