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
  const window = new MedianWindow(width, x[0])
  const medians = new Float64Array(x.length)
  for (let t = -half; t <= last; t++) {
    const ahead = t + half
    window.push(x[ahead <= last ? ahead : 2 * last - ahead])
    if (t >= 0) medians[t] = window.median
  }
  return medians
}

/**
 * The last values of a series. Node 0 holds their median, the nodes 1, 2, ... a heap of the larger half, least
 * first, and -1, -2, ... one of the smaller half, greatest first; node i lies above 2i and 2i + 1 (2i - 1).
 */
class MedianWindow {
  readonly #half: number
  /** By node, from -half. */
  readonly #value: Float64Array
  /** The age class of each node's value: its place in the order of arrival, modulo the width. */
  readonly #arrival: Int32Array
  /** By arrival: the node. */
  readonly #node: Int32Array
  #oldest = 0

  constructor(width: number, value: number) {
    this.#half = (width - 1) / 2
    this.#value = new Float64Array(width).fill(value)
    this.#arrival = Int32Array.from({ length: width }, (_, i) => i)
    this.#node = Int32Array.from({ length: width }, (_, i) => i - this.#half)
  }

  get median(): number {
    return this.#value[this.#half]
  }

  /** Replaces the oldest value. */
  push(v: number): void {
    const half = this.#half
    const value = this.#value
    const arrival = this.#oldest
    this.#oldest = arrival + 1 === value.length ? 0 : arrival + 1
    let i = this.#node[arrival]
    while (i > 0 && value[half + (i >> 1)] > v) i = this.#move(i >> 1, i)
    while (i < 0 && value[half - (-i >> 1)] < v) i = this.#move(-(-i >> 1), i)
    if (i >= 0)
      for (let child = i === 0 ? 1 : 2 * i; child <= half; child = 2 * i) {
        if (i > 0 && child < half && value[half + child + 1] < value[half + child]) child++
        if (value[half + child] >= v) break
        i = this.#move(child, i)
      }
    if (i <= 0)
      for (let child = i === 0 ? -1 : 2 * i; child >= -half; child = 2 * i) {
        if (i < 0 && child > -half && value[half + child - 1] > value[half + child]) child--
        if (value[half + child] <= v) break
        i = this.#move(child, i)
      }
    value[half + i] = v
    this.#arrival[half + i] = arrival
    this.#node[arrival] = i
  }

  /** Moves the value of one node to another; returns the node that it left. */
  #move(from: number, to: number): number {
    const half = this.#half
    this.#value[half + to] = this.#value[half + from]
    this.#arrival[half + to] = this.#arrival[half + from]
    this.#node[this.#arrival[half + to]] = to
    return from
  }
}
