import { options } from '@opt/core'
import { quote } from './bytes.ts'

/**
 * An object of options; one that is not known is refused, since it would be passed over in silence.
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

/** The options of these names, for another function. */
export const part = <O extends object, K extends keyof O>(given: O, names: readonly K[]): Pick<O, K> =>
  Object.fromEntries(names.map((name) => [name, given[name]])) as Pick<O, K>
