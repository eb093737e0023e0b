import { randomUUID } from 'node:crypto'
import { styleText } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { cellText, seconds } from './format.ts'
import { PIPE_CODE } from './interrupts.ts'
import { printable } from './printable.ts'
import { reasonOf } from './problem.ts'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes. What a terminal would obey instead of show is written out on the way: see printable. */
export interface Terminal {
  /** Results: stdout. */
  out(text: string): void
  /** Progress and complaints: stderr. */
  err(text: string): void
  /** The stream a progress bar may draw on; undefined when nobody watches. */
  bar?: NodeJS.WritableStream
  /** Width in characters. */
  columns: number
  paint(style: Style, text: string): string
  /** Aborted when stdout takes no more: its reader has left, or its disk is full. */
  closed?: AbortSignal
}

/** The process's own terminal. The exit code is not 0 once something written to it is lost. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process
  const colour = stdout.isTTY === true && !env.NO_COLOR
  // Known to nobody, so that no text brings colours of its own.
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
    ...(stderr.isTTY ? { bar: stderr } : {}),
    columns: Math.max(40, stdout.columns ?? 100),
    paint: (style, text) => (colour ? styleText(style, text).replaceAll('\u001b', mark) : text),
    closed: closed.signal,
  }
}

/** Shows how far one piece of work is: a bar for eyes, one plain line per finished step otherwise. */
export interface ProgressView {
  update(fraction: number, label: string): void
  /** Takes the bar away, or prints the last step's line. */
  stop(): void
}

export function progressView(terminal: Terminal, title: string): ProgressView {
  return terminal.bar ? barView(terminal.bar, title, terminal.columns) : lineView(terminal, title)
}

function barView(stream: NodeJS.WritableStream, title: string, columns: number): ProgressView {
  const size = Math.max(10, Math.min(30, columns - title.length - 40))
  const bar = new SingleBar(
    {
      format: `${title} {bar} {percentage}%  {label}`,
      stream,
      barsize: size,
      clearOnComplete: true,
      hideCursor: true,
      // Ctrl-C is the command's business.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  const room = Math.max(8, columns - title.length - size - 10)
  bar.start(1, 0, { label: '' })
  return {
    update: (fraction, label) =>
      bar.update(Math.max(0, Math.min(1, fraction)), { label: printable(label).slice(0, room) }),
    stop: () => bar.stop(),
  }
}

function lineView(terminal: Terminal, title: string): ProgressView {
  let step = ''
  let start = performance.now()
  const finish = () => {
    if (step) terminal.err(`${title}: ${step} (${seconds((performance.now() - start) / 1000)})`)
  }
  return {
    update(_, label) {
      if (label === step) return
      finish()
      step = label
      start = performance.now()
    },
    stop: finish,
  }
}

/** A table that fits the terminal: the widest columns wrap; columns of numbers stand at the right. */
export function table(
  terminal: Terminal,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) => columns.map((_, j) => printable(cellText(row[j] ?? ''))))
  const widths = columns.map((column, j) => Math.max(column.length, ...cells.map((row) => row[j]!.length)))
  // Each column costs a border and two spaces; shrink the widest until all fit.
  const room = terminal.columns - 3 * columns.length - 1
  while (widths.reduce((a, b) => a + b, 0) > room && Math.max(...widths) > 8)
    widths[widths.indexOf(Math.max(...widths))]! -= 1
  const wraps = cells.some((row) => row.some((cell, j) => cell.length > widths[j]!))
  const drawn = new Table({
    head: [...columns],
    colWidths: widths.map((width) => width + 2),
    colAligns: columns.map((_, j) => (rows.some((row) => typeof row[j] === 'number') ? 'right' : 'left')),
    wordWrap: true,
    style: { head: [], border: [] },
  })
  drawn.push(...cells)
  const lines = drawn.toString().split('\n')
  // Rules between rows only where rows are taller than a line; the one below the head stays.
  const head = lines.findIndex((line) => line.startsWith('├'))
  return lines
    .filter((line, k) => wraps || k <= head || !line.startsWith('├'))
    .map((line, k) => (k > 0 && k < head ? painted(terminal, line) : line))
    .join('\n')
}

/** A row of the head with its words in bold; painted when it is drawn, since paint has no width. */
const painted = (terminal: Terminal, row: string) =>
  row
    .split('│')
    .map((cell) => (cell.trim() ? terminal.paint('bold', cell) : cell))
    .join('│')

/** Breaks a paragraph at spaces. */
export function wrap(text: string, columns: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, indent + line].join('\n')
}
