import type { Paper } from '../packages.ts'

/** Returns venue and year; a venue that contains the year stands alone. */
export const venueOf = ({ venue, year }: Paper): string => (venue.includes(String(year)) ? venue : `${venue} ${year}`)

/** Formats bytes. */
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

/** Returns the stage of a version. */
export function stage(version: string): string {
  if (version === '0.0.0') return 'not yet released'
  return version.startsWith('0.') ? `${version}, its interface may still change` : version
}

export const sentence = (words: string): string => words[0]!.toUpperCase() + words.slice(1)
