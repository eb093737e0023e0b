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
