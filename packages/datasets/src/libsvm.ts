import { type CSR, number, refuse, show } from '@opt/core'
import { type Bytes, decimal, malformed, quote, textOf } from './bytes.ts'

/** One example of a LIBSVM file; indices count from 0 and ascend. */
export interface LibsvmExample {
  label: number
  indices: number[]
  values: number[]
}

/** A LIBSVM file: a sparse matrix by rows (the CSR of @opt/core) and one label a row. */
export interface Libsvm extends CSR {
  labels: Float64Array
}

/** Options of {@link parseLibsvm} and {@link libsvmLine}. */
export interface LibsvmOptions {
  /** Number of columns; default: the largest index. A larger index is an error. */
  features?: number
  /** Index of the first feature in the file: 1 (LIBSVM's own, the default) or 0. */
  firstIndex?: 0 | 1
  /** Line number for messages of {@link libsvmLine}, from 1. */
  line?: number
}

const MAX_INDEX = 2147483647

/**
 * Reads one line, `label index:value index:value ...  # comment`, for files read as a stream.
 *
 * @returns undefined for an empty line or one that is all comment.
 * @throws RangeError naming line and token when the line is malformed.
 */
export function libsvmLine(text: string, options: LibsvmOptions = {}): LibsvmExample | undefined {
  const { features = MAX_INDEX, firstIndex = 1, line = 1 } = options
  if (typeof text !== 'string') throw new TypeError(`libsvmLine: line must be a string, got ${typeof text}`)
  if (firstIndex !== 0 && firstIndex !== 1) refuse('parseLibsvm: firstIndex', '0 or 1', show(firstIndex))
  const comment = text.indexOf('#')
  const body = (comment < 0 ? text : text.slice(0, comment)).trim()
  if (body === '') return undefined
  const [first, ...pairs] = body.split(/\s+/)
  const where = `parseLibsvm: line ${line}`
  const label = decimal(first!)
  if (Number.isNaN(label)) malformed(where, 'a label that is one number', quote(first!))
  const indices = new Array<number>(pairs.length)
  const values = new Array<number>(pairs.length)
  pairs.forEach((pair, k) => {
    const colon = pair.indexOf(':')
    const written = pair.slice(0, Math.max(0, colon))
    if (!/^\d+$/.test(written)) malformed(where, 'index:value', quote(pair))
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
 * @throws RangeError naming the line when the text is malformed or holds no example.
 * Source: C.-C. Chang and C.-J. Lin, LIBSVM, README, "Usage of svm-train".
 */
export function parseLibsvm(input: Bytes | string, options: LibsvmOptions = {}): Libsvm {
  if (options.features !== undefined)
    number(options.features, 'parseLibsvm: features', { integer: true, min: 1, max: MAX_INDEX })
  const text = textOf(input, 'parseLibsvm')
  const indptr = [0]
  const labels: number[] = []
  const indices: number[] = []
  const values: number[] = []
  let columns = 0
  for (let at = 0, line = 1; at < text.length; line++) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const example = libsvmLine(text.slice(at, end), { ...options, line })
    at = end + 1
    if (!example) continue
    labels.push(example.label)
    for (let k = 0; k < example.indices.length; k++) {
      indices.push(example.indices[k]!)
      values.push(example.values[k]!)
    }
    columns = Math.max(columns, (example.indices.at(-1) ?? -1) + 1)
    indptr.push(indices.length)
  }
  if (labels.length === 0) malformed('parseLibsvm: line 1', 'at least one example', 'none')
  return {
    rows: labels.length,
    columns: options.features ?? columns,
    indptr: Int32Array.from(indptr),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
    labels: Float64Array.from(labels),
  }
}
