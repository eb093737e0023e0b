import { number, refuse, show, type VectorLike, vector } from '@opt/core'

/** Options of the set that perturbations stay in. */
export interface BoxOptions {
  /** The radius of the ball around each input: |delta|_inf <= epsilon. */
  epsilon: number
  /** The smallest valid inputs: one number, or one per feature; -Infinity: none (default 0). */
  low?: number | VectorLike | undefined
  /** The largest valid inputs: one number, or one per feature; Infinity: none (default 1). */
  high?: number | VectorLike | undefined
}

/** A checked box. */
export interface Box {
  readonly epsilon: number
  /** One bound per feature. */
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Sizes below which, or above which, squares of distances would underflow or overflow. */
const [LEAST, MOST] = [1e-60, 1e60]

/** Checks the options of a box for inputs of `columns` features. */
export function checkBox({ epsilon, low = 0, high = 1 }: BoxOptions, columns: number): Box {
  number(epsilon, 'epsilon', { min: LEAST, max: MOST })
  const box: Box = { epsilon, low: bounds(low, columns, 'low'), high: bounds(high, columns, 'high') }
  for (let j = 0; j < columns; j++)
    if (!(box.high[j] - box.low[j] > LEAST))
      refuse(typeof high === 'number' ? 'high' : `high[${j}]`, `above low = ${box.low[j]}`, show(box.high[j]))
  return box
}

function bounds(given: number | VectorLike, columns: number, label: string): Float64Array {
  if (typeof given !== 'number') return Float64Array.from(vector(given, label, { length: columns }))
  if (Number.isNaN(given)) refuse(label, 'a number', 'NaN')
  return new Float64Array(columns).fill(given)
}

/** Refuses inputs out of the box. */
export function checkInside(inputs: Float64Array, { low, high }: Box, label: string): void {
  const columns = low.length
  for (let at = 0, j = 0; at < inputs.length; at++, j = j + 1 === columns ? 0 : j + 1)
    if (!(low[j] <= inputs[at] && inputs[at] <= high[j]))
      refuse(
        `${label}[${Math.floor(at / columns)}][${j}]`,
        `between low and high, ${low[j]} and ${high[j]}`,
        show(inputs[at]),
      )
}

/** Writes the interval of each coordinate of a perturbation: lo = max(-epsilon, low - x), hi = min(epsilon, high - x). */
export function intervals(inputs: Float64Array, { epsilon, low, high }: Box, lo: Float64Array, hi: Float64Array): void {
  const columns = low.length
  for (let at = 0, j = 0; at < inputs.length; at++, j = j + 1 === columns ? 0 : j + 1) {
    lo[at] = Math.max(-epsilon, low[j] - inputs[at])
    hi[at] = Math.min(epsilon, high[j] - inputs[at])
  }
}
