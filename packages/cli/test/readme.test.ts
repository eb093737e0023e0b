import { readFileSync } from 'node:fs'
import { type CAC, cac } from 'cac'
import { addInfo } from '../src/commands/info.ts'
import { addList } from '../src/commands/list.ts'
import { addMinimize } from '../src/commands/minimize.ts'
import { addReproduce } from '../src/commands/reproduce.ts'
import { addStream } from '../src/commands/stream.ts'
import { addTransport } from '../src/commands/transport.ts'
import { addUnmix } from '../src/commands/unmix.ts'
import type { Session } from '../src/session.ts'
import { memoryTerminal } from './terminal.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const synopses = [...README.matchAll(/```sh\n(opt [\s\S]*?)```/g)].map(([, text]) => text!)
const optionsIn = (text: string) => [...new Set(text.match(/--[a-z-]+/g))].sort()

const commandOf = (add: (cli: CAC, session: Session) => void) => {
  const cli = cac('opt')
  add(cli, { papers: [], terminal: memoryTerminal() })
  return cli.commands[0]!
}

test.each([
  ['reproduce', addReproduce],
  ['minimize', addMinimize],
  ['stream', addStream],
  ['transport', addTransport],
  ['unmix', addUnmix],
] as const)('the README names the options of opt %s as its help does', (_, add) => {
  const { name, options } = commandOf(add)
  const synopsis = synopses.find((text) => text.startsWith(`opt ${name} `))!
  // `-o` is the short form of `--out`.
  const shown = optionsIn(synopsis.replace(/ -o /g, ' --out '))
  expect(shown).toEqual(optionsIn(options.map(({ rawName }) => rawName).join(' ')))
  // Defaults are the same, too.
  for (const { rawName, description } of options) {
    const [, long] = /(--[a-z-]+)/.exec(rawName)!
    const [, value] = /\(default: ([^,)]+)\)/.exec(description) ?? []
    const [, given] = new RegExp(`\\[${long} ([^\\]|]+)\\]`).exec(synopsis) ?? []
    if (value !== undefined && given !== undefined && given !== 'N') expect([long, given]).toEqual([long, value])
  }
})

test.each([
  ['list', addList],
  ['info', addInfo],
] as const)('opt %s has no options', (_, add) => expect(commandOf(add).options).toEqual([]))
