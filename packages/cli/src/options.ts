import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type NumberRule, number } from '@opt/core'
import type { CAC } from 'cac'
import { checkWritable } from './files/whole-file.ts'
import { Problem, reasonOf, UsageError } from './problem.ts'
import { nameable } from './terminal/printable.ts'

/** A decimal number; Number() takes '', ' ' and '0x10' as well. */
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

/** The options that were typed, with their values as text: `--state 007` is a name. */
export class Options {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  /** Whether the option was given. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** @throws UsageError when the value is none of the choices. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name)
    if (value === undefined || choices.includes(value as T)) return value as T | undefined
    throw new UsageError(`--${name} must be one of ${choices.join(', ')}, got ${nameable(value)}`)
  }

  /** @throws UsageError when the value is no number, or breaks the rule. */
  number(name: string, rule: NumberRule): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    try {
      return number(DECIMAL.test(value) ? Number(value) : value, `--${name}`, rule)
    } catch (error) {
      throw new UsageError((error as Error).message)
    }
  }

  /** @throws UsageError when the value is no list of numbers, separated by commas. */
  numbers(name: string): number[] | undefined {
    const words = this.text(name)?.split(',')
    const wrong = words?.find((word) => !DECIMAL.test(word.trim()) || !Number.isFinite(Number(word)))
    if (wrong !== undefined)
      throw new UsageError(`--${name} must be numbers separated by commas, got ${nameable(this.text(name))}`)
    return words?.map(Number)
  }

  /** Returns a value that is written as a number as one, any other as text. */
  numberOrText(name: string): number | string | undefined {
    const value = this.text(name)
    return value !== undefined && DECIMAL.test(value) ? Number(value) : value
  }

  /** Returns option `seed`, 0 by default. */
  seed(): number {
    return this.number('seed', { integer: true, nonnegative: true }) ?? 0
  }

  /**
   * Returns the path in option `out`, absolute.
   *
   * @param ending what its name must end in, as a pattern and in words.
   * @throws UsageError when it does not, Problem when the file cannot be written: found out before the work, not after.
   */
  output(ending: RegExp, words: string, makeFolder = false): string | undefined {
    const out = this.text('out')
    if (out === undefined) return undefined
    if (!ending.test(out)) throw new UsageError(`--out must end in ${words}, got ${nameable(out)}`)
    const path = resolve(out)
    if (makeFolder) makeFolderOf(path)
    checkWritable(path, '--out')
    return path
  }
}

function makeFolderOf(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw new Problem(`--out: cannot make the folder of ${nameable(path)}: ${reasonOf(error)}`)
  }
}

/** Joins options and their values where these begin with a minus, which the parser takes for options. */
export const joinNegative = (words: readonly string[]): string[] =>
  words.reduce<string[]>((joined, word) => {
    const last = joined.at(-1)
    if (last !== undefined && /^--[a-z-]+$/.test(last) && /^-\.?\d/.test(word))
      joined[joined.length - 1] = `${last}=${word}`
    else joined.push(word)
    return joined
  }, [])

/** Reads the options of the matched command from the words; the parser has checked that no value is missing. */
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
