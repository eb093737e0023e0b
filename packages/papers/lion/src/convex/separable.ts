import { exp, log1p, number, tanh } from '@opt/core'
import { type ConvexFunction, one, SLACK, sign } from './convex-function.ts'

const { abs, max, sqrt } = Math

/** One term of a sum over entries. */
interface Entry {
  name: string
  value(v: number): number
  /** Of all entries at once: the inner loop. */
  subgradient(x: Float64Array, out: Float64Array): void
  bound(size: number): number
  /** On the domain of the term's conjugate. */
  conjugate(y: number): number
  conjugateSubgradient(y: number): number
  violation(y: number): number
}

/** K(x) = sum of one function over the entries. */
function separable({ name, ...entry }: Entry): ConvexFunction {
  const violation = (y: Float64Array) => {
    let largest = 0
    for (let i = 0; i < y.length; i++) {
      const v = entry.violation(y[i])
      if (!(v <= largest)) largest = v
    }
    return largest
  }
  return {
    name,
    violation,
    value(x) {
      let sum = 0
      for (let i = 0; i < x.length; i++) sum += entry.value(x[i])
      return sum
    },
    subgradient: entry.subgradient,
    bound: entry.bound,
    conjugate(y) {
      if (!(violation(y) <= SLACK)) return Infinity
      let sum = 0
      for (let i = 0; i < y.length; i++) sum += entry.conjugate(y[i])
      return sum
    },
    conjugateSubgradient(y, out) {
      for (let i = 0; i < y.length; i++) out[i] = entry.conjugateSubgradient(y[i])
    },
  }
}

/** The distance of y from [-1, 1]. */
const outsideBox = (y: number): number => max(0, abs(y) - 1)

/** Adding 1 to a larger number changes nothing, and its square is still finite. */
const LARGE = 1e150

/** K = sum of |x_i|: Lion. Constrains to the box |x_i| <= 1 / lambda. */
export const l1 = (): ConvexFunction =>
  separable({
    name: 'l1',
    value: abs,
    subgradient(x, out) {
      for (let i = 0; i < x.length; i++) out[i] = sign(x[i])
    },
    bound: one,
    conjugate: () => 0,
    conjugateSubgradient: () => 0,
    violation: outsideBox,
  })

/** K = x.x / 2: momentum with weight decay. No constraint; adds (lambda / 2) x.x to f. */
export const squared = (): ConvexFunction =>
  separable({
    name: 'squared',
    value: (v) => 0.5 * v * v,
    subgradient: (x, out) => out.set(x),
    bound: (size) => size,
    conjugate: (y) => 0.5 * y * y,
    conjugateSubgradient: (y) => y,
    violation: () => 0,
  })

/**
 * K = sum of max(|x_i| - e, 0): entries whose look-ahead is small do not move. Constrains to the
 * box and adds e |x|_1 to f, which makes x sparse.
 *
 * @param e > 0
 */
export function deadzone(e: number): ConvexFunction {
  number(e, 'deadzone: e', { positive: true })
  return separable({
    name: 'deadzone',
    value: (v) => max(abs(v) - e, 0),
    subgradient(x, out) {
      for (let i = 0; i < x.length; i++) out[i] = abs(x[i]) <= e ? 0 : sign(x[i])
    },
    bound: one,
    conjugate: (y) => e * abs(y),
    conjugateSubgradient: (y) => e * sign(y),
    violation: outsideBox,
  })
}

/**
 * K = sum of x_i^2 / (2 e) up to |x_i| = e and |x_i| - e / 2 beyond: steps by x / e clipped to [-1,
 * 1]. Constrains to the box and adds (e lambda / 2) x.x to f.
 *
 * @param e > 0
 */
export function huber(e: number): ConvexFunction {
  number(e, 'huber: e', { positive: true })
  return separable({
    name: 'huber',
    value: (v) => (abs(v) <= e ? (v * v) / (2 * e) : abs(v) - e / 2),
    subgradient(x, out) {
      for (let i = 0; i < x.length; i++) out[i] = x[i] > e ? 1 : x[i] < -e ? -1 : x[i] / e
    },
    bound: one,
    conjugate: (y) => 0.5 * e * y * y,
    conjugateSubgradient: (y) => e * y,
    violation: outsideBox,
  })
}

/** K = sum of max(x_i, 0). Constrains to 0 <= x_i <= 1 / lambda. Not even, so the sign of m matters. */
export const relu = (): ConvexFunction =>
  separable({
    name: 'relu',
    value: (v) => max(v, 0),
    subgradient(x, out) {
      for (let i = 0; i < x.length; i++) {
        const side = sign(x[i])
        out[i] = side === -1 ? 0 : side
      }
    },
    bound: one,
    conjugate: () => 0,
    conjugateSubgradient: () => 0,
    violation: (y) => max(0, y - 1, -y),
  })

/**
 * K = sum of sqrt(x_i^2 + e^2) - e: a smooth sign. Constrains to the box, with a barrier that is
 * finite on its walls.
 *
 * @param e > 0
 */
export function pseudohuber(e: number): ConvexFunction {
  number(e, 'pseudohuber: e', { positive: true })
  /** sqrt(v^2 + e^2), also where the squares over- or underflow. */
  const length = (v: number) => {
    const square = v * v + e * e
    if (square > 1e-280 && square < Infinity) return sqrt(square)
    const [small, large] = abs(v) < e ? [abs(v), e] : [e, abs(v)]
    return large * sqrt(1 + (small / large) * (small / large))
  }
  const height = (y: number) => sqrt(max(0, (1 - y) * (1 + y)))
  return separable({
    name: 'pseudohuber',
    value: (v) => (abs(v) < LARGE ? (v * v) / (length(v) + e) : abs(v)),
    subgradient(x, out) {
      for (let i = 0; i < x.length; i++) out[i] = x[i] / length(x[i])
    },
    bound: one,
    conjugate: (y) => e * (1 - height(y)),
    conjugateSubgradient: (y) => (e * y) / height(y),
    violation: outsideBox,
  })
}

/**
 * K = e sum of log cosh(x_i / e): a hyperbolic tangent for the sign. Constrains to the box, with an
 * entropy that is finite on its walls.
 *
 * @param e > 0
 */
export function logcosh(e: number): ConvexFunction {
  number(e, 'logcosh: e', { positive: true })
  /** (1 + y) log(1 + y), with its limit 0 at y = -1. */
  const entropy = (y: number) => (y <= -1 ? 0 : (1 + y) * log1p(y))
  return separable({
    name: 'logcosh',
    value: (v) => {
      const size = abs(v) / e
      if (size > LARGE) return abs(v)
      return e * (size + log1p(exp(-2 * size)) - Math.LN2)
    },
    subgradient(x, out) {
      for (let i = 0; i < x.length; i++) out[i] = tanh(x[i] / e)
    },
    bound: one,
    conjugate: (y) => 0.5 * e * (entropy(y) + entropy(-y)),
    conjugateSubgradient: (y) => 0.5 * e * (log1p(y) - log1p(-y)),
    violation: outsideBox,
  })
}
