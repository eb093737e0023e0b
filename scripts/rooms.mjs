// Where the packages are, and what their package.json says.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const folders = (parent) =>
  existsSync(parent)
    ? readdirSync(parent)
        .map((name) => join(parent, name))
        .filter((folder) => existsSync(join(folder, 'package.json')))
        .sort()
    : []

/** Folders of all packages: the floor first, then the papers. */
export const roomFolders = () => [...folders(join(root, 'packages')), ...folders(join(root, 'packages', 'papers'))]

/** Folders whose tests count: all packages, and the site. */
export const testedFolders = () => [...roomFolders(), join(root, 'docs')]

export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** All packages as { folder, manifest, paper }, the private ones too, which are for the house's own tests. */
export const packages = () =>
  roomFolders().map((folder) => ({
    folder,
    manifest: readJson(join(folder, 'package.json')),
    paper: dirname(folder).endsWith('papers'),
  }))

/** The packages that users get. */
export const rooms = () => packages().filter(({ manifest }) => !manifest.private)
