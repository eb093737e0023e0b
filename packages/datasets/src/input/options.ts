import { refuse, show } from '@opt/core'

/** @throws TypeError when a value is no async iterable. */
export function checkIterable(value: unknown, label: string, of: string): void {
  if (typeof (value as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] !== 'function')
    refuse(label, `an async iterable of ${of}`, show(value), 'type')
}

/** Picks the options of the given names, for another function. */
export const part = <O extends object, K extends keyof O>(given: O, names: readonly K[]): Pick<O, K> =>
  Object.fromEntries(names.map((name) => [name, given[name]])) as Pick<O, K>
