import type { Terminal } from '../src/terminal/terminal.ts'

/** A terminal that remembers what was written. */
export function memoryTerminal(columns = 100): Terminal & { stdout(): string; stderr(): string } {
  const out: string[] = []
  const err: string[] = []
  return {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    columns,
    paint: (_, text) => text,
    stdout: () => out.join('\n'),
    stderr: () => err.join('\n'),
  }
}

/** A terminal whose screen can be read: it obeys the escape sequences of progress bars. */
export function screenTerminal(columns = 80, rows = 24) {
  const lines: string[] = ['']
  let [row, column, wrapping] = [0, 0, true]
  const down = () => {
    row++
    column = 0
    if (row === lines.length) lines.push('')
  }
  const obey: Record<string, (n: number) => void> = {
    A: (n) => {
      // What has left the screen at the top is out of reach.
      row = Math.max(row - n, lines.length - rows, 0)
    },
    J: () => {
      lines.length = row + 1
      lines[row] = lines[row]!.slice(0, column)
    },
    K: () => {
      lines[row] = lines[row]!.slice(0, column)
    },
    '?h': () => {
      wrapping = true
    },
    '?l': () => {
      wrapping = false
    },
  }
  const put = (char: string) => {
    if (char === '\n') return down()
    if (char === '\r') {
      column = 0
      return
    }
    if (column === columns && wrapping) down()
    if (column < columns) column++
    const line = lines[row]!.padEnd(column - 1)
    lines[row] = line.slice(0, column - 1) + char + line.slice(column)
  }
  const write = (text: string) => {
    const [plain, ...escaped] = text.split('\u001b')
    for (const char of plain!) put(char)
    for (const piece of escaped) {
      const [, mode, n, letter, rest] = /^\[(\??)(\d*)([A-Za-z])([\s\S]*)$/.exec(piece)!
      obey[mode! + letter!]!(Number(n || 1))
      for (const char of rest!) put(char)
    }
    return true
  }
  const terminal: Terminal = {
    out: (text) => void write(`${text}\n`),
    err: (text) => void write(`${text}\n`),
    bar: { write, columns, rows } as unknown as NodeJS.WritableStream,
    columns,
    paint: (_, text) => text,
  }
  return { terminal, write, text: () => lines.join('\n') }
}
