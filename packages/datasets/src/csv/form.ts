import { refuse, show } from '@opt/core'
import { malformed } from '../input/bytes.ts'
import { foreign } from '../input/foreign.ts'
import { isLibsvm } from '../libsvm/detect.ts'
import type { CellRule } from './cells.ts'
import { guessHeader } from './header.ts'
import type { CheckedCsvOptions } from './options.ts'
import { type CsvText, guessDelimiter, separatorLine, WHITESPACE } from './rows.ts'
import { type Survey, survey } from './survey.ts'

/** The form of a table: how its text is divided into cells, and what its columns are called. */
export interface TableForm {
  from: CsvText
  rule: CellRule
  table: Survey
  /** What the first line is: a row (false), names (true), or that of a scikit-learn table. */
  header: boolean | 'sklearn'
  /** Names of all columns: those of the header, or the positions. */
  names: string[]
}

/** Infers the form of a table from its text, as far as the options leave it open. */
export function tableForm(text: string, options: CheckedCsvOptions): TableForm {
  const { missing, decimal, text: named, maxCells } = options
  const from = { ...textFrom(text, options.delimiter, decimal), maxCells }
  const rule: CellRule = { missing: new Set(missing), decimal }
  const table = survey(from, options.header, rule)
  const namesAsked = named.some((column) => typeof column === 'string' && table.first.includes(column))
  const header = table.sklearn
    ? 'sklearn'
    : (options.header ?? (namesAsked || guessHeader(table, rule, (j) => named.includes(j))))
  const names = header === true ? distinct(table.first) : Array.from({ length: table.width }, (_, j) => String(j))
  return { from, rule, table, header, names }
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
