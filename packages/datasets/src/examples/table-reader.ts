import { refuse, show } from '@opt/core'
import { cellKind, cellNumber, expectedNumber, OTHER } from '../csv/cells.ts'
import { type TableForm, tableForm } from '../csv/form.ts'
import { checkCsvOptions } from '../csv/options.ts'
import { records } from '../csv/rows.ts'
import { malformed, quote } from '../input/bytes.ts'
import type { Example, ExampleOptions, ExampleReader } from './example.ts'

/**
 * Reads a table row by row. Delimiter, header and width are inferred from its first lines; a row is one line.
 *
 * @param head the first lines of the file.
 */
export function tableReader(head: string, options: Omit<ExampleOptions, 'firstIndex'>, caller: string): ExampleReader {
  const { label: named, ...others } = options
  const form = tableForm(head, checkCsvOptions({ ...others, text: named === undefined ? [] : [named] }))
  const { names, header, table } = form
  const label = named === undefined ? names.length - 1 : positionOf(named, names, `${caller}: label`)
  if (names.length < 2) malformed(`parseCsv: line ${table.line}`, 'a label and at least one feature', '1 column')
  const firstRow = header === false ? table.line : table.line + 1
  return {
    format: 'csv',
    features: names.length - 1,
    read: (text, line) => (line < firstRow ? undefined : exampleIn(text, line, form, label)),
  }
}

function positionOf(named: string | number, names: string[], argument: string): number {
  const position = typeof named === 'number' ? named : names.indexOf(named)
  if (!Number.isInteger(position) || position < 0 || position >= names.length)
    refuse(argument, `the name of a column, or a position from 0 to ${names.length - 1}`, show(named))
  return position
}

function exampleIn(text: string, at: number, form: TableForm, label: number): Example | undefined {
  const { from, names, rule } = form
  for (const { cells, line } of records({ ...from, text, line: at, start: 0 })) {
    // A delimiter may end the row.
    if (cells.length !== names.length && !(cells.length === names.length + 1 && cells.at(-1) === ''))
      malformed(`parseCsv: line ${line}`, `${names.length} cells as in the first line`, `${cells.length}`)
    const indices: number[] = []
    const values: number[] = []
    for (let j = 0, feature = 0; j < names.length; j++) {
      if (j === label) continue
      const value = cellNumber(cells[j]!, rule)
      if (Number.isNaN(value)) notNumber(cells[j]!, form, line, names[j]!)
      if (value !== 0) {
        indices.push(feature)
        values.push(value)
      }
      feature++
    }
    if (cells[label] === '') malformed(`parseCsv: line ${line}`, 'a label', 'an empty cell')
    const number = cellNumber(cells[label]!, rule)
    return { label: Number.isNaN(number) ? cells[label]! : number, indices, values }
  }
  return undefined
}

function notNumber(cell: string, { rule }: TableForm, line: number, name: string): never {
  const kind = cellKind(cell, rule)
  const hint = kind === OTHER ? ' (or option decimal)' : ''
  return malformed(`parseCsv: line ${line}, column ${quote(name)}`, expectedNumber(kind, rule) + hint, quote(cell))
}
