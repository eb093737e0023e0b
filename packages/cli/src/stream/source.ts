import { constants, createReadStream, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { linesOf, type OpenExamples, openExamples } from '@opt/datasets/node'
import { statOf } from '../files/targets.ts'
import { Problem, reasonOf, withoutFunction } from '../problem.ts'
import { nameable } from '../terminal/printable.ts'
import type { Settings } from './settings.ts'

/** Where examples come from. */
export interface Source {
  /** As it was typed, or `standard input`. */
  name: string
  /** Undefined for standard input. */
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
 * Opens a source and recognises its format; its lines end early, without an error, when the signal is aborted.
 *
 * @param onBytes is called after each chunk with the number of bytes read so far.
 * @returns undefined when the signal is aborted before the format is known.
 * @throws Problem when the source cannot be read, or is in no format that can be.
 */
export async function openSource(
  source: Source,
  { label, header, delimiter, decimal, firstIndex }: Omit<Settings, 'features'>,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<OpenExamples | undefined> {
  try {
    return await openExamples(readLines(source, signal, onBytes), {
      label,
      header,
      delimiter,
      decimal,
      firstIndex: firstIndex === 0 ? 0 : undefined,
    })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error instanceof Problem ? error : new Problem(withoutFunction(error))
  }
}

/**
 * Reads a source as lines, some at a time; they end early, without an error, when the signal is aborted.
 *
 * @param onBytes is called after each chunk with the number of bytes read so far.
 * @throws Problem naming the line after which the source cannot be read.
 */
export async function* readLines(
  source: Source,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<string[], void, void> {
  let count = 0
  try {
    for await (const lines of linesOf(chunksOf(source, signal, onBytes))) {
      count += lines.length
      yield lines
    }
  } catch (error) {
    if (signal.aborted) return
    const where = count > 0 ? ` after line ${count}` : ''
    throw new Problem(`cannot read ${source.name}${where}: ${withoutFunction(error)}`)
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
  // A pipe is polled: a thread whose read waits for the writer would keep the process from ending.
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
}
