/** Errors thrown by the checks that do not yet name the called function for good, and what they say without its name. */
const unnamed = new WeakMap<Error, string>()

/**
 * Characters that a terminal interprets or does not show: controls, writing directions, line separators,
 * joiners; except joiners within emoji and within scripts without capitals.
 */
const UNSEEN =
  /(?!(?<=[\p{Lo}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Makes a text safe to print: escape sequences and invisible characters are spelled out (`\u001b[2J`). */
export const printable = (text: string): string =>
  text.replace(UNSEEN, (character) =>
    [...Array(character.length).keys()]
      .map((k) => `\\u${character.charCodeAt(k).toString(16).padStart(4, '0')}`)
      .join(''),
  )

/** Quotes a text of a user or a file, safe to print. */
export const quoted = (text: string): string => printable(JSON.stringify(text))

/** Formats a bad value for a message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of length ${value.length}`
  if (ArrayBuffer.isView(value)) return `${Object.prototype.toString.call(value).slice(8, -1)}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return Object.is(value, -0) ? '-0' : String(value)
}

/**
 * Refuses an argument: `<label> must be <allowed>, got <given>`.
 *
 * A label may name its function (`'roundPlan: plan'`); inside a {@link solver} the driver adds the solver's name.
 *
 * @throws RangeError for a value out of range, TypeError when `kind` says that the type is wrong.
 */
export function refuse(label: string, allowed: string, given: string, kind: 'range' | 'type' = 'range'): never {
  const message = `${label} must be ${allowed}, got ${given}`
  const error = kind === 'type' ? new TypeError(message) : new RangeError(message)
  if (!label.includes(': ')) unnamed.set(error, message)
  throw error
}

/**
 * Prefixes the message of an error thrown by a check with the name of the called function, once; `forNow`: until a
 * function that called it puts its own name in the place.
 */
export function named(name: string, error: unknown, forNow = false): unknown {
  const known = error as Error
  const bare = unnamed.get(known)
  if (bare === undefined) return error
  if (!forNow) unnamed.delete(known)
  // The stack is read first: engines that assemble it on access would use the new message already.
  const { message, stack } = known
  known.message = `${name}: ${bare}`
  if (stack) known.stack = stack.replace(message, () => known.message)
  return known
}

/**
 * Runs the work of a function: errors of checks in it begin with the function's name, unless they name one already.
 *
 * @param forNow for methods that other functions call with arguments of their own: a function around this one, that is
 *   run by `calling` or a solver, puts its name in the place.
 */
export function calling<T>(name: string, work: () => T, forNow?: boolean): T {
  try {
    return work()
  } catch (error) {
    throw named(name, error, forNow)
  }
}

/** Conditions on a number. */
export interface NumberRule {
  /** Strictly greater than 0. */
  positive?: boolean
  /** Greater than or equal to 0. */
  nonnegative?: boolean
  integer?: boolean
  min?: number
  max?: number
}

function describe({ positive, nonnegative, integer, min = -Infinity, max = Infinity }: NumberRule): string {
  const sign = positive ? 'positive ' : nonnegative ? 'nonnegative ' : ''
  const noun = integer ? 'integer' : sign ? 'number' : 'finite number'
  const range =
    min > -Infinity && max < Infinity
      ? ` between ${min} and ${max}`
      : min > -Infinity
        ? ` of at least ${min}`
        : max < Infinity
          ? ` of at most ${max}`
          : ''
  return `${/^[aeiou]/.test(sign || noun) ? 'an' : 'a'} ${sign}${noun}${range}`
}

/**
 * Checks a scalar argument and returns it.
 *
 * @throws TypeError when it is not a number, RangeError when it is not finite or breaks the rule.
 */
export function number(value: unknown, label: string, rule: NumberRule = {}): number {
  if (typeof value !== 'number') refuse(label, describe(rule), show(value), 'type')
  const { positive, nonnegative, integer, min = -Infinity, max = Infinity } = rule
  const ok =
    Number.isFinite(value) &&
    !(positive && value <= 0) &&
    !(nonnegative && value < 0) &&
    !(integer && !Number.isSafeInteger(value)) &&
    value >= min &&
    value <= max
  if (!ok) refuse(label, describe(rule), show(value))
  return value
}

/** Joins words: `a, b or c`. */
const listed = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : `${words[0]}`

/**
 * Checks that an argument is one of a few words.
 *
 * @throws RangeError that lists them.
 */
export function oneOf<T extends string>(value: unknown, label: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) {
    refuse(label, listed(choices.map((choice) => `'${choice}'`)), show(value))
  }
  return value as T
}

/**
 * Checks that an argument is true or false.
 *
 * @throws TypeError
 */
export function boolean(value: unknown, label: string): boolean {
  if (typeof value !== 'boolean') refuse(label, 'true or false', show(value), 'type')
  return value
}

/**
 * Checks that an argument can be called.
 *
 * @throws TypeError
 */
export function callback<F extends (...args: never[]) => unknown>(value: F, label: string): F {
  if (typeof value !== 'function') refuse(label, 'a function', show(value), 'type')
  return value
}

/** The names of an object's options. */
export type OptionNames<O> = readonly (O extends unknown ? keyof O & string : never)[]

/**
 * Checks that an argument is an object of options, before it is destructured; returns {} for undefined.
 *
 * With `names` it refuses any other option, which would be ignored silently. Objects of data (a problem, a state, an
 * answer) go without: users may pass larger ones.
 *
 * @throws TypeError
 */
export function options<O extends object>(value: O | undefined, label: string, names?: OptionNames<O>): O {
  if (value === undefined) return {} as O
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    refuse(label, 'an object', show(value), 'type')
  if (names) for (const name of Object.keys(value)) if (!names.includes(name as never)) unknown(name, label, names)
  return value
}

function unknown(name: string, label: string, names: readonly string[]): never {
  const [near = ''] = [...names].sort((a, b) => edits(name, a) - edits(name, b))
  const hint = 3 * edits(name, near) <= name.length ? `; did you mean ${near}?` : ''
  refuse(label, near ? `named ${listed(names)}` : 'empty', quoted(name) + (near && hint), 'type')
}

/** Counts the letters to insert, delete or replace that make one word of another, whatever their case. */
function edits(from: string, to: string): number {
  const word = to.toLowerCase()
  let row = [...Array(word.length + 1).keys()]
  for (const letter of from.toLowerCase()) {
    const next = [row[0] + 1]
    for (let j = 1; j < row.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(letter !== word[j - 1])))
    row = next
  }
  return row.at(-1)!
}
