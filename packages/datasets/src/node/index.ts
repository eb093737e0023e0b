/**
 * Examples from files and streams of any size, in constant memory (Node).
 *
 * @packageDocumentation
 */

export type { Example, ExampleOptions, ExampleReader } from '../examples/example.ts'
export { type OpenExamples, openExamples } from '../examples/open-examples.ts'
export { examplesOf } from './examples.ts'
export { linesOf } from './lines.ts'
