import { number, refuse, type VectorLike, vector } from '@opt/core'

/**
 * Returns the median of the `width` values round each value. Before the first value the window sees that value
 * again; beyond the last one it sees the series mirrored, without repeating the last value.
 *
 * The window is two heaps that meet in its median, so that a step of the window costs O(log width).
 *
 * @param values T finite numbers; not changed.
 * @param width an odd number, at most 2 T - 1.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function medianFilter(values: VectorLike, width: number): Float64Array {
  const x = vector(values, 'medianFilter: values')
  number(width, 'medianFilter: width', { integer: true, min: 1, max: 2 * x.length - 1 })
  if (width % 2 === 0) refuse('medianFilter: width', 'odd', String(width))
  const half = (width - 1) / 2
  const last = x.length - 1

  // Node 0 holds the median, the nodes 1, 2, ... are a heap of the larger values, least first, and -1, -2, ... one of
  // the smaller values, greatest first; node i is the parent of 2i and 2i + 1 (2i - 1), and stands in place half + i.
  const heap = new Float64Array(width).fill(x[0])
  // The order in which the values came, modulo the width, by node; and the node by that order.
  const arrival = Int32Array.from({ length: width }, (_, k) => k)
  const node = Int32Array.from({ length: width }, (_, k) => k - half)

  const medians = new Float64Array(x.length)
  let oldest = 0
  for (let t = -half; t <= last; t++) {
    const ahead = t + half
    const v = x[ahead <= last ? ahead : 2 * last - ahead]
    // Take the oldest value out, and move parents down, or children up, into the gap until v fits there.
    let i = node[oldest]
    while (i > 0) {
      const parent = i >> 1
      const value = heap[half + parent]
      if (value <= v) break
      heap[half + i] = value
      arrival[half + i] = arrival[half + parent]
      node[arrival[half + i]] = i
      i = parent
    }
    while (i < 0) {
      const parent = -(-i >> 1)
      const value = heap[half + parent]
      if (value >= v) break
      heap[half + i] = value
      arrival[half + i] = arrival[half + parent]
      node[arrival[half + i]] = i
      i = parent
    }
    if (i >= 0)
      for (let child = i === 0 ? 1 : 2 * i; child <= half; child = 2 * i) {
        let value = heap[half + child]
        if (i !== 0 && child < half) {
          const sibling = heap[half + child + 1]
          if (sibling < value) {
            value = sibling
            child++
          }
        }
        if (value >= v) break
        heap[half + i] = value
        arrival[half + i] = arrival[half + child]
        node[arrival[half + i]] = i
        i = child
      }
    if (i <= 0)
      for (let child = i === 0 ? -1 : 2 * i; child >= -half; child = 2 * i) {
        let value = heap[half + child]
        if (i !== 0 && child > -half) {
          const sibling = heap[half + child - 1]
          if (sibling > value) {
            value = sibling
            child--
          }
        }
        if (value <= v) break
        heap[half + i] = value
        arrival[half + i] = arrival[half + child]
        node[arrival[half + i]] = i
        i = child
      }
    heap[half + i] = v
    arrival[half + i] = oldest
    node[oldest] = i
    oldest = oldest + 1 === width ? 0 : oldest + 1
    if (t >= 0) medians[t] = heap[half]
  }
  return medians
}
