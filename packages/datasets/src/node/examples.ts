import { createReadStream } from 'node:fs'
import type { Example, ExampleOptions } from '../examples/example.ts'
import { openExamples } from '../examples/open-examples.ts'
import { malformed } from '../input/bytes.ts'
import { linesOf } from './lines.ts'

/**
 * Reads the examples of a table (CSV) or a LIBSVM file one by one, gzipped or not, in constant memory.
 *
 * @param input the path of a file, or a stream of bytes such as `process.stdin`.
 * @throws RangeError naming the line that is malformed, or when there is no example.
 */
export async function* examplesOf(
  input: string | AsyncIterable<Uint8Array>,
  options: ExampleOptions = {},
): AsyncGenerator<Example, void, void> {
  const { lines, read } = await openExamples(
    linesOf(typeof input === 'string' ? createReadStream(input) : input),
    options,
  )
  let line = 0
  let count = 0
  for await (const some of lines)
    for (const text of some) {
      const example = read(text, ++line)
      if (!example) continue
      count++
      yield example
    }
  if (count === 0) malformed('examplesOf: line 1', 'at least one example', 'none')
}
