import { printable as inOneLine } from '@opt/core'

/**
 * Writes what a terminal would obey instead of show as `\u001b`: contents and names of files come from anybody.
 * Tabs and newlines stay.
 */
export const printable = (text: string): string => text.replace(/[^\t\n]+/g, inOneLine)

/** Makes a name fit to stand within a line: tabs and newlines are written out, too. */
export const nameable = (name: unknown): string => inOneLine(String(name))
