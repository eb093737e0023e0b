import { refuse, show } from '@opt/core'
import { list, record, text } from './checks.ts'
import { UsageError } from './problem.ts'
import { nameable } from './terminal/printable.ts'

/** A paper of the catalogue, from the package.json of its package. */
export interface Paper {
  /** The short name, without the scope: `sinkhorn-sns`. */
  name: string
  version: string
  title: string
  authors: readonly string[]
  year: number
  venue: string
  /** The arXiv number; '' when there is none. */
  arXiv: string
  topic: string
  /** What it is for, in a few words each. */
  tasks: readonly string[]
  summary: string
  /** The module that exports the paper's `experiment`: a sub-path of a package, or a file URL. */
  module: string
}

/**
 * Finds a paper by `sinkhorn-sns` or `@opt/sinkhorn-sns`.
 *
 * @throws TypeError for an argument of the wrong type, RangeError with the nearest name when there is no such paper.
 */
export function findPaper(papers: readonly Paper[], name: string): Paper {
  list(record({ name: text }))(papers, 'findPaper: papers')
  text(name, 'findPaper: name')
  return lookUp(papers, name) ?? refuse('findPaper: name', 'the name of a paper', `${show(name)}${hint(papers, name)}`)
}

/**
 * Finds the paper that a user typed.
 *
 * @throws UsageError with the nearest name when there is none.
 */
export function typedPaper(papers: readonly Paper[], name: string): Paper {
  const paper = lookUp(papers, name)
  if (paper) return paper
  throw new UsageError(
    `there is no paper called ${nameable(name)}${hint(papers, name)}\n\`opt list\` shows all papers.`,
  )
}

const shortName = (name: string) => name.replace(/^@opt\//, '')

const lookUp = (papers: readonly Paper[], name: string) => papers.find((paper) => paper.name === shortName(name))

function hint(papers: readonly Paper[], name: string): string {
  const near = nearest(
    shortName(name),
    papers.map((paper) => paper.name),
  )
  return near ? `; did you mean ${near}?` : ''
}

/** Returns the choice nearest to a word by edit distance; undefined when none is near. */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const scored = choices.map((choice) => ({
    choice,
    // A choice that contains the word (`sns` in `sinkhorn-sns`) is near, whatever the lengths.
    distance: lower.length > 2 && choice.includes(lower) ? 1 : editDistance(lower, choice.toLowerCase()),
  }))
  const best = scored.sort((a, b) => a.distance - b.distance)[0]
  return best && best.distance <= Math.max(2, word.length / 2) ? best.choice : undefined
}

/** Returns the Levenshtein distance: the fewest letters inserted, deleted or replaced. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

/** Formats `A. Author, B. Author: Title. Venue 2024. arXiv:2401.12253`. */
export function citation({ authors, title, venue, year, arXiv }: Paper): string {
  return `${authors.join(', ')}: ${title}. ${venueAndYear({ venue, year })}.${arXiv ? ` arXiv:${arXiv}` : ''}`
}

/** Formats `ICLR 2024`. */
export const venueAndYear = ({ venue, year }: Pick<Paper, 'venue' | 'year'>): string =>
  venue.includes(String(year)) ? venue : `${venue} ${year}`.trim()
