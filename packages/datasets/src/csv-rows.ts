import { malformed, quote as quotation } from './bytes.ts'

/** A row of a CSV text: its cells, and the line it starts on (from 1). */
export interface CsvRecord {
  cells: string[]
  line: number
}

/** The rows of a CSV text, one at a time; blank lines are passed over. */
export function* records(text: string, delimiter: string): Generator<CsvRecord, void, void> {
  const newline = text.includes('\n') ? '\n' : '\r'
  const lineEnd = (from: number) => {
    const found = text.indexOf(newline, from)
    return found < 0 ? text.length : found
  }
  let quote = text.indexOf('"')
  for (let at = 0, line = 1; at < text.length; ) {
    const start = line++
    let end = lineEnd(at)
    let quoted = false
    // A line end between quotes belongs to the cell: the row goes on.
    for (let open = false; ; end = lineEnd(end + 1), line++) {
      for (; quote >= 0 && quote < end; quote = text.indexOf('"', quote + 1)) {
        open = !open
        quoted = true
      }
      if (!open) break
      if (end >= text.length) malformed(`parseCsv: line ${start}`, 'a closing quote', 'the end of the text')
    }
    const record = text.slice(at, text[end - 1] === '\r' ? end - 1 : end)
    at = end + 1
    if (record.trim() === '') continue
    yield { cells: quoted ? quotedCells(record, delimiter, start) : plainCells(record, delimiter), line: start }
  }
}

function plainCells(record: string, delimiter: string): string[] {
  if (delimiter === ' ') return record.trim().split(/\s+/)
  return record.split(delimiter).map((cell) => cell.trim())
}

/** RFC 4180: a cell in quotes may hold delimiters, line ends and doubled quotes. */
function quotedCells(record: string, delimiter: string, line: number): string[] {
  const cells: string[] = []
  const blank = (character: string | undefined) => character === ' ' || (character === '\t' && delimiter !== '\t')
  const skip = (at: number) => {
    while (blank(record[at])) at++
    return at
  }
  for (let at = skip(0); at <= record.length; ) {
    let cell = ''
    if (record[at] === '"') {
      for (at++; ; at++) {
        if (record[at] !== '"') cell += record[at]
        else if (record[at + 1] === '"') cell += record[at++]
        else break
      }
      const after = skip(at + 1)
      const ends = after >= record.length || record[after] === delimiter || (delimiter === ' ' && after > at + 1)
      if (!ends) malformed(`parseCsv: line ${line}`, 'a delimiter after a closing quote', quotation(record[after]!))
      at = after
    } else {
      const found = record.indexOf(delimiter, at)
      const end = found < 0 ? record.length : found
      cell = record.slice(at, end).trim()
      if (cell.includes('"')) malformed(`parseCsv: line ${line}`, 'quotes only round a whole cell', quotation(cell))
      at = end
    }
    cells.push(cell)
    if (delimiter === ' ') {
      at = skip(at)
      if (at >= record.length) break
    } else at = at < record.length ? skip(at + 1) : at + 1
  }
  return cells
}

/** The first of tab, semicolon and comma that the first line holds outside quotes; else blanks. */
export function guessDelimiter(text: string): string {
  const first = /^[\s\r\n]*([^\r\n]*)/.exec(text)![1]!.replace(/"[^"]*"/g, '')
  return ['\t', ';', ','].find((character) => first.includes(character)) ?? ' '
}
