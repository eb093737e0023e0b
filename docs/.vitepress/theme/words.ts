import type { Paper } from '../rooms.ts'

/** Where a paper came out: a venue that holds its year stands alone. */
export const venueOf = ({ venue, year }: Paper): string => (venue.includes(String(year)) ? venue : `${venue} ${year}`)

/** Bytes as a reader takes them in. */
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

/** What a version promises. */
export function stage(version: string): string {
  if (version === '0.0.0') return 'not yet released'
  return version.startsWith('0.') ? `${version}, its interface may still change` : version
}

export const sentence = (words: string): string => words[0]!.toUpperCase() + words.slice(1)
