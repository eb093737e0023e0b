// The site for programs that read: llms.txt (llmstxt.org) and each page as markdown beside its HTML.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { root } from '../../scripts/lib/packages.mjs'
import { packagePage, type SitePackage, sitePackages } from './packages.ts'
import { stage, venueOf } from './theme/words.ts'

const docs = join(root, 'docs')

/** The markdown of a page stands at the address of its HTML followed by .md. */
export const plainName = (page: string): string => page.replace(/\.md$/, '.html.md')

/** Whether a page has text of its own: not so the home page and the pictures of all packages. */
export const isPlain = (page: string): boolean => /^(guides|packages|api)\//.test(page)

const titleOf = (text: string) => /^# (.*)$/m.exec(text)?.[1] ?? ''
const firstUpper = (words: string) => words[0]!.toUpperCase() + words.slice(1)

function paperLine({ paper }: SitePackage): string {
  if (!paper) return ''
  const arXiv = paper.arXiv ? `, arXiv ${paper.arXiv}` : ''
  return `${paper.title} (${paper.authors.join(', ')}; ${venueOf(paper)}${arXiv}).`
}

function plainPackage(entry: SitePackage): string {
  const facts = [
    entry.paper ? `- Paper: ${paperLine(entry)}` : '',
    `- Version: ${stage(entry.version)}`,
    `- Topic: ${entry.topic}`,
    ...entry.tasks.map((task) => `- For: ${task}`),
  ]
  return packagePage(entry)
    .replace('<PackageCard />', facts.filter(Boolean).join('\n'))
    .replace(/## Live\n\n<LiveDemo .*\/>\n\n/, '')
}

function tasks(packages: SitePackage[]): string {
  return packages
    .flatMap(({ name, tasks }) => tasks.map((task) => `- ${task}: [@opt/${name}](/packages/${name})`))
    .sort()
    .join('\n')
}

function textOf(page: string, packages: SitePackage[]): string {
  const entry = packages.find(({ name }) => page === `packages/${name}.md`)
  if (entry) return plainPackage(entry)
  return readFileSync(join(docs, page), 'utf8')
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace('<TaskTable />', tasks(packages))
}

/** Makes the links of a page lead to the markdown of other pages, or else to their HTML. */
function plainLinks(text: string, page: string): string {
  const from = posix.dirname(page)
  const target = (link: string) => {
    const [path = '', hash = ''] = link.split(/(?=#)/)
    if (path === '' || /^\w+:/.test(path)) return link
    const file = path.startsWith('/') ? path.slice(1) : posix.join(from, path)
    const source = file.endsWith('.md') ? file : `${file}.md`
    return posix.relative(from, isPlain(source) ? plainName(source) : source.replace(/\.md$/, '.html')) + hash
  }
  return text
    .split(/(```[\s\S]*?```)/)
    .map((part, k) => (k % 2 ? part : part.replace(/\]\(([^)\s]+)\)/g, (_, link) => `](${target(link)})`)))
    .join('')
}

function index(pages: string[], packages: SitePackage[]): string {
  const line = (page: string, name: string, notes: string) => `- [${name}](${plainName(page)}): ${notes}`
  const topics = [...new Set(packages.map(({ topic }) => topic))]
  const guides = pages.filter((page) => page.startsWith('guides/'))
  const read = (page: string) => readFileSync(join(docs, page), 'utf8')
  /** The first sentence of a guide, without its links. */
  const first = (page: string) => {
    const [, text = ''] = /^# .*\n+([^\n]+)/m.exec(read(page)) ?? []
    return text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/(?<=\.) .*/, '')
  }
  return [
    '# @opt',
    '> Research papers on optimisation and learning as TypeScript packages: one package for each paper, typed, fast, and with the same bits in every JavaScript engine for the same seed.',
    'Install what you need: `npm install @opt/NAME`. All packages are ES modules for Node >= 20.19 and for pages. They take typed arrays, ndarrays, ml-matrix matrices or nested arrays. Each page below is markdown; without its last `.md` an address is that of the page for people.',
    '## Guides',
    guides.map((page) => line(page, titleOf(read(page)), first(page))).join('\n'),
    ...topics.flatMap((topic) => [
      `## ${firstUpper(topic)}`,
      packages
        .filter((entry) => entry.topic === topic)
        .map((entry) =>
          line(`packages/${entry.name}.md`, `@opt/${entry.name}`, `${entry.summary} ${paperLine(entry)}`.trim()),
        )
        .join('\n'),
    ]),
    '## Optional',
    packages
      .filter(({ api }) => api !== '')
      .map(({ name, api }) => line(`${api.slice(1)}.md`, `Reference of @opt/${name}`, 'every export with its types'))
      .join('\n'),
  ].join('\n\n')
}

/** Writes llms.txt and the markdown of all pages into the built site. */
export function writePlain(pages: string[], outDir: string): void {
  const packages = sitePackages()
  const plain = pages.filter(isPlain)
  for (const page of plain) {
    const file = join(outDir, plainName(page))
    if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, plainLinks(textOf(page, packages), page))
  }
  writeFileSync(join(outDir, 'llms.txt'), `${index(plain, packages)}\n`)
}
