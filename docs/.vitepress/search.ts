// What the search of the site finds: every page by section, and with a package the paper's particulars.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createMarkdownRenderer } from 'vitepress'
import { root } from '../../scripts/lib/packages.mjs'
import { exportedNames, packagePage, type SitePackage, sitePackages } from './packages.ts'

/** A part of a page under one heading; `titles` are the headings that lead to it, its own last. */
export interface Section {
  /** '' at the head of the page. */
  anchor: string
  titles: string[]
  text: string
}

/** That of the pages: VitePress makes one, and returns it from then on. */
const renderer = () => createMarkdownRenderer(join(root, 'docs'))

/** Splits markdown at its headings; formulas are left out. */
async function sectionsOf(markdown: string): Promise<Section[]> {
  const sections: Section[] = []
  const tokens = (await renderer()).parse(markdown, {})
  const path: string[] = []
  tokens.forEach((token, k) => {
    if (token.type === 'heading_open') {
      const level = Number(token.tag.slice(1))
      path.length = Math.min(path.length, level - 1)
      path.push(wordsOf(tokens[k + 1]!))
      sections.push({ anchor: level === 1 ? '' : token.attrGet('id')!, titles: [...path], text: '' })
    } else if ((token.type === 'inline' && tokens[k - 1]?.type !== 'heading_open') || token.type === 'fence') {
      const section = sections.at(-1)
      if (section) section.text += `${wordsOf(token)}\n`
    }
  })
  return sections
}

type Token = ReturnType<Awaited<ReturnType<typeof renderer>>['parse']>[number]

function wordsOf({ type, content, children }: Token): string {
  if (type !== 'inline') return content
  return children!
    .filter((child) => child.type === 'text' || child.type === 'code_inline')
    .map((child) => child.content)
    .join(' ')
    .trim()
}

const particulars = ({ paper, summary, topic, tasks }: SitePackage, exports: string[]) =>
  [summary, paper?.title, paper?.authors.join(', '), paper?.arXiv, topic, ...tasks, ...exports].join('\n')

/** Returns the sections of a page by the path that its file has, or would have: a package's page is no file. */
export async function pageSections(file: string): Promise<Section[]> {
  if (existsSync(file)) return sectionsOf(readFileSync(file, 'utf8').replace(/^---\n[\s\S]*?\n---\n/, ''))
  const entry = sitePackages().find(({ name }) => `${name}.md` === basename(file))!
  const [first, ...others] = await sectionsOf(packagePage(entry))
  const text = `${particulars(entry, await exportedNames(entry.folder))}\n${first!.text}`
  return [{ ...first!, text }, ...others]
}
