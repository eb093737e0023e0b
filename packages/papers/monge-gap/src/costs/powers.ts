import { pow } from '@opt/core'

/** Returns x^p for x >= 0, by products and roots where they suffice. */
export function powerOf(p: number): (x: number) => number {
  if (p === 0) return () => 1
  if (p === 0.5) return Math.sqrt
  if (p === 1) return (x) => x
  if (p === 1.5) return (x) => x * Math.sqrt(x)
  if (p === 2) return (x) => x * x
  if (p === 3) return (x) => x * x * x
  return (x) => pow(x, p)
}

/** Returns the Euclidean distance of the points of d coordinates at x[i] and y[j], whatever their size. */
export function distanceAt(x: Float64Array, i: number, y: Float64Array, j: number, d: number): number {
  let sum = 0
  for (let k = 0; k < d; k++) {
    const z = x[i + k] - y[j + k]
    sum += z * z
  }
  if (isSafe(sum)) return Math.sqrt(sum)
  let most = 0
  for (let k = 0; k < d; k++) most = Math.max(most, Math.abs(x[i + k] - y[j + k]))
  if (!(most > 0 && most < Infinity)) return most
  sum = 0
  for (let k = 0; k < d; k++) {
    const z = (x[i + k] - y[j + k]) / most
    sum += z * z
  }
  return most * Math.sqrt(sum)
}

/** Returns the Euclidean norm of the d numbers from v[i] on, whatever their size. */
export function normAt(v: Float64Array, i: number, d: number): number {
  let sum = 0
  for (let k = i; k < i + d; k++) sum += v[k] * v[k]
  if (isSafe(sum)) return Math.sqrt(sum)
  let most = 0
  for (let k = i; k < i + d; k++) most = Math.max(most, Math.abs(v[k]))
  if (!(most > 0 && most < Infinity)) return most
  sum = 0
  for (let k = i; k < i + d; k++) sum += (v[k] / most) * (v[k] / most)
  return most * Math.sqrt(sum)
}

/** Whether a sum of squares has all its digits. */
export const isSafe = (sum: number): boolean => sum > 1e-280 && sum < 1e300
