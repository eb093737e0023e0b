import { isNdArray, isVector } from './kinds.ts'

/** A place in the arguments of a call, with its value in the valid call. */
export interface Place {
  /** '2.scratch'. */
  path: string
  value: unknown
}

export const isPlain = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' &&
  x !== null &&
  !Array.isArray(x) &&
  !isNdArray(x) &&
  (Object.getPrototypeOf(x) === null || Object.getPrototypeOf(Object.getPrototypeOf(x)) === null)

/** Returns all places down to a depth: every property, and the first and last entry of lists. */
export function placesOf(args: unknown[], depth = 6): Place[] {
  const places: Place[] = []
  const visit = (value: unknown, path: string, left: number) => {
    places.push({ path, value })
    if (left === 0) return
    const keys = isVector(value) ? ends(value.length) : isPlain(value) ? Object.keys(value) : []
    for (const key of keys) visit((value as Record<string, unknown>)[key], `${path}.${key}`, left - 1)
  }
  args.forEach((value, i) => visit(value, String(i), depth))
  return places
}

const ends = (length: number): string[] => [...new Set([0, length - 1])].filter((i) => i >= 0).map(String)

/** Puts a value into a place of fresh arguments. */
export function replace(args: unknown[], path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce((at, key) => (at as Record<string, unknown>)[key], args as unknown)
  ;(parent as Record<string, unknown>)[last] = value
}

/** Whether the path is one of those, or below one of them. */
export const within = (path: string, paths: readonly string[] = []): boolean =>
  paths.some((one) => path === one || path.startsWith(`${one}.`))
