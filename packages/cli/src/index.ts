/**
 * What the command `opt` does, for programs: run the papers' experiments, render the report, move palettes.
 *
 * @packageDocumentation
 */

export { papers } from './catalogue.ts'
export type { Photograph } from './color/palette.ts'
export { type PaletteOptions, type PaletteTransport, transportPalette } from './color/palette-transport.ts'
export type { Machine } from './machine.ts'
export { findPaper, type Paper } from './paper.ts'
export { renderReport } from './report/page.ts'
export {
  exitCode,
  type Outcome,
  type PaperResult,
  type ReproduceOptions,
  type Reproduction,
  reproduce,
  tally,
} from './reproduce.ts'
export type { Failure } from './run.ts'
