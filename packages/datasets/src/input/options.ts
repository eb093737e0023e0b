import { options, refuse, show } from '@opt/core'
import { quote } from './bytes.ts'

/**
 * Returns an object of options after checking its names: an unknown option would be ignored silently.
 *
 * @throws TypeError
 */
export function knownOptions<O extends object>(given: O | undefined, names: readonly string[], caller: string): O {
  const found = options(given, `${caller}: options`)
  for (const name of Object.keys(found))
    if (!names.includes(name)) {
      const others = names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names[0]
      throw new TypeError(`${caller}: option must be ${others}, got ${quote(name)}`)
    }
  return found
}

/** @throws TypeError when a value is no async iterable. */
export function checkIterable(value: unknown, label: string, of: string): void {
  if (typeof (value as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] !== 'function')
    refuse(label, `an async iterable of ${of}`, show(value), 'type')
}

/** Picks the options of the given names, for another function. */
export const part = <O extends object, K extends keyof O>(given: O, names: readonly K[]): Pick<O, K> =>
  Object.fromEntries(names.map((name) => [name, given[name]])) as Pick<O, K>
