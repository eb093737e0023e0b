import { aboveProgress, progressBars, progressLog } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { Turns } from './turns.ts'

/** What a run shows while papers run side by side: progress at once, what stays on the screen in the papers' order. */
export interface RunOutput {
  start(name: string): void
  progress(name: string, fraction: number, label: string): void
  /** Shows what an experiment prints. */
  print(name: string, text: string): void
  /** Shows the result of a paper that has ended, if there is one to show. */
  end(name: string, result?: string): void
  /** Shows what still waits for a paper that never ran. */
  finish(): void
  /** Says something about the whole run, at once. */
  say(text: string): void
}

/** @param names all papers, in order and distinct. */
export function runOutput(terminal: Terminal, names: readonly string[]): RunOutput {
  const turns = new Turns(names)
  const view = terminal.bar
    ? progressBars(terminal.bar, names)
    : progressLog((name, line) => turns.act(name, () => terminal.err(line)))
  const { out, err } = aboveProgress(terminal, view)
  return {
    start: view.start,
    progress: view.update,
    print: (name, text) => turns.act(name, () => err(text.replace(/\n$/, ''))),
    end(name, result) {
      view.end(name)
      if (result !== undefined) turns.act(name, () => out(result))
      turns.end(name)
    },
    finish: () => turns.finish(),
    say: err,
  }
}
