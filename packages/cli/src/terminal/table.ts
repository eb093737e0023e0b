import Table from 'cli-table3'
import { cellText } from './format.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

/** Draws a table that fits the terminal: the widest columns wrap, columns of numbers are right-aligned. */
export function table(
  terminal: Terminal,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) => columns.map((_, j) => printable(cellText(row[j] ?? ''))))
  const widths = columns.map((column, j) => Math.max(column.length, ...cells.map((row) => row[j]!.length)))
  // Each column needs a border and two spaces; the widest shrink until all fit.
  const available = terminal.columns - 3 * columns.length - 1
  while (widths.reduce((a, b) => a + b, 0) > available && Math.max(...widths) > 8)
    widths[widths.indexOf(Math.max(...widths))]! -= 1
  const wraps = cells.some((row) => row.some((cell, j) => cell.length > widths[j]!))
  const drawn = new Table({
    head: [...columns],
    colWidths: widths.map((width) => width + 2),
    colAligns: columns.map((_, j) => (rows.some((row) => typeof row[j] === 'number') ? 'right' : 'left')),
    wordWrap: true,
    style: { head: [], border: [] },
  })
  drawn.push(...cells)
  const lines = drawn.toString().split('\n')
  // Rules between rows only where some row wraps; the one below the head stays.
  const head = lines.findIndex((line) => line.startsWith('├'))
  return lines
    .filter((line, k) => wraps || k <= head || !line.startsWith('├'))
    .map((line, k) => (k > 0 && k < head ? painted(terminal, line) : line))
    .join('\n')
}

/** Makes the words of the head bold, after the table is drawn: escape codes would count as width. */
const painted = (terminal: Terminal, row: string) =>
  row
    .split('│')
    .map((cell) => (cell.trim() ? terminal.paint('bold', cell) : cell))
    .join('│')

/** Wraps a paragraph at spaces. */
export function wrap(text: string, columns: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, indent + line].join('\n')
}
