import { decimal } from './bytes.ts'

/** How the cells of a table are read. */
export interface CellRule {
  missing: Set<string>
  decimal: '.' | ','
}

/** Marks by which files say that a number is missing, or is none. */
const MARKS = new Set(
  ['', '?', '-', '--', '.', '*', 'na', 'n/a', 'n.a.', '#n/a', '#na', 'nan', '-nan', '1.#qnan', 'null', '<na>'].concat(
    ['(null)', 'nil', 'none', 'missing', 'inf', '-inf', '+inf', 'infinity', '-infinity', '+infinity'],
    ['#value!', '#div/0!', '#num!', '#ref!', '#name?', '\\n'],
  ),
)

/** Digits that may stand in groups of three, with a fraction after a point or a comma. */
const FIGURES = String.raw`(?:\d{1,3}(?:([,.'’\u00a0\u202f ])\d{3})(?:\1\d{3})*|\d+)(?:[.,]\d*)?|[.,]\d+`
/** A number as other countries, spreadsheets or FORTRAN write it. */
const OTHERWISE = new RegExp(
  String.raw`^\(?[+\-−]?[$€£¥]? ?[+\-−]?(?:${FIGURES})(?:[eEdD][+-]?\d+)? ?[%€$£¥]?\)?$`,
  'u',
)

/** What a cell may be, as bits. */
export const NUMBER = 1
export const MISSING = 2
/** A mark of {@link MARKS} that option `missing` does not name. */
export const MARK = 4
/** A number in another spelling than the rule's. */
export const OTHER = 8
export const WORD = 16

/** The number in a cell; NaN when it is missing or none. */
export function cellNumber(cell: string, rule: CellRule): number {
  if (rule.missing.has(cell)) return Number.NaN
  if (rule.decimal === '.') return decimal(cell)
  return cell.includes('.') ? Number.NaN : decimal(cell.replace(',', '.'))
}

export function cellKind(cell: string, rule: CellRule): number {
  if (rule.missing.has(cell)) return MISSING
  if (!Number.isNaN(cellNumber(cell, rule))) return NUMBER
  if (MARKS.has(cell.toLowerCase())) return MARK
  return OTHERWISE.test(cell) || severalNumbers(cell) || !Number.isNaN(decimal(cell)) ? OTHER : WORD
}

/** Whether a cell holds several numbers set apart by blanks. */
export function severalNumbers(cell: string): boolean {
  const parts = cell.split(/\s+/, 1000)
  return parts.length > 1 && parts.every((part) => !Number.isNaN(decimal(part.replace(',', '.'))))
}
