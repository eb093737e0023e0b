import { refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import { type Bytes, malformed, quote, textOf } from '../input/bytes.ts'
import { type CellRule, cellKind, cellNumber, expectedNumber, MISSING, NUMBER, OTHER, WORD } from './cells.ts'
import { type TableForm, tableForm } from './form.ts'
import { type CheckedCsvOptions, type CsvOptions, checkCsvOptions } from './options.ts'
import { records } from './rows.ts'
import { splitClass } from './sklearn.ts'
import type { CsvTable } from './table.ts'
import { Words } from './words.ts'

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
  const checked = checkCsvOptions(options)
  const form = tableForm(textOf(input, 'parseCsv'), checked)
  const { names, header, table } = form
  for (const column of checked.text)
    if (typeof column === 'number' ? !(column in names) : !names.includes(column))
      refuse('parseCsv: text', 'names or positions of columns', show(column))
  const read = readColumns(form, checked)
  return header === 'sklearn' ? splitClass(read, table.first) : read
}

function readColumns({ from, rule, table, header, names }: TableForm, options: CheckedCsvOptions): CsvTable {
  const { first, line: firstLine, rows, width, below } = table
  const named = options.text
  const skip = header !== false
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
        if (Number.isNaN(value))
          checkMissing(cell, rule, line, names[j]!, options.header === undefined && line === firstLine)
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
    `${expectedNumber(kind, rule)} (or options ${other}${kind === OTHER ? 'decimal' : 'missing'}, text)`,
    quote(cell),
  )
}
