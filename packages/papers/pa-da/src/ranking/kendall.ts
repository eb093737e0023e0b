import { calling, refuse, type VectorLike, vector } from '@opt/core'

/** Answer of {@link kendallTau}. */
export interface KendallTau {
  /** tau-b in [-1, 1]. */
  tau: number
  /** All numbers of one vector are equal: there is no order to compare, and tau is 0. */
  degenerate: boolean
}

/**
 * Computes Kendall's tau-b with ties, (P - Q) / sqrt((n0 - n1)(n0 - n2)), in O(n log n): the discordant pairs are the
 * exchanges of a merge sort (Knight 1966).
 *
 * @throws TypeError or RangeError unless both are vectors of one length, at least 2.
 */
export function kendallTau(a: VectorLike, b: VectorLike): KendallTau {
  return calling('kendallTau', () => {
    const x = vector(a, 'a')
    const n = x.length
    if (n < 2) refuse('a', 'of length 2 at least', `length ${n}`)
    const y = vector(b, 'b', { length: n })
    const byY = sortedOrder(y)
    const second = ranks(y, byY)
    const first = ranks(x, sortedOrder(x))
    const n2 = ties(byY, second)
    // Stable: sorted by x, and by y among equal x.
    const order = countingSort(byY, first)
    const pairs = (n * (n - 1)) / 2
    const n1 = ties(order, first)
    const both = ties(order, first, second)
    const discordant = exchanges(order.map((i) => second[i]))
    if (n1 === pairs || n2 === pairs) return { tau: 0, degenerate: true }
    const difference = pairs - n1 - n2 + both - 2 * discordant
    const tau = difference / Math.sqrt(pairs - n1) / Math.sqrt(pairs - n2)
    return { tau: Math.max(-1, Math.min(1, tau)), degenerate: false }
  })
}

/** Digits of a double from the lowest on: the 32-bit word, the first bit in it, how many of them. */
const DIGITS = [
  [0, 0, 11],
  [0, 11, 11],
  [0, 22, 10],
  [1, 0, 11],
  [1, 11, 11],
  [1, 22, 10],
] as const

/** Sorts the indices of numbers by a radix sort of their bits, stable. */
function sortedOrder(x: Float64Array): Int32Array {
  const n = x.length
  const copy = new Float64Array(n)
  // -0 and 0 are equal.
  for (let i = 0; i < n; i++) copy[i] = x[i] + 0
  const bits = new Uint32Array(copy.buffer)
  let from = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    from[i] = i
    const negative = bits[2 * i + 1] >>> 31 === 1
    if (negative) bits[2 * i] = ~bits[2 * i]
    bits[2 * i + 1] = negative ? ~bits[2 * i + 1] : bits[2 * i + 1] | 0x80000000
  }
  let to = new Int32Array(n)
  for (const [word, shift, width] of DIGITS) {
    const mask = (1 << width) - 1
    const starts = new Int32Array(mask + 2)
    for (let i = word; i < 2 * n; i += 2) starts[((bits[i] >>> shift) & mask) + 1]++
    // All have the same digit.
    if (starts[((bits[word] >>> shift) & mask) + 1] === n) continue
    for (let k = 0; k < mask; k++) starts[k + 1] += starts[k]
    for (let k = 0; k < n; k++) {
      const i = from[k]
      to[starts[(bits[2 * i + word] >>> shift) & mask]++] = i
    }
    ;[from, to] = [to, from]
  }
  return from
}

/** Sorts indices by their ranks, stable. */
function countingSort(order: Int32Array, rank: Int32Array): Int32Array {
  const starts = new Int32Array(order.length + 1)
  for (const r of rank) starts[r + 1]++
  for (let r = 0; r < order.length; r++) starts[r + 1] += starts[r]
  const sorted = new Int32Array(order.length)
  for (const i of order) sorted[starts[rank[i]]++] = i
  return sorted
}

/** The number of distinct smaller values for each value. */
function ranks(x: Float64Array, order: Int32Array): Int32Array {
  const out = new Int32Array(x.length)
  let rank = 0
  for (let k = 0; k < order.length; k++) {
    if (k > 0 && x[order[k]] !== x[order[k - 1]]) rank++
    out[order[k]] = rank
  }
  return out
}

/** Pairs of equal rank, or of equal ranks of both, in a sorted order. */
function ties(order: Int32Array, rank: Int32Array, other: Int32Array = rank): number {
  let [pairs, run] = [0, 0]
  for (let k = 1; k < order.length; k++) {
    const [i, j] = [order[k], order[k - 1]]
    run = rank[i] === rank[j] && other[i] === other[j] ? run + 1 : 0
    pairs += run
  }
  return pairs
}

/** Pairs i < j with order[i] > order[j]; sorts `order`. */
function exchanges(order: Int32Array): number {
  const n = order.length
  let from: Int32Array = order
  let to: Int32Array = new Int32Array(n)
  let count = 0
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const [middle, end] = [Math.min(start + width, n), Math.min(start + 2 * width, n)]
      let [left, right] = [start, middle]
      for (let k = start; k < end; k++) {
        if (right >= end || (left < middle && from[left] <= from[right])) to[k] = from[left++]
        else {
          to[k] = from[right++]
          count += middle - left
        }
      }
    }
    ;[from, to] = [to, from]
  }
  return count
}
