import { oneOf, refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import { type Bytes, malformed, quote, textOf } from '../input/bytes.ts'
import { foreign } from '../input/foreign.ts'
import { type Limits, limit } from '../input/limits.ts'
import { knownOptions } from '../input/options.ts'
import { isLibsvm } from '../libsvm/detect.ts'
import { type CellRule, cellKind, cellNumber, MISSING, NUMBER, OTHER, WORD } from './cells.ts'
import { guessHeader } from './header.ts'
import { type CsvText, guessDelimiter, records, separatorLine, WHITESPACE } from './rows.ts'
import { splitClass } from './sklearn.ts'
import { type Survey, survey } from './survey.ts'
import type { CsvTable } from './table.ts'
import { Words } from './words.ts'

/** Options of {@link parseCsv}. */
export interface CsvOptions extends Pick<Limits, 'maxCells'> {
  /**
   * One character; 'whitespace' (or ' ') stands for runs of blanks and tabs. Default: what a first line
   * `sep=;` names, else the first of tab, semicolon, comma and bar that the first line holds, else
   * 'whitespace'.
   */
  delimiter?: string | undefined
  /**
   * Whether the first line holds names. `'sklearn'`: it holds the number of rows, the number of features and the class
   * names, and the last column is the class. Default: inferred from the cells; where they leave it open (words above
   * words, names that may be numbers, a single line), an error asks for it.
   */
  header?: boolean | 'sklearn' | undefined
  /** The decimal mark; default '.'. */
  decimal?: '.' | ',' | undefined
  /** Cells read as NaN in numeric columns, such as `['', 'NA', '?']`. Default none: such a cell is an error. */
  missing?: string[] | undefined
  /** Columns (name, or position from 0) that hold words, whatever their cells look like. */
  text?: (string | number)[] | undefined
}

/** The names of {@link CsvOptions}. */
export const CSV_OPTIONS = ['delimiter', 'header', 'decimal', 'missing', 'text', 'maxCells'] as const

/**
 * Reads a table of numbers and words. A column holds words when none of its cells looks like a number, or when option
 * `text` names it; in any other column a cell that is not a finite decimal number is an error.
 *
 * @throws RangeError naming the line when rows differ in length, a cell is malformed, a quote stays open,
 * there is no row, it is unclear whether the first line holds names, there are more than `maxCells` cells
 * (default 100,000,000), or the text is in another format.
 * Source: RFC 4180 for quoting.
 */
export function parseCsv(input: Bytes | string, options: CsvOptions = {}): CsvTable {
  const { missing, decimal, header, text: named, ...rest } = checked(options)
  const from = { ...rest, ...textFrom(textOf(input, 'parseCsv'), options.delimiter, decimal) }
  const rule: CellRule = { missing: new Set(missing), decimal }
  const table = survey(from, header, rule)
  const namesAsked = named.some((column) => typeof column === 'string' && table.first.includes(column))
  const style = table.sklearn
    ? 'sklearn'
    : (header ?? (namesAsked || guessHeader(table, rule, (j) => named.includes(j))))
  const names = style === true ? distinct(table.first) : Array.from({ length: table.width }, (_, j) => String(j))
  for (const column of named)
    if (typeof column === 'number' ? !(column in names) : !names.includes(column))
      refuse('parseCsv: text', 'names or positions of columns', show(column))
  const read = readColumns(from, table, rule, { names, named, skip: style !== false, header })
  return style === 'sklearn' ? splitClass(read, table.first) : read
}

function textFrom(text: string, given: string | undefined, decimal: '.' | ','): Omit<CsvText, 'maxCells'> {
  const other =
    foreign(text) ?? (!given && isLibsvm(text) ? 'index:value after a label (parseLibsvm reads it)' : undefined)
  if (other) malformed('parseCsv: line 1', 'a table', other)
  const separator = separatorLine(text)
  const start = separator?.length ?? 0
  const delimiter = given ?? separator?.delimiter ?? guessDelimiter(text.slice(start, start + 65536), decimal)
  if (delimiter === decimal && !/"[^",]*,[^",]*"/.test(text))
    refuse('parseCsv: decimal', 'another mark than the delimiter, where no cell is in quotes', show(decimal))
  return { text, start, line: separator ? 2 : 1, delimiter: delimiter === 'whitespace' ? WHITESPACE : delimiter }
}

function readColumns(
  from: CsvText,
  { first, line: firstLine, rows, width, below }: Survey,
  rule: CellRule,
  about: { names: string[]; named: (string | number)[]; skip: boolean; header: unknown },
): CsvTable {
  const { names, named, skip, header } = about
  const count = rows - (skip ? 1 : 0)
  if (count === 0) malformed(`parseCsv: line ${firstLine + 1}`, 'at least one row after the first line', 'none')
  const words = names.map((name, j) => {
    const kinds = below[j]! | (skip ? 0 : cellKind(first[j]!, rule))
    const only = kinds & WORD && !(kinds & (NUMBER | OTHER))
    return only || named.includes(j) || named.includes(name) ? new Words(count) : undefined
  })
  const numeric = names.filter((_, j) => !words[j])
  const values = new Float64Array(count * numeric.length)
  let k = 0
  let skipped = !skip
  for (const { cells, line } of records(from)) {
    if (!skipped) {
      skipped = true
      continue
    }
    for (let j = 0; j < width; j++) {
      const cell = cells[j]!
      const column = words[j]
      if (column) column.add(cell)
      else {
        const value = (values[k++] = cellNumber(cell, rule))
        if (Number.isNaN(value)) checkMissing(cell, rule, line, names[j]!, header === undefined && line === firstLine)
      }
    }
  }
  return {
    values: ndarray(values, [count, numeric.length]),
    names: numeric,
    categories: words.flatMap((column, j) => (column ? [column.category(names[j]!)] : [])),
  }
}

/** Refuses a cell that is neither a number nor missing. */
function checkMissing(cell: string, rule: CellRule, line: number, name: string, mayBeHeader: boolean): void {
  const kind = cellKind(cell, rule)
  if (kind === MISSING) return
  const other = mayBeHeader ? 'header, ' : ''
  malformed(
    `parseCsv: line ${line}, column ${quote(name)}`,
    kind === OTHER
      ? `a number such as 1234${rule.decimal}5, thousands not set apart (or options ${other}decimal, text)`
      : `a finite number (or options ${other}missing, text)`,
    quote(cell),
  )
}

/** Makes repeated names distinct: `x`, `x.1`, `x.2`. */
function distinct(names: string[]): string[] {
  const given = new Set(names)
  const used = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let k = 1; used.has(free); k++) if (!given.has(`${name}.${k}`)) free = `${name}.${k}`
    used.add(free)
    return free
  })
}

function checked(given: CsvOptions) {
  const { delimiter, header, decimal = '.', missing = [], text = [] } = knownOptions(given, CSV_OPTIONS, 'parseCsv')
  if (
    delimiter !== undefined &&
    delimiter !== 'whitespace' &&
    (typeof delimiter !== 'string' || delimiter.length !== 1 || /["\r\n]/.test(delimiter))
  )
    refuse('parseCsv: delimiter', "one character (no quote, no line end) or 'whitespace'", show(delimiter))
  if (![undefined, true, false, 'sklearn'].includes(header as boolean))
    refuse('parseCsv: header', "true, false or 'sklearn'", show(header))
  oneOf(decimal, 'parseCsv: decimal', ['.', ','])
  for (const [label, value] of Object.entries({ missing, text }))
    if (!Array.isArray(value)) refuse(`parseCsv: ${label}`, 'an array', show(value), 'type')
  missing.forEach((cell, k) => {
    if (typeof cell !== 'string') refuse(`parseCsv: missing[${k}]`, 'a string', show(cell), 'type')
  })
  return { header, decimal, missing, text, maxCells: limit(given, 'maxCells', 'parseCsv') }
}
