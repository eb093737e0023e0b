import { checkReal } from '../data/intake.ts'
import type { Buffers } from '../passes/buffers.ts'
import { type Real, zeros } from '../real.ts'
import type { BatchRunner, GivenExamples } from './batch-runner.ts'

/** Returns an array for rows of results. A caller's array is written batch by batch, so checks all examples first. */
export function resultRows(run: BatchRunner, out: Real | undefined, examples: GivenExamples, columns: number): Real {
  const result = resultArray(run.net, out, examples.count * columns)
  if (out && examples.count > run.net.batch) run.forEachBatch(examples, () => {})
  return result
}

/** Copies a result to `out`, or to a new array. */
export function resultCopy(net: Buffers, x: Real, out: Real | undefined): Real {
  const result = resultArray(net, out, x.length)
  if (result !== x) result.set(x)
  return result
}

/** Returns the caller's array for a result after checking its length, or a new one. */
function resultArray({ dtype }: Buffers, out: Real | undefined, length: number): Real {
  if (out === undefined) return zeros(length, dtype)
  checkReal(out, length, 'out')
  return out
}
