import { Presets, SingleBar } from 'cli-progress'
import { seconds } from './format.ts'
import { printable } from './printable.ts'
import type { Terminal } from './terminal.ts'

/** Shows how far a piece of work is: a bar on a terminal, otherwise a line for each finished step. */
export interface ProgressView {
  update(fraction: number, label: string): void
  /** Removes the bar, or prints the last step's line. */
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
      // The command handles Ctrl-C.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  const labelWidth = Math.max(8, columns - title.length - size - 10)
  bar.start(1, 0, { label: '' })
  return {
    update: (fraction, label) =>
      bar.update(Math.max(0, Math.min(1, fraction)), { label: printable(label).slice(0, labelWidth) }),
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
