// The results of a run as text for a terminal.

import { citation } from '../paper.ts'
import { seconds, verdict } from '../terminal/format.ts'
import { table, wrap } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { type PaperResult, type Reproduction, tally } from './reproduce.ts'

/** Formats the results of one paper. */
export function reportText(result: PaperResult, terminal: Terminal): string {
  const { paper, claims, tables, notes, outcome, failure } = result
  const { columns, paint } = terminal
  const parts = ['', paint('bold', wrap(paper.title, columns)), wrap(citation(paper), columns)]
  if (claims.length > 0) {
    const rows = claims.map(({ claim, paper, ours, pass }) => [claim, paper || '-', ours, verdict(pass)])
    parts.push(table(terminal, ['claim', "the paper's", 'ours', 'verdict'], rows))
  }
  for (const { title, columns: names, rows } of tables) parts.push('', title, table(terminal, names, rows))
  if (notes.length > 0) parts.push('', ...notes.map((note) => wrap(note, columns - 2, '  ').replace('  ', '- ')))
  const why = failure?.message ?? ''
  if (outcome === 'failed') parts.push('', paint('red', `failed: ${why}`), ...(failure?.stack ? [failure.stack] : []))
  if (outcome === 'absent') parts.push('', wrap(`not run: ${why}`, columns))
  if (outcome === 'interrupted') parts.push('', 'interrupted: what is above is partial')
  return [...parts, ''].join('\n')
}

/** Formats the last line of a run. */
export function summaryText({ results, seconds: time }: Reproduction, { paint }: Terminal): string {
  const { pass, short, reported } = tally(results)
  const count = (outcome: PaperResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  const counts = [
    [results.length, results.length === 1 ? 'paper' : 'papers'],
    [pass, pass === 1 ? 'claim passes' : 'claims pass'],
    [short, short === 1 ? 'falls short' : 'fall short'],
    [reported, 'reported'],
    [count('failed'), 'failed'],
    [count('absent'), 'not run for want of data'],
    [count('interrupted') + count('waiting'), 'interrupted'],
  ] as const
  const line = counts.filter(([n, word]) => n > 0 || word.startsWith('fall') || word.startsWith('claim'))
  return paint('bold', `${line.map(([n, word]) => `${n} ${word}`).join(', ')} (${seconds(time)})`)
}
