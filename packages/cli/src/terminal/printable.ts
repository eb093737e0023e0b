import { printable as inOneLine } from '@opt/core'

/**
 * Escapes control characters, which a terminal would obey, as `\u001b`: contents and names of files may come
 * from anyone. Tabs and newlines stay.
 */
export const printable = (text: string): string => text.replace(/[^\t\n]+/g, inOneLine)

/** Escapes a name for use within a line: tabs and newlines too. */
export const nameable = (name: unknown): string => inOneLine(String(name))
