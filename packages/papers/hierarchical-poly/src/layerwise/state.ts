import { number, options, refuse, show, vector } from '@opt/core'

/** Where a layerwise fit stands: plain JSON, exact to the bit. */
export interface LayerwiseState {
  /** Steps made of both stages. */
  steps: number
  /** The first stage's weights after its last step so far. */
  u: number[]
  /** Those of least loss on the second half; null without early stopping. */
  best: { u: number[]; step: number; loss: number } | null
  /** The second stage's weights. */
  c: number[]
}

/** Checks a state that was saved by a fit of these sizes. */
export function checkLayerwiseState(
  given: LayerwiseState,
  { width, units, stops }: { width: number; units: number; stops: boolean },
): LayerwiseState {
  if (typeof given !== 'object' || given === null) refuse('initial', 'the state of an answer', show(given), 'type')
  const { steps, u, best, c } = given
  if ((best === null) === stops) refuse('initial.best', stops ? 'an object' : 'null', show(best))
  const chosen = best && options(best, 'initial.best')
  return {
    steps: number(steps, 'initial.steps', { integer: true, min: 1 }),
    u: Array.from(vector(u, 'initial.u', { length: width })),
    best: chosen && {
      u: Array.from(vector(chosen.u, 'initial.best.u', { length: width })),
      step: number(chosen.step, 'initial.best.step', { integer: true, min: 0 }),
      loss: number(chosen.loss, 'initial.best.loss', { nonnegative: true }),
    },
    c: Array.from(vector(c, 'initial.c', { length: units })),
  }
}
