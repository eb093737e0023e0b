/** A derivative by central differences, with what rounding may have changed in it. */
export interface Difference {
  derivative: number
  rounding: number
}

const EPSILON = 2.220446049250313e-16

/** The derivative at 0 by central differences at h and h / 2, extrapolated (Richardson 1911). */
export function difference(f: (t: number) => number, h: number): Difference {
  const [a, b, c, d] = [f(h), f(-h), f(h / 2), f(-h / 2)]
  const coarse = (a - b) / (2 * h)
  const fine = (c - d) / h
  const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d))
  return { derivative: (4 * fine - coarse) / 3, rounding: (8 * EPSILON * size) / h }
}
