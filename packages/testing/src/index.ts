/**
 * Helpers that the tests of all packages share.
 *
 * @packageDocumentation
 */

export type { Arguments, Call, Case, Skipped, Subject } from './cases.ts'
export { centralDifference } from './central-difference.ts'
export { digest, optimizerDigest } from './digest.ts'
export { type Finding, type FuzzOptions, findings } from './findings.ts'
export { fuzz } from './fuzz.ts'
export { golden } from './golden.ts'
export { type KernelCalls, kernelTests } from './kernel-tests.ts'
export {
  type Core,
  checkSameBits,
  fingerprint,
  type KernelCall,
  kernelDigests,
  type Loops,
  type Update,
  updateCalls,
} from './kernels.ts'
export { distance, type Numbers, near, type Tolerance } from './near.ts'
export { optimizerCase } from './optimizer-case.ts'
export { playDemo } from './play-demo.ts'
export { vectorBytes } from './vector-bytes.ts'
