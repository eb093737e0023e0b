import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { bytesOf, encodingOf, malformed } from '../input/bytes.ts'
import { foreignBytes } from '../input/foreign.ts'
import { checkIterable } from '../input/options.ts'

/** A file without line ends would otherwise fill the memory. */
const LONGEST_LINE = 268_435_456

/**
 * Splits a stream of bytes into lines, in constant memory. Gzip is recognised by its first bytes and
 * decompressed; text is UTF-8, or UTF-16 with a byte order mark.
 *
 * @returns lines without their ends (LF or CR LF), some at a time, as they come in.
 * @throws RangeError when the bytes are no text, the compressed data is damaged or cut short, or a line is
 * longer than 2^28 characters.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void, void> {
  let decoder: TextDecoder | undefined
  let rest = ''
  const decode = (bytes: Uint8Array, stream: boolean) => {
    try {
      return (decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true })).decode(bytes, { stream })
    } catch {
      return malformed('linesOf', 'UTF-8 text', foreignBytes(bytes) ?? 'other bytes (decode another encoding first)')
    }
  }
  for await (const chunk of unpacked(bytesIn(chunks))) {
    const lines = (rest + decode(chunk, true)).split('\n')
    rest = lines.pop()!
    if (rest.length > LONGEST_LINE) malformed('linesOf', `lines of at most ${LONGEST_LINE} characters`, 'a longer one')
    if (lines.length > 0) yield lines.map(withoutReturn)
  }
  rest += decode(new Uint8Array(0), false)
  if (rest !== '') yield [withoutReturn(rest)]
}

/** Checks that the chunks of a stream are bytes. */
async function* bytesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  checkIterable(chunks, 'linesOf: chunks', 'bytes')
  for await (const chunk of chunks) yield bytesOf(chunk, 'linesOf')
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line)

async function* unpacked(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < 2) {
    const { done, value } = await source.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  const all = (async function* () {
    try {
      if (head.length > 0) yield head
      yield* source
    } finally {
      await source.return(undefined)
    }
  })()
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all
    return
  }
  try {
    yield* pipeline(Readable.from(all, { objectMode: false }), createGunzip(), () => {})
  } catch (cause) {
    if (!/^Z_/.test(String((cause as NodeJS.ErrnoException).code))) throw cause
    throw new RangeError(`linesOf: the compressed data is damaged or cut short (${(cause as Error).message})`, {
      cause,
    })
  }
}
