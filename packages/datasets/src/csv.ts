import { type Matrix, refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import { type Bytes, decimal, malformed, quote, textOf } from './bytes.ts'
import { guessDelimiter, records } from './csv-rows.ts'

/** A column of words: row i holds `classNames[labels[i]]`. */
export interface Category {
  name: string
  labels: Int32Array
  classNames: string[]
}

/** A CSV table: its numbers as a matrix, its words as categories. */
export interface CsvTable {
  /** The numeric columns, [rows, columns], row-major. */
  values: Matrix
  /** Names of the numeric columns: the header's, or the position (from 0) as text. */
  names: string[]
  /** The columns of words in the file's order; class names are sorted, or in the order a scikit-learn first line gives. */
  categories: Category[]
}

/** Options of {@link parseCsv}. */
export interface CsvOptions {
  /** One character; ' ' means runs of blanks. Default: the first of tab, semicolon and comma that the first line holds, else blanks. */
  delimiter?: string
  /**
   * Whether the first line holds names. `'sklearn'`: it holds number of rows, number of features, class names, and the last
   * column is the class. Default: seen from the first two lines (`sklearn` wants both numbers right; names want no number
   * in the first line and one in the second).
   */
  header?: boolean | 'sklearn'
  /** Cells read as NaN in numeric columns, e.g. `['', 'NA', '?']`. Default none: such a cell is an error. */
  missing?: string[]
  /** Columns (name, or position from 0) that hold words even where their first cell looks like a number. */
  text?: (string | number)[]
}

/** A growing column of words. */
class Words {
  readonly rows: number[] = []
  readonly #codes = new Map<string, number>()

  add(word: string): void {
    let code = this.#codes.get(word)
    if (code === undefined) this.#codes.set(word, (code = this.#codes.size))
    this.rows.push(code)
  }

  category(name: string): Category {
    const found = [...this.#codes.keys()]
    const classNames = found.toSorted((a, b) => (a < b ? -1 : 1))
    const place = new Map(classNames.map((word, k) => [word, k]))
    const order = found.map((word) => place.get(word)!)
    return { name, labels: Int32Array.from(this.rows, (code) => order[code]!), classNames }
  }
}

/**
 * Reads a table of numbers and words. A column is one of words when its first cell is no number (or option `text` names it);
 * in any other column a cell that is no finite decimal number is an error.
 *
 * @throws RangeError naming the line when rows differ in length, a cell is malformed, a quote stays open, or no row is there.
 * Source: RFC 4180 for quoting.
 */
export function parseCsv(input: Bytes | string, options: CsvOptions = {}): CsvTable {
  const text = textOf(input, 'parseCsv')
  const { delimiter = guessDelimiter(text), header, missing = [], text: wordColumns = [] } = options
  checkOptions(delimiter, header, missing, wordColumns)
  const firstTwo: string[][] = []
  for (const { cells } of records(text, delimiter)) if (firstTwo.push(cells) === 2) break
  const [first, second] = firstTwo
  if (!first) malformed('parseCsv: line 1', 'at least one row', 'an empty text')
  const style = header ?? guessHeader(first, second)
  const names = style === true ? first : (style === 'sklearn' && second ? second : first).map((_, j) => String(j))
  for (const column of wordColumns)
    if (typeof column === 'number' ? !(column in names) : !names.includes(column))
      refuse('parseCsv: text', 'names or positions of columns', show(column))
  const isMissing = new Set(missing)
  const numbers: number[] = []
  let words: (Words | undefined)[] | undefined
  let rows = style === false ? 0 : -1
  for (const { cells, line } of records(text, delimiter)) {
    if (rows++ < 0) continue
    if (cells.length !== names.length)
      malformed(`parseCsv: line ${line}`, `${names.length} cells as in the first line`, `${cells.length}`)
    words ??= cells.map((cell, j) => {
      const named = wordColumns.includes(j) || wordColumns.includes(names[j]!)
      return named || (!isMissing.has(cell) && Number.isNaN(decimal(cell))) ? new Words() : undefined
    })
    for (let j = 0; j < cells.length; j++) {
      const cell = cells[j]!
      const column = words[j]
      if (column) {
        column.add(cell)
        continue
      }
      const value = decimal(cell)
      if (Number.isNaN(value) && !isMissing.has(cell))
        malformed(
          `parseCsv: line ${line}, column ${quote(names[j]!)}`,
          'a finite number (or options missing, text)',
          quote(cell),
        )
      numbers.push(value)
    }
  }
  if (!words) malformed('parseCsv: line 2', 'at least one row after the first line', 'none')
  const numeric = names.filter((_, j) => !words[j])
  const table: CsvTable = {
    values: ndarray(Float64Array.from(numbers), [rows, numeric.length]),
    names: numeric,
    categories: words.flatMap((column, j) => (column ? [column.category(names[j]!)] : [])),
  }
  return style === 'sklearn' ? splitClass(table, first) : table
}

function checkOptions(delimiter: unknown, header: unknown, missing: unknown, text: unknown): void {
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || /["\r\n]/.test(delimiter))
    refuse('parseCsv: delimiter', 'one character (no quote, no line end)', show(delimiter))
  if (![undefined, true, false, 'sklearn'].includes(header as boolean))
    refuse('parseCsv: header', "true, false or 'sklearn'", show(header))
  for (const [label, value] of Object.entries({ missing, text }))
    if (!Array.isArray(value)) refuse(`parseCsv: ${label}`, 'an array', show(value), 'type')
}

function guessHeader(first: string[], second: string[] | undefined): boolean | 'sklearn' {
  if (!second) return false
  const [rows, features, ...classes] = first
  const counts = /^\d+$/.test(rows!) && /^\d+$/.test(features ?? '') && Number(features) === second.length - 1
  const isNumber = (cell: string) => !Number.isNaN(decimal(cell))
  if (counts && classes.length > 0 && !classes.some(isNumber)) return 'sklearn'
  return !first.some(isNumber) && second.some(isNumber)
}

/** Takes the last column of a scikit-learn table as the class, and holds the first line to its word. */
function splitClass({ values, categories }: CsvTable, [rows, features, ...classNames]: string[]): CsvTable {
  const [n, width] = values.shape as [number, number]
  const columns = width - 1
  if (categories.length > 0)
    malformed('parseCsv: line 2', 'numbers only, as in a scikit-learn table', 'a column of words')
  if (Number(rows) !== n)
    malformed('parseCsv: line 1', `the number of rows (${n})`, `${quote(rows!)} (is the file cut short?)`)
  if (Number(features) !== columns)
    malformed('parseCsv: line 1', `the number of features (${columns})`, quote(String(features)))
  const kept = new Float64Array(n * columns)
  const labels = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    kept.set(values.data.subarray(i * width, i * width + columns), i * columns)
    const label = values.data[i * width + columns]!
    if (!(Number.isInteger(label) && label >= 0 && label < classNames.length))
      malformed(`parseCsv: row ${i}`, `a class between 0 and ${classNames.length - 1}`, String(label))
    labels[i] = label
  }
  return {
    values: ndarray(kept, [n, columns]),
    names: Array.from({ length: columns }, (_, j) => String(j)),
    categories: [{ name: 'class', labels, classNames }],
  }
}
