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
    const byY = sortedOrder(y, natural(n))
    const second = ranks(y, byY)
    const n2 = ties(byY, (i, j) => second[i] === second[j])
    // Stable: sorted by x, and by y among equal x.
    const order = sortedOrder(x, byY.slice())
    const first = ranks(x, order)
    const pairs = (n * (n - 1)) / 2
    const n1 = ties(order, (i, j) => first[i] === first[j])
    const both = ties(order, (i, j) => first[i] === first[j] && second[i] === second[j])
    const discordant = exchanges(order.map((i) => second[i]))
    if (n1 === pairs || n2 === pairs) return { tau: 0, degenerate: true }
    const difference = pairs - n1 - n2 + both - 2 * discordant
    const tau = difference / Math.sqrt(pairs - n1) / Math.sqrt(pairs - n2)
    return { tau: Math.max(-1, Math.min(1, tau)), degenerate: false }
  })
}

const natural = (n: number) => Int32Array.from({ length: n }, (_, i) => i)

/** Sorts indices by their values, stable: a radix sort of the numbers' bits, byte by byte. */
function sortedOrder(x: Float64Array, start: Int32Array): Int32Array {
  const n = x.length
  // -0 and 0 are equal.
  const bits = new Uint32Array(Float64Array.from(x, (v) => v + 0).buffer)
  for (let i = 0; i < n; i++) {
    const negative = bits[2 * i + 1] >>> 31 === 1
    if (negative) bits[2 * i] = ~bits[2 * i]
    bits[2 * i + 1] = negative ? ~bits[2 * i + 1] : bits[2 * i + 1] | 0x80000000
  }
  let from: Int32Array = start
  let to: Int32Array = new Int32Array(n)
  const starts = new Int32Array(257)
  for (let byte = 0; byte < 8; byte++) {
    const [word, shift] = [byte >> 2, 8 * (byte & 3)]
    starts.fill(0)
    for (let i = 0; i < n; i++) starts[((bits[2 * i + word] >>> shift) & 255) + 1]++
    if (starts.includes(n)) continue
    for (let k = 0; k < 256; k++) starts[k + 1] += starts[k]
    for (let k = 0; k < n; k++) to[starts[(bits[2 * from[k] + word] >>> shift) & 255]++] = from[k]
    ;[from, to] = [to, from]
  }
  return from
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

/** Pairs of equal ones in a sorted order. */
function ties(order: Int32Array, equal: (i: number, j: number) => boolean): number {
  let [pairs, run] = [0, 0]
  for (let k = 1; k < order.length; k++) {
    run = equal(order[k], order[k - 1]) ? run + 1 : 0
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
