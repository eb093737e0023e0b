import type { FlatLoss } from './losses.ts'
import type { Rows } from './stage/rows.ts'

/** Halvings before a step counts as 0. */
const HALVINGS = 40

/**
 * Returns the step along h and the loss after it. With the safeguard the step is not negative, and halved while it
 * would raise the loss.
 */
export function safeStep(
  loss: FlatLoss,
  { y, F, K, trial }: Rows,
  h: Float64Array,
  newton: number,
  safeguard: boolean,
): { step: number; value: number; halvings: number } {
  const valueAt = (step: number) => {
    for (let i = 0; i < F.length; i++) trial[i] = F[i] + step * h[i]
    return loss.value(y, trial, K)
  }
  if (!safeguard) return { step: newton, value: valueAt(newton), halvings: 0 }
  const before = loss.value(y, F, K)
  let step = newton
  for (let halvings = 0; halvings <= HALVINGS && step > 0; halvings++, step /= 2) {
    const value = valueAt(step)
    if (value <= before) return { step, value, halvings }
  }
  return { step: 0, value: before, halvings: newton > 0 ? HALVINGS : 0 }
}
