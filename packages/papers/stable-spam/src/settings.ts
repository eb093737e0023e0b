import { number } from '@opt/core'
import type { Setting } from '@opt/optimizers'

/** A whole number >= 0. */
export const count = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => void number(given, label, { integer: true, min: 0 }),
})

/** A number in [0, 1]. */
export const share = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => void number(given, label, { min: 0, max: 1 }),
})
