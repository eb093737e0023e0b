import { options as optionsOf } from '@opt/core'

/** All that one may know of a problem and decide about its steps. */
const NAMES = [
  'L',
  'M',
  'sigma',
  'distance',
  'mu',
  'muF',
  'muH',
  'delta',
  'tails',
  'sharp',
  'p',
  'steps',
  'eta',
  'stepSizes',
]

/**
 * Checks the names of what is known. One object serves plans, steps and bounds, each of which reads its part; a name that
 * none of them reads is refused.
 *
 * @param others further names.
 * @throws TypeError
 */
export const known = <O extends object>(given: O, label: string, others: readonly string[] = []): O =>
  optionsOf<object>(given, label, [...NAMES, ...others] as never[]) as O
