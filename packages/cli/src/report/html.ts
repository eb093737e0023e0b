import { printable } from '../terminal/printable.ts'

/** Makes text safe between tags and in quoted attributes; what controls terminals or turns text around is written out. */
export const escapeHtml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
