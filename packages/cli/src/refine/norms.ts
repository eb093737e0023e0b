import { type CsvOptions, parseCsv } from '@opt/datasets'
import { Problem, withoutFunction } from '../problem.ts'
import { readLines, type Source } from '../stream/source.ts'
import { nameable } from '../terminal/printable.ts'

/** The column of norms of a table. */
export interface Norms {
  values: Float64Array
  /** The name of the column; undefined where it has none. */
  name: string | undefined
}

/**
 * Reads the column of norms of a table, which may be gzipped, or one number a line.
 *
 * @returns undefined when the signal is aborted.
 * @throws Problem when the source cannot be read, is no table, or it is not clear which column is meant.
 */
export async function readNorms(
  source: Source,
  { table, column }: { table: CsvOptions; column: string | number | undefined },
  signal: AbortSignal,
): Promise<Norms | undefined> {
  const pieces: string[] = []
  for await (const lines of readLines(source, signal)) pieces.push(lines.join('\n'))
  if (signal.aborted) return undefined
  const text = pieces.join('\n')
  if (text.trim() === '') throw new Problem(`${source.name} holds no norms`)
  // Numbers alone, one a line, have no header.
  const bare = /^\s*[-+.\d]/.test(text) && !/[,;|\t]/.test(text.slice(0, text.indexOf('\n')))
  const { values, names } = parse(text, bare ? { header: false, ...defined(table) } : table, source.name)
  const j = choose(names, column, source.name)
  const [rows, columns] = values.shape as [number, number]
  return {
    values: Float64Array.from({ length: rows }, (_, i) => values.data[columns * i + j]!),
    name: names[j] === String(j) ? undefined : names[j],
  }
}

const defined = (table: CsvOptions): CsvOptions =>
  Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined))

function parse(text: string, table: CsvOptions, name: string) {
  try {
    return parseCsv(text, table)
  } catch (error) {
    // Refine has no such options: a log without a norm at some step is no run to refine.
    throw new Problem(`${name}: ${withoutFunction(error).replace(' (or options missing, text)', '')}`)
  }
}

/** Returns the index of the column that is meant: the named one, the only one, or the only one with "norm" in its name. */
function choose(names: string[], column: string | number | undefined, source: string): number {
  const list = names.map(nameable).join(', ')
  if (names.length === 0) throw new Problem(`${source} has no column of numbers`)
  if (column !== undefined) {
    const named = names.indexOf(String(column))
    if (named >= 0) return named
    if (typeof column === 'number' && Number.isInteger(column) && column >= 0 && column < names.length) return column
    throw new Problem(`--column: ${source} has no column of numbers ${nameable(column)}, only ${list}`)
  }
  if (names.length === 1) return 0
  const like = names.filter((name) => /norm/i.test(name))
  if (like.length === 1) return names.indexOf(like[0]!)
  throw new Problem(`which column of ${source} holds the norms? Give --column, one of ${list}`)
}
