import { type MatrixView, number, type Views, vector } from '@opt/core'
import type { PlanKernels } from '../kernels.ts'
import type { Threshold } from './transport-plan.ts'

// The exponent of a double and two bits of its mantissa: bins a quarter of an octave wide, found without a logarithm.
const BINS = 8192
const SHIFT = 18

/** The smallest double of a bin. */
function lowerEdge(bin: number): number {
  return new Float64Array(Uint32Array.of(0, bin << SHIFT).buffer)[0]
}

/** A plan in memory whose entries are counted, with the arrays for that. */
export interface Counted {
  P: MatrixView
  /** How many entries a bin has, and their sum. */
  count: Int32Array
  mass: Float64Array
}

/** Lays out the bins. */
export const binViews = (views: Views): Omit<Counted, 'P'> => ({ count: views.i32(BINS), mass: views.f64(BINS) })

/** Counts and sums the entries of at least `floor` by bins; returns the sum of the others. */
const histogram = ({ P, count, mass }: Counted, kernels: PlanKernels, floor: number): number =>
  kernels.histogram(P.rows, P.columns, P.data, P.stride, floor, count, mass)

/** Finds the highest threshold that drops at most `mass` together and keeps at least `minimum` positive entries. */
export function thresholdByMass(plan: Counted, kernels: PlanKernels, mass: number, minimum: number): Threshold {
  // Entries below the average share of `mass` add up to less than `mass`: most of a sparse plan needs no bin.
  const floor = mass / (plan.P.rows * plan.P.columns)
  const found = climb(plan, floor, histogram(plan, kernels, floor), mass, minimum)
  return found.kept >= minimum ? found : climb(plan, 0, histogram(plan, kernels, 0), mass, minimum)
}

function total(count: Int32Array): number {
  let sum = 0
  for (let bin = 0; bin < BINS; bin++) sum += count[bin]
  return sum
}

/** Climbs the bins as long as the entries below drop no more than `mass` and leave at least `minimum`. */
function climb(
  { count, mass: weight }: Counted,
  floor: number,
  rest: number,
  mass: number,
  minimum: number,
): Threshold {
  let bin = 1
  let kept = total(count) - count[0]
  let dropped = rest + weight[0]
  while (bin < BINS - 1 && dropped + weight[bin] <= mass && kept - count[bin] >= minimum) {
    dropped += weight[bin]
    kept -= count[bin]
    bin++
  }
  return { value: Math.max(floor, lowerEdge(bin)), kept }
}

/** Finds the lowest threshold above `floor` that keeps at most `most` entries, and the mass that it drops. */
export function thresholdByRoom(
  plan: Counted,
  kernels: PlanKernels,
  floor: number,
  most: number,
): Threshold & { dropped: number } {
  let dropped = histogram(plan, kernels, floor)
  const { count, mass } = plan
  let kept = total(count)
  let bin = 0
  for (; bin < BINS && kept > most; bin++) {
    dropped += mass[bin]
    kept -= count[bin]
  }
  return { value: bin === 0 ? floor : Math.max(floor, lowerEdge(bin)), kept, dropped }
}

/** Finds the exact threshold of the `count` largest entries; ties at the threshold are all kept. */
export function thresholdByCount(plan: Counted, kernels: PlanKernels, count: number): Threshold {
  histogram(plan, kernels, 0)
  let bin = BINS - 1
  let above = 0
  while (bin > 0 && above + plan.count[bin] < count) above += plan.count[bin--]
  const low = lowerEdge(bin)
  const high = bin + 1 < BINS ? lowerEdge(bin + 1) : Infinity
  const { rows, columns, data, stride } = plan.P
  const inside: number[] = []
  for (let i = 0; i < rows; i++)
    for (let k = i * stride, end = k + columns; k < end; k++) if (data[k] >= low && data[k] < high) inside.push(data[k])
  inside.sort((x, y) => y - x)
  const value = inside[Math.min(count - above, inside.length) - 1]
  return { value, kept: above + inside.filter((p) => p >= value).length }
}

/**
 * Sums the mass outside the `keep` largest entries of a plan: how well a sparse matrix approximates it (the quantity of
 * the paper's Theorem 1).
 *
 * @param entries nonnegative, in any order.
 * @param keep a nonnegative integer.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function droppedMass(entries: ArrayLike<number>, keep: number): number {
  const sorted = vector(entries, 'droppedMass: entries', { sign: 'nonnegative' }).slice().sort()
  number(keep, 'droppedMass: keep', { integer: true, min: 0 })
  let sum = 0
  for (let k = 0; k < sorted.length - keep; k++) sum += sorted[k]
  return sum
}
