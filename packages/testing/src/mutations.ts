import { callbackMutations } from './callbacks.ts'
import type { Call } from './cases.ts'
import { isIntegers, isNumbers, isOtherSort, isRows, isVector } from './kinds.ts'
import { isPlain, type Place, placesOf, replace, within } from './paths.ts'
import { rowsMutations, vectorMutations } from './shapes.ts'
import { NUMBERS, ODD, SMALL, STRINGS } from './values.ts'

/** One change of a valid call's arguments. */
export interface Mutation {
  /** '3.epsilon = 1e-320' */
  what: string
  /** Changes fresh arguments and returns those to call with. */
  apply(args: unknown[]): unknown[]
  /** The required outcome: a refusal, or the answer of the valid call (or a refusal). */
  wants?: 'refusal' | 'same' | undefined
  /** The error that a callback has thrown and that must be passed on. */
  thrown?: () => Error | undefined
  /** Whether values of other types are allowed in this place. */
  loose?: boolean
}

/** A new value for a place, which the place's path makes a mutation. */
export interface Change {
  what: string
  value: (old: unknown) => unknown
  wants?: 'refusal' | 'same' | undefined
  thrown?: () => Error | undefined
}

/** Returns every single change of a valid call. */
export function mutationsOf(call: Call): Mutation[] {
  const args = call.args()
  const { fixed } = call
  const missing = args
    .map((_, k): Mutation => ({ what: `only ${k} arguments`, apply: (all) => all.slice(0, k) }))
    .filter((_, k) => !args.some((_, i) => i >= k && within(String(i), fixed)))
  const places = placesOf(args).filter(({ path }) => !within(path, fixed))
  const changed = places.flatMap((place) =>
    changesOf(place, call).map(
      ({ what, value, ...rest }): Mutation => ({
        what: `argument ${place.path} ${what}`,
        apply(all) {
          replace(all, place.path, value(valueAt(all, place.path)))
          return all
        },
        ...rest,
        loose: within(place.path, call.loose),
      }),
    ),
  )
  return [...missing, ...changed]
}

/** Adds an option that does not exist to the last argument, if that is an object of options. */
export function unknownOption({ args, fixed, open }: Call): Mutation[] {
  const all = args()
  const path = String(all.length - 1)
  if (!isPlain(all.at(-1)) || within(path, fixed) || within(path, open)) return []
  const apply = (given: unknown[]) => [...given.slice(0, -1), { ...(given.at(-1) as object), unknownOption: 1 }]
  return [{ what: `argument ${path} with an unknown option`, apply, wants: 'refusal' }]
}

const valueAt = (args: unknown[], path: string): unknown =>
  path.split('.').reduce((at, key) => (at as Record<string, unknown>)[key], args as unknown)

function changesOf({ path, value }: Place, { budgets = [], loose, writes, nonFinite, args }: Call): Change[] {
  const free = within(path, loose)
  // What the function writes may hold anything before.
  const written = within(path, writes)
  const holder = path.includes('.') ? valueAt(args(), path.slice(0, path.lastIndexOf('.'))) : undefined
  // Entries of a typed array can only be numbers.
  const held = ArrayBuffer.isView(holder)
  const odd = held
    ? []
    : ODD.map(([what, make]): Change => {
        const refused = !free && isOtherSort(value, make())
        return { what: `= ${what}`, value: make, wants: refused ? 'refusal' : undefined }
      })
  if (typeof value === 'number') {
    const refusesNaN = !free && !written && !nonFinite && !isIntegers(holder)
    const list = within(path, budgets) || path.endsWith('.maxIterations') ? SMALL : [...NUMBERS, value + 1, -value]
    return [
      ...odd,
      ...list.map(
        (x): Change => ({
          what: `= ${Object.is(x, -0) ? '-0' : x}`,
          value: () => x,
          wants: Number.isNaN(x) && refusesNaN ? 'refusal' : undefined,
        }),
      ),
    ]
  }
  if (typeof value === 'string') return [...odd, ...STRINGS.map((s): Change => ({ what: `= '${s}'`, value: () => s }))]
  if (typeof value === 'function') return [...odd, ...callbackMutations()]
  if (isRows(value) || isNumbers(value)) {
    const shapes = isRows(value) ? rowsMutations(value) : vectorMutations(value)
    const any = (what: string) =>
      written || (nonFinite !== undefined && what === 'all NaN') || (free && what === 'as strings')
    return [...odd, ...shapes.map((change) => (any(change.what) ? { what: change.what, value: change.value } : change))]
  }
  if (isVector(value)) return [...odd, ...listChanges]
  if (isPlain(value)) return [...odd, ...Object.keys(value).map(without), ...recordChanges]
  return odd
}

const without = (key: string): Change => ({
  what: `without ${key}`,
  value: (old) => Object.fromEntries(Object.entries(old as object).filter(([one]) => one !== key)),
})

const recordChanges: Change[] = [
  { what: 'frozen', value: (old) => Object.freeze({ ...(old as object) }), wants: 'same' },
  { what: 'without a prototype', value: (old) => Object.assign(Object.create(null), old), wants: 'same' },
  { what: 'as a prototype', value: (old) => Object.create(old as object) },
  {
    what: "with a key '__proto__'",
    value: (old) => Object.defineProperty({ ...(old as object) }, '__proto__', { value: 1, enumerable: true }),
  },
]

const listChanges: Change[] = [
  { what: 'empty', value: () => [] },
  { what: 'without its last', value: (old) => [...(old as unknown[])].slice(0, -1) },
  { what: 'with its last twice', value: (old) => [...(old as unknown[]), [...(old as unknown[])].at(-1)] },
  { what: 'with holes', value: (old) => new Array((old as unknown[]).length) },
  { what: 'frozen', value: (old) => Object.freeze([...(old as unknown[])]), wants: 'same' },
]
