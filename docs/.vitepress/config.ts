import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig } from 'vitepress'
import { root } from '../../scripts/lib/packages.mjs'
import { withSharedGlyphs } from './glyphs.ts'
import { demosPlugin, only, packageAliases, REPOSITORY, type SitePackage, sitePackages } from './packages.ts'
import { isPlain, plainName, writePlain } from './plain.ts'
import { pageSections } from './search.ts'

const docs = join(root, 'docs')
const found = sitePackages()
const live = !process.argv.includes('build')

const item = ({ name }: SitePackage) => ({ text: name, link: `/packages/${name}` })
const topics = [...new Set(found.map(({ topic }) => topic))]
const packages = [
  { text: 'Catalogue', link: '/catalogue' },
  { text: 'Map', link: '/map' },
  ...topics.map((topic) => ({
    text: topic[0]!.toUpperCase() + topic.slice(1),
    items: found.filter((one) => one.topic === topic).map(item),
  })),
]

const titleOf = (file: string) => /^# (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? basename(file, '.md')
const ORDER = ['choose', 'solver', 'jax', 'tensorflow', 'scale', 'gpu', 'reproduce', 'add-a-paper', 'same-bits']
const place = (name: string) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1)
const guides = readdirSync(join(docs, 'guides'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => basename(file, '.md'))
  .sort((a, b) => place(a) - place(b))
  .map((name) => ({ text: titleOf(join(docs, 'guides', `${name}.md`)), link: `/guides/${name}` }))

/** The sidebar item of a package's reference: one page, or one for each of its entries. */
function reference({ name, api }: SitePackage) {
  const folder = join(docs, 'api', '@opt', name)
  if (!existsSync(folder)) return { text: name, link: api }
  const pages = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.md') && !/^(index|modules)\.md$/.test(file))
    .map((file) => file.replace(/\.md$/, ''))
    .sort()
  const items = pages.map((page) => ({
    text: titleOf(join(folder, `${page}.md`)).replace('@opt/', ''),
    link: `/api/@opt/${name}/${page}`,
  }))
  return { text: name, link: api, items }
}

const BRANCH =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"><circle cx="6" cy="5" r="2.5"/><circle cx="6" cy="19" r="2.5"/><circle cx="18" cy="8" r="2.5"/><path d="M6 7.5v9M18 10.500c0 4-5 4.500-11.500 6"/></svg>'

export default defineConfig({
  title: '@opt',
  description: 'Research papers on optimisation and learning as packages: typed, fast, the same bits everywhere.',
  lang: 'en',
  // The tests build a site of their own there, with markdown beside its pages.
  srcExclude: ['**/README.md', 'node_modules', 'test-results/**'],
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${baseOf(process.argv)}logo.svg` }],
    ['meta', { name: 'theme-color', content: '#0f6e66' }],
  ],
  // The theme gives its bar this class only when the page runs, and the bar's width with it.
  transformHtml: (html) =>
    html.includes('class="VPContent has-sidebar')
      ? html.replace('class="VPNavBar"', 'class="VPNavBar has-sidebar top"')
      : undefined,
  transformHead: ({ page }) =>
    isPlain(page) ? [['link', { rel: 'alternate', type: 'text/markdown', href: basename(plainName(page)) }]] : [],
  buildEnd: ({ pages, outDir }) => writePlain(pages, outDir),
  // Pages load nothing in advance.
  router: { prefetchLinks: false },
  ignoreDeadLinks: only.length > 0,
  markdown: {
    math: true,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    // Indented code becomes fenced code, which scrolls, also by the keyboard.
    config: (md) => {
      withSharedGlyphs(md)
      md.core.ruler.push('indented', ({ tokens }) => {
        for (const token of tokens)
          if (token.type === 'code_block') Object.assign(token, { type: 'fence', info: 'text' })
      })
    },
  },
  themeConfig: {
    logo: { src: '/logo.svg', alt: '' },
    siteTitle: '@opt',
    search: { provider: 'local', options: { _render: () => '', miniSearch: { _splitIntoSections: pageSections } } },
    outline: { level: [2, 3], label: 'On this page' },
    externalLinkIcon: true,
    nav: [
      { text: 'Catalogue', link: '/catalogue', activeMatch: '^/(catalogue|map|packages/)' },
      { text: 'Guides', link: guides[0]?.link ?? '/', activeMatch: '^/guides/' },
      {
        text: 'Reference',
        link: found.find(({ name }) => name === 'core')?.api || '/catalogue',
        activeMatch: '^/api/',
      },
    ],
    sidebar: {
      '/packages/': packages,
      '/catalogue': packages,
      '/map': packages,
      '/guides/': [{ text: 'Guides', items: guides }],
      '/api/': [{ text: 'Reference', items: found.filter(({ api }) => api !== '').map(reference) }],
    },
    socialLinks: REPOSITORY ? [{ icon: { svg: BRANCH }, link: REPOSITORY, ariaLabel: 'The repository' }] : [],
    docFooter: { prev: false, next: false },
  },
  vite: {
    plugins: [demosPlugin()],
    resolve: { alias: packageAliases(live) },
    build: { target: 'es2022', chunkSizeWarningLimit: 2000 },
    worker: { format: 'es', plugins: () => [demosPlugin()] },
  },
})

function baseOf(args: string[]): string {
  const at = args.indexOf('--base')
  return at < 0 ? '/' : (args[at + 1] ?? '/')
}
