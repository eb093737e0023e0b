import { type NumberRule, number } from '@opt/core'
import type { CAC } from 'cac'
import { nameable } from './printable.ts'
import { UsageError } from './problem.ts'

/** A decimal number; Number() takes '', ' ' and '0x10' as well. */
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

/** The options of one call as they were typed: only those that were, and values to the letter (`--state 007` is a name). */
export class Options {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  /** Whether it was given. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The names that were given. */
  names(): string[] {
    return [...this.#values.keys()]
  }

  text(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** @throws UsageError when it is none of these. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name)
    if (value === undefined || choices.includes(value as T)) return value as T | undefined
    throw new UsageError(`--${name} must be one of ${choices.join(', ')}, got ${nameable(value)}`)
  }

  /** @throws UsageError when it is no number, or breaks the rule. */
  number(name: string, rule: NumberRule): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    try {
      return number(DECIMAL.test(value) ? Number(value) : value, `--${name}`, rule)
    } catch (error) {
      throw new UsageError((error as Error).message)
    }
  }
}

/** Reads the options of the command at hand out of the words themselves. The parser has checked that no value is missing. */
export function typedOptions(cli: CAC): Options {
  const options = cli.matchedCommand!.options
  const words = cli.rawArgs.slice(2)
  const values = new Map<string, string>()
  const end = words.includes('--') ? words.indexOf('--') : words.length
  for (let k = 0; k < end; k++) {
    const [, dashes, typed, equals] = /^(--?)([^=]+)(?:=(.*))?$/s.exec(words[k]!) ?? []
    if (typed === undefined) continue
    const shown = `${dashes}${typed}`
    const option = options.find(({ names }) => names.some((name) => name === camelCase(typed)))
    if (option === undefined) throw new UsageError(`Unknown option \`${nameable(shown)}\``)
    const name = option.rawName.match(/--([a-z-]+)/)![1]!
    if (values.has(name)) throw new UsageError(`${shown} is given twice`)
    values.set(name, option.isBoolean ? 'true' : equals || words[++k]!)
  }
  return new Options(values)
}

const camelCase = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
