import { number } from '@opt/core'

/** The limits a reader holds a file to. No ordinary file reaches the defaults. */
export interface Limits {
  /**
   * Bytes that compressed data may unpack to. Default: a hundred times the packed bytes, at least 2^25
   * (33,554,432) and at most 2^29 (536,870,912).
   */
  maxBytes?: number | undefined
  /** Pixels of a picture; default 100,000,000. */
  maxPixels?: number | undefined
  /** Cells of a table; entries, and columns, of a LIBSVM file. Default 100,000,000. */
  maxCells?: number | undefined
  /** Arrays, cells and structures of a MATLAB file in all; default 1,000,000. */
  maxArrays?: number | undefined
}

/** The names of {@link Limits}. */
export const LIMITS = ['maxBytes', 'maxPixels', 'maxCells', 'maxArrays'] as const

const DEFAULTS = { maxPixels: 100_000_000, maxCells: 100_000_000, maxArrays: 1_000_000 }

const given = (options: Limits, name: keyof Limits, caller: string): number | undefined =>
  options[name] === undefined ? undefined : number(options[name], `${caller}: ${name}`, { integer: true, min: 1 })

/** Returns a limit of `options`, checked, or its default. */
export const limit = (options: Limits, name: keyof typeof DEFAULTS, caller: string): number =>
  given(options, name, caller) ?? DEFAULTS[name]

/** Returns how many bytes `packed` bytes may unpack to. */
export const unpackedLimit = (options: Limits, packed: number, caller: string): number =>
  given(options, 'maxBytes', caller) ?? Math.min(536870912, Math.max(33554432, 100 * packed))

/** Checks limits that are passed on to other readers. */
export function checkLimits(options: Limits, caller: string): void {
  for (const name of LIMITS) given(options, name, caller)
}

/** Throws when a count exceeds a limit. */
export function within(count: number, most: number, name: keyof Limits, where: string, found = 'more'): void {
  if (count > most) throw new RangeError(`${where}: expected at most ${most} (option ${name}), found ${found}`)
}
