import { printable } from '../terminal/printable.ts'

/** Escapes text for use between tags and in quoted attributes; control characters are escaped too. */
export const escapeHtml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
