import { malformed } from './bytes.ts'

/** Visits each record of a CSV text with its cells and the line it starts on (from 1); blank lines are passed over. */
export function eachRecord(text: string, delimiter: string, visit: (cells: string[], line: number) => void): void {
  const newline = text.includes('\n') ? '\n' : '\r'
  for (let at = 0, line = 1; at < text.length; ) {
    const start = line
    let end = at
    let quotes = 0
    // A record ends at a line end outside quotes: where the quotes met so far are even in number.
    do {
      if (end > at && end >= text.length) malformed(`parseCsv: line ${start}`, 'a closing quote', 'the end of the text')
      const from = end > at ? end + 1 : at
      const found = text.indexOf(newline, from)
      end = found < 0 ? text.length : found
      for (let q = text.indexOf('"', from); q >= 0 && q < end; q = text.indexOf('"', q + 1)) quotes++
      line++
    } while (quotes % 2 === 1)
    const record = text.slice(at, text[end - 1] === '\r' ? end - 1 : end)
    at = end + 1
    if (record.trim() === '') continue
    visit(quotes > 0 ? quotedCells(record, delimiter, start) : plainCells(record, delimiter), start)
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
      if (!ends) malformed(`parseCsv: line ${line}`, 'a delimiter after a closing quote', JSON.stringify(record[after]))
      at = after
    } else {
      const found = record.indexOf(delimiter, at)
      const end = found < 0 ? record.length : found
      cell = record.slice(at, end).trim()
      if (cell.includes('"'))
        malformed(`parseCsv: line ${line}`, 'quotes only round a whole cell', JSON.stringify(cell))
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
