import { type BatchesState, decodeFloats, number, refuse, show } from '@opt/core'
import type { Rows } from './rows.ts'
import type { Batch } from './surrogate/outer-step.ts'
import type { SurrogateState } from './surrogate/run.ts'

/** Everything that `minimize` needs to go on; plain JSON. */
export interface MinimizeCheckpoint {
  run: SurrogateState
  batches: BatchesState
  /** The gradient at the parameters, and the loss. */
  gradient: string
  objective: number | null
  innerSteps: number
  forwards: number
  vjps: number
}

export function checkCheckpoint(resume: MinimizeCheckpoint): void {
  if (typeof resume !== 'object' || resume === null) refuse('resume', 'a checkpoint', show(resume), 'type')
  for (const count of ['innerSteps', 'forwards', 'vjps'] as const)
    number(resume[count], `resume.${count}`, { integer: true, min: 0 })
  if (resume.objective !== null) number(resume.objective, 'resume.objective')
}

/** Answers with the gradient of a checkpoint. */
export function savedGradient({ gradient, objective }: MinimizeCheckpoint, batch: Batch<Rows>): Batch<Rows> {
  return {
    ...batch,
    gradient: (z) => decodeFloats(gradient, Float64Array, z.length, 'resume.gradient'),
    value: objective === null ? undefined : () => objective,
  }
}
