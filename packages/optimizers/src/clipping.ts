import { number, refuse, show } from '@opt/core'
import { type Floats, isNdArray, isParameter, members, type Parameter } from './parameters.ts'

/** One gradient, a list or a record of them; null for a parameter without one. */
export type GradientSet =
  | Parameter
  | null
  | readonly (Parameter | null)[]
  | { readonly [name: string]: Parameter | null }

/**
 * Clips every entry to [-limit, limit], in place; NaN stays NaN.
 *
 * @throws TypeError or RangeError when `limit` is not positive or `gradients` holds anything else.
 */
export function clipByValueInPlace(gradients: GradientSet, limit: number): void {
  number(limit, 'clipByValueInPlace: limit', { positive: true })
  for (const gradient of leaves(gradients, 'clipByValueInPlace'))
    mapInPlace(gradient, (v) => Math.max(-limit, Math.min(limit, v)))
}

/**
 * Scales all gradients together, in place, to a joint Euclidean norm of at most `maxNorm`.
 *
 * @returns the norm before clipping.
 * @throws RangeError, before anything changes, when the norm is not finite or `maxNorm` is not positive.
 */
export function clipByGlobalNormInPlace(gradients: GradientSet, maxNorm: number): number {
  number(maxNorm, 'clipByGlobalNormInPlace: maxNorm', { positive: true })
  const norm = normOf(gradients, 'clipByGlobalNormInPlace')
  if (!Number.isFinite(norm)) refuse('clipByGlobalNormInPlace: gradients', 'of finite norm', `norm ${norm}`)
  if (norm > maxNorm)
    for (const gradient of leaves(gradients, 'clipByGlobalNormInPlace'))
      mapInPlace(gradient, (v) => (v / norm) * maxNorm)
  return norm
}

/** Returns the Euclidean norm of all gradients together; entries are added in order. */
export function globalNorm(gradients: GradientSet): number {
  return normOf(gradients, 'globalNorm')
}

function normOf(gradients: GradientSet, caller: string): number {
  const all = leaves(gradients, caller)
  const sumOfSquares = (scale: number) => {
    let sum = 0
    for (const gradient of all) eachEntry(gradient, (data, i) => (sum += data[i] * scale * (data[i] * scale)))
    return sum
  }
  const sum = sumOfSquares(1)
  if ((sum > 1e-290 && sum < 1e290) || Number.isNaN(sum)) return Math.sqrt(sum)
  let largest = 0
  for (const gradient of all) eachEntry(gradient, (data, i) => (largest = Math.max(largest, Math.abs(data[i]))))
  if (largest === 0 || largest === Infinity) return largest
  // A power of two: exact, and never itself out of range.
  let scale = 1
  while (largest * scale > 2) scale /= 2
  while (largest * scale < 1 && scale < 1e300) scale *= 2
  return Math.sqrt(sumOfSquares(scale)) / scale
}

function leaves(gradients: GradientSet, caller: string): Parameter[] {
  const found: Parameter[] = []
  for (const { path, value } of members(gradients)) {
    if (value === null) continue
    if (!isParameter(value))
      refuse(`${caller}: gradients${path}`, 'a float array, an ndarray of one, or null', show(value), 'type')
    found.push(value)
  }
  return found
}

/** Visits each entry, row-major. */
function eachEntry(
  x: Parameter,
  visit: (data: Floats, i: number) => void,
  offset = isNdArray(x) ? x.offset : 0,
  d = 0,
) {
  if (!isNdArray(x)) for (let i = 0; i < x.length; i++) visit(x, i)
  else if (d === x.shape.length) visit(x.data, offset)
  else for (let i = 0; i < x.shape[d]; i++) eachEntry(x, visit, offset + i * x.stride[d], d + 1)
}

const mapInPlace = (x: Parameter, change: (value: number) => number) =>
  eachEntry(x, (data, i) => {
    data[i] = change(data[i])
  })
