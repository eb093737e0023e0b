import { decimal } from './bytes.ts'

/** A label, and pairs of an index (or a word, as in qid:3) and a value. */
const PAIRS = /^[+-]?[\d.]\S*(?:[ \t]+(?:\d+|[a-z]\w*):[^\s:]+)+[ \t]*(?:#.*)?$/

/** Of a longer line the start is looked at. */
const LONG = 4096

/**
 * Whether the first line that is more than a label holds index:value; rows of zeros are a label alone.
 *
 * @returns undefined when there is no such line.
 */
export function isLibsvm(text: string): boolean | undefined {
  for (const line of lines(text)) {
    // The last pair of a start may be cut.
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
