import { constants, createReadStream, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { addAbortSignal, pipeline, Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { crc32, createGunzip } from 'node:zlib'
import { nameable } from '../printable.ts'
import { Problem, reasonOf } from '../problem.ts'
import { statOf } from '../targets.ts'

/** How far an input has been read, and a digest of the lines up to there, by which it is known again. */
export interface Position {
  lines: number
  /** CRC-32 of these lines, each with a newline; undefined when it was not taken from the beginning. */
  digest?: number | undefined
}

export const START: Position = { lines: 0, digest: 0 }

export const after = ({ lines, digest }: Position, line: string): Position => ({
  lines: lines + 1,
  digest: digest === undefined ? undefined : crc32(`${line}\n`, digest),
})

/** Where lines come from. */
export interface Source {
  /** As it was typed, or `standard input`. */
  name: string
  /** Undefined: standard input. */
  path?: string
  /** Bytes of a regular file; undefined for what can be read only once. */
  size?: number
}

const STANDARD_INPUT = /^(-|\/dev\/(stdin|fd\/0)|\/proc\/self\/fd\/0)$/

/** @throws Problem when there is nothing to read. */
export function sourceOf(file: string | undefined): Source {
  if (file === undefined || file === '-') return { name: 'standard input' }
  const name = nameable(file)
  try {
    const stats = statOf(file)
    if (stats === undefined) throw new Problem(`cannot read ${name}: there is no such file`)
    if (stats.isDirectory()) throw new Problem(`cannot read ${name}: it is a folder`)
    if (stats.isFile()) return { name, path: file, size: Number(stats.size) }
    return STANDARD_INPUT.test(file) ? { name: 'standard input' } : { name, path: file }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(`cannot read ${name}: ${reasonOf(error)}`)
  }
}

/**
 * Reads lines, some at a time; what is packed by gzip is unpacked. Ends early, without an error, when the signal is aborted.
 *
 * @param onBytes told after every piece how many bytes of the source are read.
 * @throws Problem when it cannot be read on, naming the line.
 */
export async function* linesOf(
  source: Source,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<string[]> {
  let count = 0
  try {
    for await (const lines of split(unpacked(chunksOf(source, signal, onBytes)))) {
      count += lines.length
      yield lines
    }
  } catch (error) {
    if (signal.aborted) return
    const where = count > 0 ? ` after line ${count}` : ''
    throw new Problem(`cannot read ${source.name}${where}: ${reasonOf(error)}`)
  }
}

async function* chunksOf(source: Source, signal: AbortSignal, onBytes?: (bytes: number) => void) {
  if (signal.aborted) return
  let bytes = 0
  for await (const chunk of addAbortSignal(signal, open(source)) as AsyncIterable<Buffer>) {
    yield chunk
    onBytes?.((bytes += chunk.length))
  }
}

function open({ path, size }: Source): Readable {
  if (path === undefined) return process.stdin
  if (size !== undefined || !statOf(path)?.isFIFO()) return createReadStream(path)
  // A pipe is polled: in a thread of its own a read that waits for the writer would keep the process from ending.
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
}

async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 2) {
    const { done, value } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  const all = (async function* () {
    if (head.length > 0) yield head
    yield* chunks
  })()
  if (head[0] !== 0x1f || head[1] !== 0x8b) yield* all
  else yield* pipeline(Readable.from(all, { objectMode: false }), createGunzip(), () => {})
}

/** Longer lines are no examples, but a file without lines. */
const LONGEST = 2 ** 28

async function* split(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of chunks) {
    const lines = decoder.write(chunk).split('\n')
    lines[0] = rest + lines[0]
    rest = lines.pop()!
    if (rest.length > LONGEST) throw new Problem(`a line is longer than ${LONGEST} characters`)
    if (lines.length > 0) yield lines.map(withoutReturn)
  }
  rest += decoder.end()
  if (rest !== '') yield [withoutReturn(rest)]
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line)
