import { options as optionsOf, refuse, show } from '@opt/core'
import { malformed } from '../input/bytes.ts'
import { foreign } from '../input/foreign.ts'
import { checkIterable, part } from '../input/options.ts'
import { isLibsvm } from '../libsvm/detect.ts'
import { libsvmLine } from '../libsvm/libsvm.ts'
import { type ExampleOptions, type ExampleReader, TABLE_OPTIONS } from './example.ts'
import { tableReader } from './table-reader.ts'

/** How many lines of a table are read before its first example, to infer its form. */
const HEAD_LINES = 100

/** A file of examples whose format is known. */
export interface OpenExamples extends ExampleReader {
  /** All lines from the first on, some at a time. */
  lines: AsyncIterableIterator<string[]>
}

/**
 * Recognises the format of a file of examples, a table (CSV) or LIBSVM, by its first lines.
 *
 * @param lines those of the file, some at a time: see `linesOf` of @opt/datasets/node.
 * @throws RangeError when the file is in another format, or its first lines leave open what an option would say.
 */
export async function openExamples(
  lines: AsyncIterable<string[]>,
  options: ExampleOptions = {},
): Promise<OpenExamples> {
  const given = optionsOf(options, 'openExamples: options', [...TABLE_OPTIONS, 'firstIndex'])
  const { firstIndex } = given
  if (firstIndex !== undefined && firstIndex !== 0 && firstIndex !== 1)
    refuse('openExamples: firstIndex', '0 or 1', show(firstIndex))
  checkIterable(lines, 'openExamples: lines', 'lines')
  const rest = lines[Symbol.asyncIterator]()
  const head: string[] = []
  while (head.length < HEAD_LINES && isLibsvm(head.join('\n')) !== true) {
    const { done, value } = await rest.next()
    if (done) break
    for (const line of value) head.push(line)
  }
  let first: string[] | undefined = head
  const all: AsyncIterableIterator<string[]> = {
    [Symbol.asyncIterator]: () => all,
    async next() {
      if (first === undefined) return rest.next()
      const value = first
      first = undefined
      return { value }
    },
    async return() {
      await rest.return?.()
      return { done: true, value: undefined }
    },
  }
  return { ...readerFor(head.slice(0, HEAD_LINES).join('\n'), given), lines: all }
}

function readerFor(head: string, options: ExampleOptions): ExampleReader {
  const other = foreign(head)
  if (other) malformed('openExamples: line 1', 'a table, or label index:value', other)
  // Lines that are a label alone are LIBSVM's rows of zeros: a table has more columns.
  const format = (isLibsvm(head) ?? true) ? 'libsvm' : 'csv'
  for (const name of format === 'csv' ? (['firstIndex'] as const) : TABLE_OPTIONS)
    if (options[name] !== undefined)
      refuse(`openExamples: ${name}`, `left out for a file of format ${format}`, show(options[name]))
  if (format === 'csv') return tableReader(head, part(options, TABLE_OPTIONS), 'openExamples')
  const { firstIndex = 1 } = options
  return { format, features: undefined, read: (text, line) => libsvmLine(text, { firstIndex, line }) }
}
