import { decimal } from '../input/bytes.ts'

/** A label, then pairs of an index (or a word, as in qid:3) and a value. */
const PAIRS = /^[+-]?[\d.]\S*(?:[ \t]+(?:\d+|[a-z]\w*):[^\s:]+)+[ \t]*(?:#.*)?$/

/** Of a longer line only the start is examined. */
const LONG = 4096

/**
 * Whether the first line with more than a label holds index:value pairs; rows of zeros are a label alone.
 *
 * @returns undefined when there is no such line.
 */
export function isLibsvm(text: string): boolean | undefined {
  for (const line of lines(text)) {
    // The last pair may be cut off.
    const start = line.length > LONG ? line.slice(0, LONG).replace(/\s\S*$/, '') : line.trim()
    const body = start.replace(/#.*/, '').trim()
    if (body !== '' && Number.isNaN(decimal(body))) return PAIRS.test(start)
  }
  return undefined
}

/** Lines, whatever ends them. */
function* lines(text: string): Generator<string, void, void> {
  const ends = /[\r\n]/g
  for (let at = 0; at < text.length; at = ends.lastIndex) {
    const found = ends.exec(text)
    yield text.slice(at, found?.index)
    if (!found) return
  }
}
