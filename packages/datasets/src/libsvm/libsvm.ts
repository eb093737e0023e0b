import { type CSR, number, options as optionsOf, refuse, show } from '@opt/core'
import { type Bytes, decimal, malformed, quote, textOf } from '../input/bytes.ts'
import { foreign } from '../input/foreign.ts'
import { type Limits, limit, within } from '../input/limits.ts'

/** One example of a LIBSVM file. Indices start at 0 and ascend. */
export interface LibsvmExample {
  label: number
  indices: number[]
  values: number[]
}

/** A LIBSVM file: a sparse matrix by rows (the CSR of @opt/core) and a label for each row. */
export interface Libsvm extends CSR {
  labels: Float64Array
}

/** Options of {@link parseLibsvm} and, but for `maxCells`, {@link libsvmLine}. */
export interface LibsvmOptions extends Pick<Limits, 'maxCells'> {
  /** Number of columns. Default: the largest index. A larger index is an error. */
  features?: number | undefined
  /** Index of the first feature in the file: 1 (LIBSVM's own, the default) or 0. */
  firstIndex?: 0 | 1 | undefined
  /** The line's number in messages of {@link libsvmLine}, from 1. */
  line?: number | undefined
}

/** The names of the options of {@link parseLibsvm}. */
export const LIBSVM_OPTIONS = ['features', 'firstIndex', 'maxCells'] as const

const MAX_INDEX = 2147483647

/** The options for reading a line, checked. */
interface LineRule {
  features: number
  firstIndex: number
}

/**
 * Reads one line, `label index:value index:value ...  # comment`, of a file that is read as a stream.
 *
 * @returns undefined for an empty line or a comment.
 * @throws RangeError naming line and token when the line is malformed.
 */
export function libsvmLine(text: string, options: Omit<LibsvmOptions, 'maxCells'> = {}): LibsvmExample | undefined {
  const { line = 1 } = optionsOf(options, 'libsvmLine: options', ['features', 'firstIndex', 'line'])
  if (typeof text !== 'string') refuse('libsvmLine: line', 'a string', show(text), 'type')
  number(line, 'libsvmLine: line', { integer: true, min: 1 })
  return example(text, lineRule(options, 'libsvmLine'), line)
}

function lineRule({ features = MAX_INDEX, firstIndex = 1 }: LibsvmOptions, caller: string): LineRule {
  number(features, `${caller}: features`, { integer: true, min: 1, max: MAX_INDEX })
  if (firstIndex !== 0 && firstIndex !== 1) refuse(`${caller}: firstIndex`, '0 or 1', show(firstIndex))
  return { features, firstIndex }
}

function example(text: string, { features, firstIndex }: LineRule, line: number): LibsvmExample | undefined {
  const comment = text.indexOf('#')
  const body = (comment < 0 ? text : text.slice(0, comment)).trim()
  if (body === '') return undefined
  const [first, ...pairs] = body.split(/\s+/)
  const where = `parseLibsvm: line ${line}`
  const label = decimal(first!)
  if (Number.isNaN(label)) malformed(where, 'a label that is one number', foreign(text) ?? quote(first!))
  const indices = new Array<number>(pairs.length)
  const values = new Array<number>(pairs.length)
  pairs.forEach((pair, k) => {
    const colon = pair.indexOf(':')
    const written = pair.slice(0, Math.max(0, colon))
    if (!/^\d+$/.test(written))
      malformed(
        where,
        'index:value',
        `${quote(pair)}${written === 'qid' ? ' (ranking data; queries are not read)' : ''}`,
      )
    const index = Number(written) - firstIndex
    if (index < 0) malformed(where, `indices from ${firstIndex} (option firstIndex)`, quote(pair))
    if (index >= features) malformed(where, `an index of at most ${features - 1 + firstIndex}`, quote(pair))
    if (k > 0 && index <= indices[k - 1]!)
      malformed(where, 'ascending indices', `${quote(pair)} after ${quote(pairs[k - 1]!)}`)
    const value = decimal(pair.slice(colon + 1))
    if (Number.isNaN(value)) malformed(where, 'index:value with a finite value', quote(pair))
    indices[k] = index
    values[k] = value
  })
  return { label, indices, values }
}

/**
 * Reads a LIBSVM (SVMlight) file.
 *
 * @returns rows in the file's order; column j is the file's index j + firstIndex.
 * @throws RangeError naming the line when the text is malformed, holds no example, or has more than
 * `maxCells` entries or (unless `features` is given) columns; default 100,000,000.
 * Source: C.-C. Chang and C.-J. Lin, LIBSVM, README, "Usage of svm-train".
 */
export function parseLibsvm(input: Bytes | string, options: Omit<LibsvmOptions, 'line'> = {}): Libsvm {
  const given = optionsOf(options, 'parseLibsvm: options', LIBSVM_OPTIONS)
  const most = limit(given, 'maxCells', 'parseLibsvm')
  const rule = lineRule(given, 'parseLibsvm')
  const text = textOf(input, 'parseLibsvm')
  const other = foreign(text)
  if (other) malformed('parseLibsvm: line 1', 'label index:value', other)
  const newline = text.includes('\n') ? '\n' : '\r'
  const indptr = [0]
  const labels: number[] = []
  const indices: number[] = []
  const values: number[] = []
  let columns = 0
  for (let at = 0, line = 1; at < text.length; line++) {
    const found = text.indexOf(newline, at)
    const end = found < 0 ? text.length : found
    const row = example(text.slice(at, end), rule, line)
    at = end + 1
    if (!row) continue
    labels.push(row.label)
    within(indices.length + row.indices.length, most, 'maxCells', `parseLibsvm: line ${line}, entries`)
    for (let k = 0; k < row.indices.length; k++) {
      indices.push(row.indices[k]!)
      values.push(row.values[k]!)
    }
    columns = Math.max(columns, (row.indices.at(-1) ?? -1) + 1)
    if (given.features === undefined)
      within(columns, most, 'maxCells', `parseLibsvm: line ${line}, columns`, `${columns}`)
    indptr.push(indices.length)
  }
  if (labels.length === 0) malformed('parseLibsvm: line 1', 'at least one example', 'none')
  return {
    rows: labels.length,
    columns: given.features ?? columns,
    indptr: Int32Array.from(indptr),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
    labels: Float64Array.from(labels),
  }
}
