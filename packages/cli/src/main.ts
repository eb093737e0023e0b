import { readFileSync } from 'node:fs'
import { cac } from 'cac'
import { addInfo } from './commands/info.ts'
import { addList } from './commands/list.ts'
import { addMinimize } from './commands/minimize.ts'
import { addRefine } from './commands/refine.ts'
import { addReproduce } from './commands/reproduce.ts'
import { addStream } from './commands/stream.ts'
import { addTransport } from './commands/transport.ts'
import { addUnmix } from './commands/unmix.ts'
import { joinNegative } from './options.ts'
import { nearest } from './paper.ts'
import { sentenceOf, UsageError } from './problem.ts'
import type { Session } from './session.ts'
import { nameable } from './terminal/printable.ts'

const COMMANDS = [addList, addInfo, addReproduce, addRefine, addMinimize, addStream, addUnmix, addTransport]

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** Runs `opt` with the words after it and returns the exit code. */
export async function main(words: readonly string[], session: Session): Promise<number> {
  const { terminal } = session
  const cli = cac('opt')
  for (const add of COMMANDS) add(cli, session)
  cli.help()
  cli.version(version)
  try {
    cli.parse(['node', 'opt', ...joinNegative(words)], { run: false })
    if (cli.options.help || cli.options.version) return 0
    if (cli.matchedCommand) return (await cli.runMatchedCommand()) as number
    const [word] = cli.args
    if (words.length === 0) {
      cli.outputHelp()
      return 0
    }
    if (word === undefined) throw new UsageError(`a command is missing before ${words.join(' ')}`)
    const near = nearest(
      word,
      cli.commands.map((command) => command.name),
    )
    throw new UsageError(`there is no command ${nameable(word)}${near ? `; did you mean ${near}?` : ''}`)
  } catch (error) {
    const sentence = sentenceOf(error)
    terminal.err(`opt: ${sentence ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))}`)
    const misused = error instanceof UsageError || (error instanceof Error && error.name === 'CACError')
    if (misused && !sentence!.includes('`opt ')) {
      const command = cli.matchedCommand ? ` ${cli.matchedCommand.name}` : ''
      terminal.err(`\`opt${command} --help\` shows how it is used.`)
    }
    return 1
  }
}
