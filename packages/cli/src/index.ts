/**
 * What the command `opt` does, for programs: run the papers' experiments and render the report.
 *
 * @packageDocumentation
 */

export { papers } from './catalogue.ts'
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
