import { refuse, show } from '@opt/core'
import type { RuleProblem } from './rule.ts'

/** Returns the number of examples for a state of examples x C. */
export function statedExamples({ examples }: RuleProblem, rule: string): number {
  if (examples === undefined) refuse('examples', `given, the number of all of them, for ${rule}`, 'undefined', 'type')
  return examples
}

/** Returns the indices of a batch. */
export function batchIndices(indices: ArrayLike<number> | undefined, rule: string): ArrayLike<number> {
  if (indices === undefined) refuse('indices', `given for ${rule}`, 'undefined', 'type')
  return indices
}

/** Refuses indices that are not b different integers from 0 to n - 1. */
export function checkIndices(indices: ArrayLike<number>, count: number, examples: number | undefined): void {
  if (indices?.length !== count)
    refuse('indices', `an array of length ${count}, one per example`, show(indices), 'type')
  const seen = new Set<number>()
  for (let i = 0; i < count; i++) {
    const index = indices[i]
    if (!(Number.isSafeInteger(index) && index >= 0 && !(index >= (examples ?? Infinity)))) {
      const most = examples === undefined ? 'a nonnegative integer' : `an integer from 0 to ${examples - 1}`
      refuse(`indices[${i}]`, most, show(index))
    }
    if (seen.has(index)) refuse(`indices[${i}]`, 'an example that is not in the batch yet', `${index} again`)
    seen.add(index)
  }
}
