import { number, pow, refuse, show } from '@opt/core'
import { largest, pNorm } from '@opt/sets/parts'
import { type ConvexFunction, indicator, one, sign } from './convex-function.ts'

const { abs, max } = Math

/** What a norm is defined by, apart from the members that all norms share. */
type Norm = Omit<ConvexFunction, 'conjugate' | 'conjugateSubgradient' | 'violation'> & {
  /** The dual norm. */
  dual(y: Float64Array): number
}

/** Completes a norm: K* is 0 on the unit ball of the dual norm and Infinity outside. */
function norm({ dual, ...rest }: Norm): ConvexFunction {
  const violation = (y: Float64Array) => max(0, dual(y) - 1)
  return {
    ...rest,
    violation,
    bound: one,
    conjugate: (y) => indicator(violation(y)),
    conjugateSubgradient: (_, out) => void out.fill(0),
  }
}

function sumOf(x: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += abs(x[i])
  return sum
}

/**
 * K = |x|_p. Constrains to |x|_q <= 1 / lambda with 1/p + 1/q = 1.
 *
 * @param p > 1; use {@link l1} and {@link linf} for 1 and Infinity.
 */
export function lp(p: number): ConvexFunction {
  if (!(number(p, 'lp: p (use l1() for 1, linf() for Infinity)') > 1))
    refuse('lp: p', 'greater than 1 (use l1() for 1)', show(p))
  return norm({
    name: `l${p}`,
    value: (x) => pNorm(x, p),
    subgradient(x, out) {
      const size = pNorm(x, p)
      if (size === 0) out.fill(0)
      else if (p === 2) for (let i = 0; i < x.length; i++) out[i] = x[i] / size
      else for (let i = 0; i < x.length; i++) out[i] = sign(x[i]) * pow(abs(x[i]) / size, p - 1)
    },
    dual: (y) => pNorm(y, p / (p - 1)),
  })
}

/** K = max |x_i|: only the entry with the largest look-ahead moves. Constrains to |x|_1 <= 1 / lambda. */
export const linf = (): ConvexFunction =>
  norm({
    name: 'linf',
    value: largest,
    subgradient(x, out) {
      let first = 0
      for (let i = 1; i < x.length; i++) if (abs(x[i]) > abs(x[first])) first = i
      out.fill(0)
      out[first] = sign(x[first])
    },
    dual: sumOf,
  })

/**
 * K = sum of the k largest |x_i|: the k entries with the largest look-ahead move, of equal ones those
 * with the lowest index. Constrains to |x|_1 <= k / lambda within the box.
 *
 * @param k at least 1, and at most the length of each parameter.
 */
export function topk(k: number): ConvexFunction {
  number(k, 'topk: k', { integer: true, min: 1 })
  /** Scratch by length, so that parameters of different lengths, one after the other, allocate nothing. */
  const scratch = new Map<number, Float64Array>()
  /** Returns all |x_i| in increasing order. */
  const sorted = (x: Float64Array) => {
    const sizes = scratch.get(x.length) ?? new Float64Array(x.length)
    scratch.set(x.length, sizes)
    for (let i = 0; i < x.length; i++) sizes[i] = abs(x[i])
    return sizes.sort()
  }
  return norm({
    name: 'topk',
    check(length, label) {
      if (length < k) refuse(label, `of at least k = ${k} entries for topk`, `${length}`)
    },
    value(x) {
      const order = sorted(x)
      let sum = 0
      for (let i = 1; i <= k; i++) sum += order[x.length - i]
      return sum
    },
    subgradient(x, out) {
      const threshold = sorted(x)[x.length - k]
      let left = k
      for (let i = 0; i < x.length; i++) if (abs(x[i]) > threshold) left--
      for (let i = 0; i < x.length; i++) {
        const size = abs(x[i])
        out[i] = size > threshold || (size === threshold && left-- > 0) ? sign(x[i]) : 0
      }
    },
    dual: (y) => max(largest(y), sumOf(y) / k),
  })
}
