// Reads the built pages of markdown.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Returns the links of a file in markdown that lead into the site, as paths below its base. */
export function linksOf(site: string, file: string): string[] {
  const text = readFileSync(join(site, file), 'utf8').replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!.replace(/#.*/, ''))
    .filter((link) => link !== '' && !/^\w+:/.test(link))
    .map((link) => (link.startsWith('/') ? link : normalize(join(dirname(file), link))))
}

export const broken = (site: string, file: string): string[] =>
  linksOf(site, file)
    .filter((link) => link.startsWith('/') || !existsSync(join(site, link)))
    .map((link) => `${file}: ${link}`)
