// What the site shows of each package, read from the package.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundledBytes as measured } from '../../scripts/lib/bundle-size.mjs'
import { publishedPackages, readJson, repository, root, TOPICS } from '../../scripts/lib/packages.mjs'

/** Null while the repository has no address. */
export const REPOSITORY: string | null = repository()

/** The fields of a package.json that the site reads. */
interface Manifest {
  name: string
  version: string
  description: string
  exports?: Record<string, { default?: string }>
  opt?: Partial<Omit<Paper, 'title'> & { paper: string; topic: string; tasks: string[]; summary: string }>
}

interface Package {
  folder: string
  manifest: Manifest
  paper: boolean
}

const packages: () => Package[] = publishedPackages

export interface Paper {
  title: string
  authors: string[]
  year: number
  venue: string
  arXiv: string
}

export interface SitePackage {
  /** The package's name without @opt/. */
  name: string
  folder: string
  version: string
  description: string
  summary: string
  topic: string
  tasks: string[]
  paper: Paper | null
  demo: boolean
  /** The path of its reference page without the extension; '' if there is none. */
  api: string
}

const docs = join(root, 'docs')
const FOUNDATIONS = 'foundations'
/** Limits the site to a few packages, which is quicker to work on: OPT_DOCS_ONLY=core,lion npm run docs */
export const only: string[] = (process.env.OPT_DOCS_ONLY ?? '').split(',').filter(Boolean)

/** A demo runs the built package. */
const hasDemo = (folder: string) =>
  existsSync(join(folder, 'demo', 'index.ts')) && existsSync(join(folder, 'dist', 'index.js'))

const apiPage = (name: string): string =>
  [`/api/@opt/${name}`, `/api/@opt/${name}/index`].find((page) => existsSync(join(docs, `${page}.md`))) ?? ''

const paperOf = ({ paper = '', authors = [], year = 0, venue = '', arXiv = '' }: Manifest['opt'] & {}): Paper => ({
  title: paper,
  authors,
  year,
  venue,
  arXiv,
})

/** Returns all packages: papers first, in the order of the topics, then by name. */
export function sitePackages(): SitePackage[] {
  const found = packages()
    .filter(({ folder }) => only.length === 0 || only.includes(basename(folder)))
    .map(({ folder, manifest, paper }): SitePackage => {
      const { opt = {} } = manifest
      const name = basename(folder)
      return {
        name,
        folder,
        version: manifest.version,
        description: manifest.description,
        summary: opt.summary ?? manifest.description,
        topic: (paper && opt.topic) || FOUNDATIONS,
        tasks: opt.tasks ?? [],
        paper: paper ? paperOf(opt) : null,
        demo: hasDemo(folder),
        api: apiPage(name),
      }
    })
  const place = ({ topic }: SitePackage) => (TOPICS.indexOf(topic) + TOPICS.length + 1) % (TOPICS.length + 1)
  return found.sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1))
}

/** Returns the bytes of a package in a page; null before it is built, and for a command. */
export async function bundledBytes(folder: string): Promise<number | null> {
  const { bin } = readJson(join(folder, 'package.json'))
  return bin || !existsSync(join(folder, 'dist', 'index.js')) ? null : measured(folder)
}

/** Returns the functions, classes and constants of a package's main entry; none before it is built. */
export async function exportedNames(folder: string): Promise<string[]> {
  const file = join(folder, 'dist', 'index.js')
  return existsSync(file) ? Object.keys(await import(pathToFileURL(file).href)) : []
}

/** Returns the changes in .changeset that await a package's next version. */
function comingChanges(name: string): string[] {
  const folder = join(root, '.changeset')
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')
    : []
  return files.flatMap((file) => {
    const [, front = '', text = ''] =
      /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(readFileSync(join(folder, file), 'utf8')) ?? []
    return front.includes(`'@opt/${name}'`) || front.includes(`"@opt/${name}"`) ? [text.trim()] : []
  })
}

/**
 * Makes the links of a README lead to pages of the site, or to the repository if the site has none; their text alone
 * stays while the repository has no address.
 */
function sitedLinks(markdown: string, folder: string): string {
  const here = new Map(packages().map(({ folder }) => [folder, `/packages/${basename(folder)}`]))
  const fences = /(```[\s\S]*?```)/
  const sited = (text: string) =>
    text.replace(/\[([^\]]*)\]\((\.{1,2}\/[^)\s]*|[\w@][\w@./-]*\.(?:md|ts|mjs))\)/g, (_, words, target) => {
      const [path, hash = ''] = target.split(/(?=#)/)
      const file = resolve(folder, path)
      const page = here.get(file) ?? here.get(dirname(file))
      if (page && (file.endsWith('README.md') || here.has(file))) return `[${words}](${page}${hash})`
      if (file.startsWith(`${docs}/`) && file.endsWith('.md')) return `[${words}](/${relative(docs, file)}${hash})`
      return REPOSITORY ? `[${words}](${REPOSITORY}/blob/main/${relative(root, file)}${hash})` : words
    })
  return markdown
    .split(fences)
    .map((part, k) => (k % 2 ? part : sited(part)))
    .join('')
}

/**
 * Returns the page of a package: its README, with its card and live demo before the first heading
 * and its changelog at the end.
 */
export function packagePage({ name, folder, description, demo, api }: SitePackage): string {
  const file = join(folder, 'README.md')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : `# @opt/${name}\n\n${description}\n`
  const readme = sitedLinks(text, folder)
  const [head = '', ...sections] = readme.split(/\n(?=## )/)
  const [title = `# @opt/${name}`, ...intro] = head.split(/\n(?=\n)/)
  const log = join(folder, 'CHANGELOG.md')
  const released = existsSync(log)
    ? readFileSync(log, 'utf8')
        .replace(/^# .*\n/, '')
        .replace(/^(#+) /gm, '#$1 ')
        .trim()
    : ''
  const coming = comingChanges(name)
  return [
    title,
    '<PackageCard />',
    intro.join('\n'),
    demo ? `## Live\n\n<LiveDemo name="${name}" />` : '',
    ...sections,
    api ? `## Reference\n\nEvery export with its types: [the API of @opt/${name}](${api}).` : '',
    '## Changelog',
    coming.length > 0 ? `### Coming\n\n${coming.map((text) => `- ${text.replaceAll('\n', '\n  ')}`).join('\n')}` : '',
    released,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Returns the files of `@opt/x` and `@opt/x/y`: built ones, or the sources for live reload. */
export function packageAliases(sources: boolean): { find: RegExp; replacement: string }[] {
  return packages().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([path, entry]) => {
      if (!entry.default) return []
      const file = sources ? entry.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts') : entry.default
      return [{ find: new RegExp(`^${manifest.name}${path.slice(1)}$`), replacement: join(folder, file) }]
    }),
  )
}

interface DemosPlugin {
  name: string
  resolveId(id: string): string | null
  load(id: string): string | null
}

/** Makes the module `virtual:demos`: loaders of demos by package name. */
export const demosPlugin = (): DemosPlugin => ({
  name: 'demos',
  resolveId: (id) => (id === 'virtual:demos' ? id : null),
  load(id) {
    if (id !== 'virtual:demos') return null
    const loaders = sitePackages()
      .filter(({ demo }) => demo)
      .map(({ name, folder }) => `'${name}': () => import('${join(folder, 'demo', 'index.ts')}'),`)
    return `export const demos = {\n${loaders.join('\n')}\n}`
  },
})
