import { malformed, quote as quotation } from '../input/bytes.ts'
import { within } from '../input/limits.ts'
import { severalNumbers } from './cells.ts'

/** The delimiter for runs of blanks and tabs. */
export const WHITESPACE = ' '

/** A row of a CSV text. */
export interface CsvRecord {
  cells: string[]
  /** The line it starts on, from 1. */
  line: number
}

/** A text and how it is divided into rows and cells. */
export interface CsvText {
  text: string
  /** The offset where the rows start. */
  start: number
  /** The line of that offset, from 1. */
  line: number
  delimiter: string
  /** The most cells allowed. */
  maxCells: number
}

/** Yields the rows of a CSV text; blank lines are skipped. */
export function* records({
  text,
  start: from,
  line: at1,
  delimiter,
  maxCells,
}: CsvText): Generator<CsvRecord, void, void> {
  const newline = text.includes('\n') ? '\n' : '\r'
  const lineEnd = (from: number) => {
    const found = text.indexOf(newline, from)
    return found < 0 ? text.length : found
  }
  let quote = text.indexOf('"', from)
  let left = maxCells
  // A column takes more memory than a cell.
  const widest = Math.max(4096, Math.floor(maxCells / 64))
  for (let at = from, line = at1; at < text.length; ) {
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
    if (record.trim() === '' && !record.includes(delimiter === WHITESPACE ? '\n' : delimiter)) continue
    const most = Math.min(left, widest) + 1
    const cells = quoted ? quotedCells(record, delimiter, start, most) : plainCells(record, delimiter, most)
    if (cells.length > left) within(maxCells + 1, maxCells, 'maxCells', `parseCsv: line ${start}, cells`)
    if (cells.length > widest)
      malformed(`parseCsv: line ${start}`, `at most ${widest} cells in a row (a 64th of option maxCells)`, 'more')
    left -= cells.length
    yield { cells, line: start }
  }
}

function plainCells(record: string, delimiter: string, most: number): string[] {
  if (delimiter === WHITESPACE) return record.trim().split(/\s+/, most)
  return record.split(delimiter, most).map((cell) => cell.trim())
}

/** Splits a row with quotes (RFC 4180): a quoted cell may hold delimiters, line ends and doubled quotes. */
function quotedCells(record: string, delimiter: string, line: number, most: number): string[] {
  const cells: string[] = []
  const blanks = delimiter === WHITESPACE
  const blank = (character: string | undefined) => character === ' ' || (character === '\t' && delimiter !== '\t')
  const skip = (at: number) => {
    while (blank(record[at])) at++
    return at
  }
  const cellEnd = (at: number) => {
    if (blanks) {
      let end = at
      while (end < record.length && !blank(record[end])) end++
      return end
    }
    const found = record.indexOf(delimiter, at)
    return found < 0 ? record.length : found
  }
  for (let at = skip(0); at <= record.length && cells.length < most; ) {
    let cell = ''
    if (record[at] === '"') {
      const from = at + 1
      at = record.indexOf('"', from)
      const whole = at
      while (record[at + 1] === '"') at = record.indexOf('"', at + 2)
      cell = record.slice(from, at)
      if (at > whole) cell = cell.replaceAll('""', '"')
      const after = skip(at + 1)
      const ends = after >= record.length || record[after] === delimiter || (blanks && after > at + 1)
      if (!ends) malformed(`parseCsv: line ${line}`, 'a delimiter after a closing quote', quotation(record[after]!))
      at = after
    } else {
      const end = cellEnd(at)
      cell = record.slice(at, end).trim()
      if (cell.includes('"')) malformed(`parseCsv: line ${line}`, 'quotes only round a whole cell', quotation(cell))
      at = end
    }
    cells.push(cell)
    if (blanks) {
      at = skip(at)
      if (at >= record.length) break
    } else at = at < record.length ? skip(at + 1) : at + 1
  }
  return cells
}

/** Returns the delimiter that a first line `sep=;` of Excel names, and the length of that line. */
export function separatorLine(text: string): { delimiter: string; length: number } | undefined {
  const [line, delimiter] = /^"?sep=([^"\r\n])"?[ \t]*(?:\r\n?|\n|$)/i.exec(text) ?? []
  return delimiter === undefined ? undefined : { delimiter, length: line!.length }
}

const CANDIDATES = ['\t', ';', ',', '|']

/**
 * Guesses the delimiter: the first of tab, semicolon, comma and bar that the first line holds outside quotes, otherwise
 * blanks; blanks also where the cells between tabs hold several numbers. A decimal comma is no delimiter.
 */
export function guessDelimiter(text: string, decimal: '.' | ','): string {
  const lines = text
    .slice(0, 65536)
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(0, 20)
    .map((line) => line.replace(/"[^"]*"/g, '""'))
  const found = CANDIDATES.find((character) => character !== decimal && lines[0]?.includes(character))
  const [first = ''] = lines
  if (
    !found &&
    !first
      .trim()
      .split(/\s+/)
      .every((cell) => !cell.includes(',') || severalNumbers(`${cell} 0`))
  )
    malformed('parseCsv: line 1', 'option delimiter, as commas may stand in numbers or between cells', quotation(first))
  if (found !== '\t') return found ?? WHITESPACE
  const several = lines.flatMap((line) => line.split('\t')).filter((cell) => severalNumbers(cell.trim()))
  if (several.length === 0) return found
  if (several.every((cell) => /^\d{1,3}(?: \d{3})+$/.test(cell.trim())))
    malformed(
      'parseCsv',
      "option delimiter ('\\t' or 'whitespace'), as cells may end at tabs or at blanks",
      quotation(several[0]!),
    )
  return WHITESPACE
}
