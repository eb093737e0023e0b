/** Plain-JavaScript twins of assembly/scans.ts: the same operations in the same order. */
import type { Floats } from '../matrix-view.ts'

const { abs } = Math

export function largest(n: number, x: Floats): number {
  let most = 0
  for (let i = 0; i < n; i++) {
    const size = abs(x[i])
    if (size > most) most = size
  }
  return most
}

/** The largest |x_i|, NaN when an entry is NaN. */
export function peak(n: number, x: Floats): number {
  let most = 0
  for (let i = 0; i < n; i++) {
    const size = abs(x[i])
    if (!(size <= most)) most = size
    if (Number.isNaN(most)) return NaN
  }
  return most
}

export function squaredNorm(n: number, x: Floats): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let i = 0
  for (; i + 4 <= n; i += 4) {
    a += x[i] * x[i]
    b += x[i + 1] * x[i + 1]
    c += x[i + 2] * x[i + 2]
    d += x[i + 3] * x[i + 3]
  }
  let sum = a + c + (b + d)
  for (; i < n; i++) sum += x[i] * x[i]
  return sum
}

export function nonFinite(n: number, x: Floats): number {
  for (let i = 0; i < n; i++) if (x[i] - x[i] !== 0) return i
  return -1
}
