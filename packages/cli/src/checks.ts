// What programs and experiments hand over, checked at every depth before anything is done with it.
import { boolean, refuse, show } from '@opt/core'

/** Refuses a value that is not what it should be, by the label of its place: `renderReport: results[0].claims[2].pass`. */
export type Check = (value: unknown, label: string) => void

export const text: Check = (value, label) => {
  if (typeof value !== 'string') refuse(label, 'a string', show(value), 'type')
}

export const real: Check = (value, label) => {
  if (typeof value !== 'number') refuse(label, 'a number', show(value), 'type')
}

export const flag: Check = (value, label) => void boolean(value, label)

/** Checks only what is there. */
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
    // By index: forEach passes over holes.
    for (let i = 0; i < value.length; i++) check(value[i], `${label}[${i}]`)
  }

/** Checks the fields of an object; others may stand beside them. */
export const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, label) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      refuse(label, 'an object', show(value), 'type')
    for (const [name, check] of Object.entries(fields))
      check((value as Record<string, unknown>)[name], `${label}.${name}`)
  }
