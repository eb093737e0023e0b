import type { CAC } from 'cac'
import { typedPaper, venueAndYear } from '../paper.ts'
import type { Session } from '../session.ts'
import { wrap } from '../terminal/table.ts'

export function addInfo(cli: CAC, { papers, terminal }: Session): void {
  cli.command('info <paper>', 'Show one paper').action((name: string) => {
    const paper = typedPaper(papers, name)
    const facts = [
      ['authors', paper.authors.join(', ')],
      ['venue', venueAndYear(paper)],
      ['arXiv', paper.arXiv && `https://arxiv.org/abs/${paper.arXiv}`],
      ['topic', paper.topic],
      ['tasks', paper.tasks.join(', ')],
      ['package', `@opt/${paper.name} ${paper.version}`],
    ] as const
    const width = Math.min(100, terminal.columns)
    const lines = facts
      .filter(([, value]) => value)
      .map(([key, value]) => key.padEnd(10) + wrap(value, width, ' '.repeat(10)).trimStart())
    terminal.out(
      [
        terminal.paint('bold', wrap(paper.title, width)),
        '',
        wrap(paper.summary, width),
        '',
        ...lines,
        '',
        `npm install @opt/${paper.name}`,
        `opt reproduce ${paper.name} --quick`,
      ].join('\n'),
    )
    return 0
  })
}
