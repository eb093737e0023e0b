/** Control characters but tab and newline, C1 controls included, and marks that turn the direction of text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * Writes what a terminal would obey instead of show as `\u001b`: contents and names of files come from anybody.
 * Tabs and newlines stay.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped)

/** Makes a name fit to stand within a line: {@link printable}, and newlines too are written out. */
export const nameable = (name: unknown): string => printable(String(name)).replace(/[\n\t]/g, escaped)
