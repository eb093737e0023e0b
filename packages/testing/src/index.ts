/**
 * What the tests of the house share.
 *
 * @packageDocumentation
 */

export type { Arguments, Call, Case, Skipped, Subject } from './cases.ts'
export { type Finding, type FuzzOptions, findings } from './findings.ts'
export { fuzz } from './fuzz.ts'
