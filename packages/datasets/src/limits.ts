import { number } from '@opt/core'

/** What a reader allows a file to ask for; each has a default that no ordinary file reaches. */
export interface Limits {
  /** Bytes that compressed data may unpack to; default 2^29 (536,870,912). */
  maxBytes?: number
  /** Pixels of a picture; default 100,000,000. */
  maxPixels?: number
  /** Arrays, cells and structures of a MATLAB file, all together; default 1,000,000. */
  maxArrays?: number
}

const DEFAULTS: Required<Limits> = { maxBytes: 536870912, maxPixels: 100_000_000, maxArrays: 1_000_000 }

/** A limit of `options`, checked, or its default. */
export const limit = (options: Limits | undefined, name: keyof Limits, caller: string): number =>
  number(options?.[name] ?? DEFAULTS[name], `${caller}: ${name}`, { integer: true, min: 1 })

/** Refuses what exceeds a limit. */
export function within(count: number, most: number, name: keyof Limits, where: string): void {
  if (count > most) throw new RangeError(`${where}: expected at most ${most} (option ${name}), found more`)
}
