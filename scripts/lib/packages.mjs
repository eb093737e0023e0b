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
