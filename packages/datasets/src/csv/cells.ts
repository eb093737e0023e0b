import { decimal } from '../input/bytes.ts'

/** How the cells of a table are read. */
export interface CellRule {
  missing: Set<string>
  decimal: '.' | ','
}

/** Common marks for a missing or undefined number, in lower case. */
const MARKS = new Set(
  ['', '?', '-', '--', '.', '*', 'na', 'n/a', 'n.a.', '#n/a', '#na', 'nan', '-nan', '1.#qnan', 'null', '<na>'].concat(
    ['(null)', 'nil', 'none', 'missing', 'inf', '-inf', '+inf', 'infinity', '-infinity', '+infinity'],
    ['#value!', '#div/0!', '#num!', '#ref!', '#name?', '\\n'],
  ),
)

/** Digits that may stand in groups of three, with a fraction after a point or a comma. */
const FIGURES = String.raw`(?:\d{1,3}(?:([,.'’\u00a0\u202f ])\d{3})(?:\1\d{3})*|\d+)(?:[.,]\d*)?|[.,]\d+`
/** A number as other locales, spreadsheets or FORTRAN write it. */
const OTHERWISE = new RegExp(
  String.raw`^\(?[+\-−]?[$€£¥]? ?[+\-−]?(?:${FIGURES})(?:[eEdD][+-]?\d+)? ?[%€$£¥]?\)?$`,
  'u',
)

/** Kinds of cells, as bits. */
export const NUMBER = 1
export const MISSING = 2
/** One of {@link MARKS} that option `missing` does not list. */
export const MARK = 4
/** A number in another notation than the rule's. */
export const OTHER = 8
export const WORD = 16

/** Returns the number in a cell; NaN when it is missing or not a number. */
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

/** Says what a cell of a kind that is no number should have been. */
export const expectedNumber = (kind: number, { decimal }: CellRule): string =>
  kind === OTHER ? `a number such as 1234${decimal}5, thousands not set apart` : 'a finite number'

/** Whether a cell holds several numbers separated by blanks. */
export function severalNumbers(cell: string): boolean {
  const parts = cell.split(/\s+/, 1000)
  return parts.length > 1 && parts.every((part) => !Number.isNaN(decimal(part.replace(',', '.'))))
}
