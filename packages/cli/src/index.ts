/**
 * What the command `opt` does, for programs: run the papers' experiments and render the report.
 *
 * @packageDocumentation
 */

export { papers } from './catalogue.ts'
export { findPaper, type Paper } from './paper.ts'
export { renderReport } from './report/page.ts'
export type { Failure } from './reproduce/experiment-process.ts'
export type { Machine } from './reproduce/machine.ts'
export {
  exitCode,
  type Outcome,
  type PaperResult,
  type ReproduceOptions,
  type Reproduction,
  reproduce,
  tally,
} from './reproduce/reproduce.ts'
