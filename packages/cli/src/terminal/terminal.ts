import { randomUUID } from 'node:crypto'
import { styleText } from 'node:util'
import { PIPE_CODE } from '../interrupts.ts'
import { reasonOf } from '../problem.ts'
import { printable } from './printable.ts'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes. Control characters are escaped on the way: see `printable`. */
export interface Terminal {
  /** Results: stdout. */
  out(text: string): void
  /** Progress and errors: stderr. */
  err(text: string): void
  /** The stream a progress bar may draw on; undefined when stderr is no terminal. */
  bar?: NodeJS.WritableStream | undefined
  /** Width in characters. */
  columns: number
  paint(style: Style, text: string): string
  /** Aborted when stdout cannot be written any more: its reader has gone, or the disk is full. */
  closed?: AbortSignal
}

/** Returns the process's own terminal. It sets an exit code other than 0 when output is lost. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  const colour = stdout.isTTY === true && !env.NO_COLOR
  // Stands for ESC until texts are escaped; random, so that no text can bring colours of its own.
  const mark = randomUUID()
  const painted = (text: string) => text.split(mark).map(printable).join('\u001b')
  const closed = new AbortController()
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (closed.signal.aborted) return
    closed.abort()
    process.exitCode ||= error.code === 'EPIPE' ? PIPE_CODE : 1
    if (error.code !== 'EPIPE') stderr.write(`opt: cannot write to standard output: ${reasonOf(error)}\n`)
  })
  // There is nowhere left to say it.
  stderr.on('error', () => {})
  return {
    out: (text) => void (closed.signal.aborted || stdout.write(`${painted(text)}\n`)),
    err: (text) => void stderr.write(`${printable(text)}\n`),
    bar: stderr.isTTY ? stderr : undefined,
    columns: Math.max(40, stdout.columns ?? 100),
    paint: (style, text) => (colour ? styleText(style, text).replaceAll('\u001b', mark) : text),
    closed: closed.signal,
  }
}
