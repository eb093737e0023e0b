import { malformed } from '../input/bytes.ts'
import { type CellRule, cellKind, NUMBER, OTHER, WORD } from './cells.ts'
import { AGAIN, FRACTION, type Survey, YEAR } from './survey.ts'

const NUMERIC = NUMBER | OTHER

/**
 * Whether the first row holds names: a word above numbers indicates names, a word that is repeated in its column data.
 *
 * @param text whether a column holds words whatever its cells look like.
 * @throws RangeError when there is no indication, or both: names may be numbers, and data may be words.
 */
export function guessHeader(table: Survey, rule: CellRule, text: (column: number) => boolean): boolean {
  const { first, line, rows, below, counted } = table
  const ask = (found: string): never =>
    malformed(`parseCsv: line ${line}`, 'option header (true or false), since cells may be names or data', found)
  const kinds = first.map((cell) => cellKind(cell, rule))
  const columns = (kind: number) => [...first.keys()].filter((j) => kinds[j]! & kind)
  const [words, numbers] = [columns(WORD), columns(NUMERIC)]
  const plain = likeNames(numbers.map((j) => first[j]!))
  if (words.length === 0) {
    const unnamed = first[0] === '' && plain && numbers.length > 0 && (counted || below[0]! & WORD)
    return unnamed || maybeNames(table) ? ask('numbers that may be names') : false
  }
  // Where words also stand among the numbers below, one of them is an error.
  const names = counted || words.some((j) => below[j]! & NUMERIC && !(below[j]! & WORD && text(j)))
  const data = words.some((j) => below[j]! & AGAIN)
  if (names && data) return ask('a word over numbers, and one that comes again below')
  if (data) return false
  if (numbers.length === 0) return names || ask(rows === 1 ? 'words without rows below' : 'words over words')
  if (names) return ask('numbers beside a word over numbers')
  return plain && ask('words, and numbers that may be names')
}

/** Whether numbers may be names: distinct integers (years), or increasing numbers (wavelengths). */
function likeNames(cells: string[]): boolean {
  const values = cells.map((cell) => Number(cell.replace(',', '.')))
  const grow = values.every((value, k) => k === 0 || value > values[k - 1]!)
  return grow || (cells.every((cell) => /^\d+$/.test(cell)) && new Set(cells).size === cells.length)
}

/** Whether a row of numbers may hold names: years above other numbers, or 0, 1, 2, ... as a row or above fractions. */
function maybeNames({ first, rows, below }: Survey): boolean {
  if (rows === 1) return false
  const value = (j: number) => (/^\d+$/.test(first[j]!) ? Number(first[j]) : Number.NaN)
  const columns = [...first.keys()]
  const years = columns.every((j) => value(j) >= 1500 && value(j) < 2200 && (j === 0 || value(j) !== value(j - 1)))
  if (years) return !below.some((kinds) => kinds & YEAR)
  if (first.length === 1) return false
  const counted = columns.every((j) => value(j) === value(0) + j && value(0) <= 1)
  return counted && ((value(0) === 0 && first.length > 2) || columns.every((j) => below[j]! & FRACTION))
}
