import type { CAC } from 'cac'
import type { Session } from '../session.ts'
import { table } from '../terminal/table.ts'

export function addList(cli: CAC, { papers, terminal }: Session): void {
  cli.command('list', 'List the papers').action(() => {
    if (papers.length === 0) terminal.out('There are no papers yet.')
    else {
      const rows = papers.map(({ name, title, year, topic }) => [name, title, String(year), topic])
      terminal.out(table(terminal, ['name', 'paper', 'year', 'topic'], rows))
      terminal.out('`opt info <name>` tells more; `opt reproduce <name>` runs its experiment.')
    }
    return 0
  })
}
