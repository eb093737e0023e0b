// Asks the built index what the search box of the site would ask.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SitePackage } from '../.vitepress/packages.ts'

interface Index {
  search(words: string): { id: string }[]
}

/** The box lists as many results. */
const LISTED = 16

/** Returns a function from words to the pages that the box lists, as paths below the site's base. */
export async function siteSearch(site: string, base: string): Promise<(words: string) => string[]> {
  const chunks = join(site, 'assets', 'chunks')
  const file = readdirSync(chunks).find((name) => name.startsWith('@localSearchIndex'))!
  const { default: text } = await import(pathToFileURL(join(chunks, file)).href)
  const vitepress = createRequire(createRequire(import.meta.url).resolve('vitepress/package.json'))
  const { default: MiniSearch } = await import(pathToFileURL(vitepress.resolve('minisearch')).href)
  // The options of VPLocalSearchBox.
  const index: Index = MiniSearch.loadJSON(text, {
    fields: ['title', 'titles', 'text'],
    storeFields: ['title', 'titles'],
    searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } },
  })
  const pageOf = ({ id }: { id: string }) => id.slice(base.length).replace(/#.*/, '')
  return (words) => index.search(words).slice(0, LISTED).map(pageOf)
}

/** Returns what a reader may know of a paper, by kind. */
export function wordsFor({ paper, tasks }: SitePackage, exports: string[]): Record<string, string[]> {
  return {
    title: [paper!.title],
    author: paper!.authors,
    arXiv: [paper!.arXiv],
    task: tasks,
    method: exports,
  }
}
