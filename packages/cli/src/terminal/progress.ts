import { seconds } from './format.ts'
import { nameable } from './printable.ts'
import type { Terminal } from './terminal.ts'

/** Shows how far pieces of work that run side by side are. */
export interface ProgressView {
  start(name: string): void
  update(name: string, fraction: number, label: string): void
  end(name: string): void
  /** Lets an action write to the terminal. */
  write(action: () => void): void
}

/** Returns a terminal whose texts do not disturb the view. */
export const aboveProgress = (terminal: Terminal, view: ProgressView): Terminal => ({
  ...terminal,
  out: (text) => view.write(() => terminal.out(text)),
  err: (text) => view.write(() => terminal.err(text)),
})

/** How often the bars are drawn at most, in milliseconds. */
const INTERVAL = 100

/**
 * Draws a line with a bar for each piece of work, at the bottom of a terminal; everything else is written above. The
 * cursor stays visible, on the line below, so that a process that is killed leaves the terminal as it should be.
 *
 * @param names all names that may occur.
 */
export function progressBars(stream: NodeJS.WritableStream, names: readonly string[]): ProgressView {
  const width = Math.max(...names.map((name) => name.length))
  const running = new Map<string, { fraction: number; label: string }>()
  let drawn = 0
  let timer: NodeJS.Timeout | undefined

  const line = (name: string, columns: number) => {
    const { fraction, label } = running.get(name)!
    const size = Math.max(10, Math.min(30, columns - width - 40))
    const done = Math.round(size * fraction)
    const percent = String(Math.round(100 * fraction)).padStart(3)
    return `${name.padEnd(width)} ${'█'.repeat(done)}${'░'.repeat(size - done)} ${percent}%  ${nameable(label)}`
  }
  const up = () => (drawn > 0 ? `\r\u001b[${drawn}A` : '')
  const clear = () => {
    if (drawn > 0) stream.write(`${up()}\u001b[J`)
    drawn = 0
  }
  const draw = () => {
    clearTimeout(timer)
    timer = undefined
    const { columns = 80, rows = 24 } = stream as { columns?: number; rows?: number }
    // Lines that have left the screen at the top could not be drawn again.
    const room = Math.max(1, rows - 1)
    const lines = [...running.keys()].map((name) => line(name, columns))
    if (lines.length > room) lines.splice(room - 1, lines.length, `and ${lines.length - room + 1} more`)
    // Without wrapping, long lines are cut.
    const text = lines.map((line) => `\u001b[?7l${line}\u001b[?7h\u001b[K\n`).join('')
    stream.write(`${up()}${text}\u001b[J`)
    drawn = lines.length
  }
  const drawSoon = () => {
    timer ??= setTimeout(draw, INTERVAL)
  }
  return {
    start(name) {
      running.set(name, { fraction: 0, label: '' })
      drawSoon()
    },
    update(name, fraction, label) {
      running.set(name, { fraction: fraction > 0 ? Math.min(1, fraction) : 0, label })
      drawSoon()
    },
    end(name) {
      running.delete(name)
      draw()
    },
    write(action) {
      clear()
      action()
      if (running.size > 0) draw()
    },
  }
}

/** Logs a line with its time for each finished step. */
export function progressLog(log: (name: string, line: string) => void): ProgressView {
  const running = new Map<string, { step: string; start: number }>()
  const finish = (name: string) => {
    const { step, start } = running.get(name)!
    if (step) log(name, `${name}: ${step} (${seconds((performance.now() - start) / 1000)})`)
  }
  const begin = (name: string, step: string) => running.set(name, { step, start: performance.now() })
  return {
    start: (name) => void begin(name, ''),
    update(name, _, label) {
      if (label === running.get(name)!.step) return
      finish(name)
      begin(name, label)
    },
    end: finish,
    write: (action) => action(),
  }
}
