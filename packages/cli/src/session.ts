import type { Paper } from './paper.ts'
import type { Terminal } from './terminal/terminal.ts'

/** The arguments of every command. */
export interface Session {
  papers: readonly Paper[]
  terminal: Terminal
}
