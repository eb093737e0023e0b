// Checks of the data of a run at run time.
import { number, oneOf, refuse, show } from '@opt/core'
import { type Check, flag, list, optional, record, text } from '../checks.ts'

export const count: Check = (value, label) => void number(value, label, { integer: true, min: 1 })
const duration: Check = (value, label) => void number(value, label, { nonnegative: true })
export const seed: Check = (value, label) => void number(value, label, { integer: true })
export const scale: Check = (value, label) => void oneOf(value, label, ['quick', 'standard', 'full'])

const verdict: Check = (value, label) => {
  if (value !== true && value !== false && value !== null) refuse(label, 'true, false or null', show(value))
}

const date: Check = (value, label) => {
  text(value, label)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value as string)) refuse(label, 'a date by ISO 8601', show(value))
}

/** Checks an array or a typed array whose entries are all of one type. */
const entries =
  (...types: ('number' | 'string')[]): Check =>
  (value, label) => {
    const all = value as ArrayLike<unknown>
    if (!Array.isArray(value) && (!ArrayBuffer.isView(value) || value instanceof DataView))
      refuse(label, `an array of ${types.join('s or ')}s`, show(value), 'type')
    const type = types.find((one) => one === typeof all[0]) ?? types[0]
    for (let i = 0; i < all.length; i++)
      if (typeof all[i] !== type) refuse(`${label}[${i}]`, `a ${type}`, show(all[i]), 'type')
  }
const numbers = entries('number')

/** Checks fields, and that the given lists are as long as the list `by`. */
const even =
  (fields: Readonly<Record<string, Check>>, lists: readonly string[], by: string): Check =>
  (value, label) => {
    record(fields)(value, label)
    const all = value as Record<string, ArrayLike<unknown> | undefined>
    const length = all[by]!.length
    for (const name of lists) {
      const own = all[name]
      if (own !== undefined && own.length !== length)
        refuse(`${label}.${name}`, `of length ${length}, as ${by} is`, `length ${own.length}`)
    }
  }

export const paper: Check = record({
  name: text,
  version: text,
  title: text,
  authors: list(text),
  year: seed,
  venue: text,
  arXiv: text,
  topic: text,
  tasks: list(text),
  summary: text,
  module: text,
})

export const claim: Check = record({ claim: text, paper: text, ours: text, pass: verdict })

/** Checks a cell, which may be absent. */
const cell: Check = (value, label) => {
  if (value !== undefined && value !== null && typeof value !== 'number' && typeof value !== 'string')
    refuse(label, 'a string or a number', show(value), 'type')
}

export const table: Check = record({ title: text, columns: list(text), rows: list(list(cell)) })

const image: Check = (value, label) => {
  record({ width: count, height: count, data: numbers, label: optional(text) })(value, label)
  const { width, height, channels, data } = value as { [name: string]: number } & { data: ArrayLike<number> }
  if (channels !== 1 && channels !== 3) refuse(`${label}.channels`, '1 or 3', show(channels))
  const length = width! * height! * channels
  if (data.length !== length) refuse(`${label}.data`, `of length ${length}`, `length ${data.length}`)
}

const axis = record({
  label: text,
  scale: optional((value, label) => void oneOf(value, label, ['linear', 'log'])),
})

const spread = { low: optional(numbers), high: optional(numbers) }
const series = even(
  { label: text, x: entries('number', 'string'), y: numbers, ...spread, dashed: optional(flag) },
  ['x', 'low', 'high'],
  'y',
)
const chart = { x: axis, y: axis, series: list(series) }
const bins: Check = (value, label) => void number(value, label, { integer: true, min: 1, max: 10_000 })

const FIGURES: Readonly<Record<string, Check>> = {
  line: record(chart),
  scatter: record(chart),
  bar: record(chart),
  histogram: record({ x: axis, bins: optional(bins), series: list(record({ label: text, values: numbers })) }),
  images: record({ images: list(image) }),
  heatmap: record({ image }),
}

export const figure: Check = (value, label) => {
  record({ title: text, caption: optional(text) })(value, label)
  const { kind } = value as { kind: string }
  FIGURES[oneOf(kind, `${label}.kind`, Object.keys(FIGURES))]!(value, label)
}

/** Checks what is needed to count claims. */
export const judged: Check = record({ claims: list(record({ pass: verdict })) })

const outcome: Check = (value, label) =>
  void oneOf(value, label, ['complete', 'failed', 'absent', 'interrupted', 'waiting'])

/** Checks what is needed for an exit code. */
export const ended: Check = record({
  scale,
  results: list(record({ outcome, claims: list(record({ pass: verdict })) })),
})

/** Checks everything that a report shows. */
export const reproduction: Check = record({
  date,
  machine: record({ cpu: text, cores: count, node: text, platform: text }),
  scale,
  seed,
  seconds: duration,
  results: list(
    record({
      paper,
      outcome,
      seconds: duration,
      claims: list(claim),
      tables: list(table),
      figures: list(figure),
      notes: list(text),
      failure: optional(record({ message: text })),
    }),
  ),
})
