/**
 * The contract of every optimizer, as checks for any test runner.
 *
 * @packageDocumentation
 */

import { convergenceChecks } from './convergence.ts'
import { errorChecks } from './errors.ts'
import { rangeChecks } from './range.ts'
import { stateChecks } from './state.ts'
import { structureChecks } from './structure.ts'
import type { ConformanceCheck, ConformanceSettings, Create } from './subject.ts'

export { problemA, startOfA, type Weights } from './problem-a.ts'
export type { ConformanceCheck, ConformanceSettings, Create, Run, Subject } from './subject.ts'

/**
 * The conformance suite for one optimizer:
 *
 * ```ts
 * describe('Lion conforms', () => {
 *   for (const { name, check } of conformance((parameters, options) => new Lion(parameters, options))) test(name, check)
 * })
 * ```
 *
 * Each check throws an Error that says what is wrong. Measuring the heap needs Node with --expose-gc.
 */
export function conformance(create: Create, settings: ConformanceSettings = {}): ConformanceCheck[] {
  return [
    ...convergenceChecks(create, settings),
    ...structureChecks(create, settings),
    ...stateChecks(create),
    ...errorChecks(create),
    ...rangeChecks(create),
  ]
}
