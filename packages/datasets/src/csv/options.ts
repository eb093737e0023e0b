import { oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { type Limits, limit } from '../input/limits.ts'

/** Options of `parseCsv`. */
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

/** Options with their defaults. */
export interface CheckedCsvOptions extends Pick<CsvOptions, 'delimiter' | 'header'> {
  decimal: '.' | ','
  missing: string[]
  text: (string | number)[]
  maxCells: number
}

/** @throws TypeError or RangeError naming the option that is wrong. */
export function checkCsvOptions(given: CsvOptions): CheckedCsvOptions {
  const {
    delimiter,
    header,
    decimal = '.',
    missing = [],
    text = [],
  } = optionsOf(given, 'parseCsv: options', CSV_OPTIONS)
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
  return { delimiter, header, decimal, missing, text, maxCells: limit(given, 'maxCells', 'parseCsv') }
}
