import type { Paper } from './paper.ts'
import type { Terminal } from './terminal/terminal.ts'

/** What every command is given. */
export interface Session {
  papers: readonly Paper[]
  terminal: Terminal
}
