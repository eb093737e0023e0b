import { malformed } from '../input/bytes.ts'
import { type CellRule, cellKind, cellNumber, NUMBER } from './cells.ts'
import { type CsvText, records } from './rows.ts'
import { isSklearn } from './sklearn.ts'

/** Bits of {@link Survey.below} beside the kinds of cells. A number of four digits: */
export const YEAR = 32
/** A number with a fraction: */
export const FRACTION = 64
/** The first row's cell is repeated: */
export const AGAIN = 128
/** A cell that is not empty: */
const FILLED = 256

/** What a first pass over a table finds. */
export interface Survey {
  first: string[]
  /** The line of the first row. */
  line: number
  /** Number of rows, including the first. */
  rows: number
  /** Cells in a row; a delimiter at the end of every row does not count. */
  width: number
  /** Kinds of the cells of each column below the first row, as bits. */
  below: Uint16Array
  /** Whether the first line is that of a scikit-learn table. */
  sklearn: boolean
  /** Whether the first column numbers the rows from 0 or 1 below an empty cell, as pandas and R write it. */
  counted: boolean
}

/**
 * Goes through a table once, before its columns are read.
 *
 * @throws RangeError when there is no row, or rows differ in length.
 */
export function survey(from: CsvText, header: unknown, rule: CellRule): Survey {
  let seen: Survey | undefined
  let start = 0
  for (const { cells, line } of records(from)) {
    if (!seen) {
      const [width, sklearn] = [cells.length, header === 'sklearn']
      seen = { first: cells, line, rows: 1, width, below: new Uint16Array(width), sklearn, counted: cells[0] === '' }
      continue
    }
    if (seen.rows++ === 1) settleWidth(seen, cells, header)
    if (seen.rows === 2) start = Number(cells[0])
    seen.counted &&= start <= 1 && cells[0] === String(start + seen.rows - 2)
    if (cells.length !== seen.width) unequal(line, seen.width, cells.length)
    for (let j = 0; j < cells.length; j++) seen.below[j]! |= bits(cells[j]!, seen.first[j], rule)
  }
  if (!seen) malformed('parseCsv: line 1', 'at least one row', 'an empty text')
  const { first, below, rows, sklearn } = seen
  while (!sklearn && seen.width > 1 && (first[seen.width - 1] ?? '') === '' && !(below[seen.width - 1]! & FILLED))
    seen.width--
  if (seen.width > first.length && !sklearn) unequal(seen.line + 1, first.length, seen.width)
  return { ...seen, first: sklearn ? first : first.slice(0, seen.width), counted: seen.counted && rows > 1 }
}

/** Sets the width where the rows end in a delimiter and the first row does not, or the other way round. */
function settleWidth(seen: Survey, second: string[], header: unknown): void {
  seen.sklearn ||= header === undefined && isSklearn(seen.first, second)
  const ended = (shorter: string[], longer: string[]) => longer.length === shorter.length + 1 && longer.at(-1) === ''
  if (!seen.sklearn && !ended(seen.first, second) && !ended(second, seen.first)) return
  seen.width = second.length
  seen.below = new Uint16Array(seen.width)
}

const unequal = (line: number, expected: number, found: number): never =>
  malformed(`parseCsv: line ${line}`, `${expected} cells as in the first line`, `${found}`)

function bits(cell: string, first: string | undefined, rule: CellRule): number {
  const again = cell === first ? AGAIN : 0
  const value = cellNumber(cell, rule)
  if (Number.isNaN(value)) return cellKind(cell, rule) | again | (cell === '' ? 0 : FILLED)
  const whole = Number.isInteger(value)
  return NUMBER | again | FILLED | (whole ? 0 : FRACTION) | (whole && /^\d{4}$/.test(cell) ? YEAR : 0)
}
