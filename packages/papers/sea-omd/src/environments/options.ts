import { number, type OptionNames, options as optionsOf, type Random, refuse, show } from '@opt/core'

/** Checks the generator and options of an environment. */
export function checkArguments<O extends object>(rng: Random, options: O, name: string, names: OptionNames<O>): O {
  for (const method of ['uniform', 'normal', 'integer', 'permutation', 'choice'] as const)
    if (typeof rng?.[method] !== 'function')
      refuse(`environments.${name}: rng`, 'a generator (see random of @opt/core)', show(rng), 'type')
  return optionsOf(options, `environments.${name}: options`, names)
}

/** Checks a number of rounds. */
export function checkRounds(rounds: unknown, name: string): number {
  number(rounds, `environments.${name}: rounds`, { integer: true, min: 1 })
  return number(rounds, `environments.${name}: rounds`, { max: 1e7 })
}

/** Checks options that may be 0 or positive. */
export function checkNonnegative(options: Record<string, unknown>, name: string): void {
  for (const [key, value] of Object.entries(options))
    number(value, `environments.${name}: ${key}`, { nonnegative: true })
}
