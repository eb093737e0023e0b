import { exp, log1p, number, tanh } from '@opt/core'
import { type Kernel, one, outsideBox, separable, sign } from '../kernel.ts'

const { abs, max, sqrt } = Math

/** Beside it smaller numbers vanish, and its square is still a number. */
const LARGE = 1e150

/** K = sum of |x_i|: Lion. The set: |x_i| <= 1 / lambda. */
export const l1 = (): Kernel =>
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

/** K = x.x / 2: momentum with weight decay. No set; adds (lambda / 2) x.x to f. */
export const squared = (): Kernel =>
  separable({
    name: 'squared',
    value: (v) => 0.5 * v * v,
    subgradient: (x, out) => out.set(x),
    bound: (size) => size,
    conjugate: (y) => 0.5 * y * y,
    conjugateSubgradient: (y) => y,
    violation: () => 0,
  })

/** K = sum of max(|x_i| - e, 0): small entries of the look-ahead do not move. The box, and e |x|_1 is added to f: sparse. */
export function deadzone(e: number): Kernel {
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

/** K = sum of x_i^2 / (2 e) up to |x_i| = e, |x_i| - e / 2 from there on: the sign, clipped. The box, and (e lambda / 2) x.x is added to f. */
export function huber(e: number): Kernel {
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

/** K = sum of max(x_i, 0). The set: 0 <= x_i <= 1 / lambda. Not even: mind the sign of m. */
export const relu = (): Kernel =>
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

/** K = sum of sqrt(x_i^2 + e^2) - e: a smooth sign. The box, with a barrier that is finite at its walls. */
export function pseudohuber(e: number): Kernel {
  number(e, 'pseudohuber: e', { positive: true })
  /** sqrt(v^2 + e^2), of numbers whose squares are none, too. */
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

/** K = e sum of log cosh(x_i / e): the sign as a hyperbolic tangent. The box, with an entropy that is finite at its walls. */
export function logcosh(e: number): Kernel {
  number(e, 'logcosh: e', { positive: true })
  /** (1 + y) log(1 + y), which is 0 at y = -1. */
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
