// Checks of values from programs and experiments, at every depth, before they are used.
import { boolean, refuse, show } from '@opt/core'

/** Throws when a value is wrong. The label names its place: `renderReport: results[0].claims[2].pass`. */
export type Check = (value: unknown, label: string) => void

export const text: Check = (value, label) => {
  if (typeof value !== 'string') refuse(label, 'a string', show(value), 'type')
}

export const real: Check = (value, label) => {
  if (typeof value !== 'number') refuse(label, 'a number', show(value), 'type')
}

export const flag: Check = (value, label) => void boolean(value, label)

/** Checks a value unless it is undefined. */
export const optional =
  (check: Check): Check =>
  (value, label) => {
    if (value !== undefined) check(value, label)
  }

/** Checks every entry of an array. */
export const list =
  (check: Check): Check =>
  (value, label) => {
    if (!Array.isArray(value)) refuse(label, 'an array', show(value), 'type')
    // By index: forEach skips holes.
    for (let i = 0; i < value.length; i++) check(value[i], `${label}[${i}]`)
  }

/** Checks the given fields of an object; others are allowed. */
export const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, label) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      refuse(label, 'an object', show(value), 'type')
    for (const [name, check] of Object.entries(fields))
      check((value as Record<string, unknown>)[name], `${label}.${name}`)
  }
