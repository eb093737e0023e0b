import {
  log,
  type Matrix,
  type MatrixLike,
  matrix,
  options as optionsOf,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import type { Potentials } from '@opt/sinkhorn-sns'
import ndarray from 'ndarray'
import { type Cost, checkCost } from './costs/cost.ts'

/** Points with their masses, of sum 1. */
export interface Measure {
  points: Float64Array
  count: number
  /** Coordinates of a point. */
  d: number
  masses: Float64Array
}

/** Checks points and masses; without masses they are uniform. */
export function measure(
  given: MatrixLike,
  weights: VectorLike | undefined,
  cost: Cost,
  label: string,
  weightsLabel: string,
  shape: { rows?: number; columns?: number } = {},
): Measure {
  const { data, shape: found } = matrix(given, label, shape)
  const [count, d] = found as [number, number]
  cost.check?.(data, d, label)
  if (weights === undefined) return { points: data, count, d, masses: new Float64Array(count).fill(1 / count) }
  const masses = vector(weights, weightsLabel, { length: count, sign: 'nonnegative' })
  const total = masses.reduce((sum, w) => sum + w, 0)
  if (!(Math.abs(total - 1) <= 1e-9)) refuse(weightsLabel, 'of sum 1', `sum ${total}`)
  return { points: data, count, d, masses }
}

/** Checks points and their images, which get the masses of the points. */
export function pairsOf(
  x: MatrixLike,
  y: MatrixLike,
  cost: Cost,
  weights: VectorLike | undefined,
  name = '',
): { x: Measure; y: Measure } {
  checkCost(cost, `${name}cost`)
  const sources = measure(x, weights, cost, `${name}x`, `${name}weights`)
  const { count, d, masses } = sources
  return { x: sources, y: { ...measure(y, undefined, cost, `${name}y`, '', { rows: count, columns: d }), masses } }
}

/** Computes the cost matrix, n x m, and refuses one that is not finite. */
export function costMatrix(cost: Cost, x: Measure, y: Measure, label: string): Matrix {
  const data = new Float64Array(x.count * y.count)
  cost.matrix(x.points, y.points, x.d, { data, rows: x.count, columns: y.count, stride: y.count })
  if (!areFinite(data)) refuse(label, `points at finite costs (${cost.name})`, 'a cost that is not finite')
  return ndarray(data, [x.count, y.count])
}

/** Whether all numbers are finite. */
export function areFinite(numbers: Float64Array): boolean {
  for (let k = 0; k < numbers.length; k++) if (!Number.isFinite(numbers[k])) return false
  return true
}

/** Checks potentials to start from; undefined stays undefined. */
export function potentialsOf(
  given: Potentials | undefined,
  n: number,
  m: number,
  label: string,
): { f: Float64Array; g: Float64Array } | undefined {
  if (given === undefined) return undefined
  const { f, g } = optionsOf(given, label)
  return { f: vector(f, `${label}.f`, { length: n }), g: vector(g, `${label}.g`, { length: m }) }
}

/** The entropy -sum a log a. */
export function entropy(masses: Float64Array): number {
  let sum = 0
  for (const a of masses) if (a > 0) sum -= a * log(a)
  return sum
}

/** Whether two measures are the same: equal points, in any order and however split, with equal masses. */
export function coincide(x: Measure, y: Measure): boolean {
  if (x.d !== y.d) return false
  const [first, second] = [merged(x), merged(y)]
  if (first.length !== second.length) return false
  return first.every(({ at, mass }, k) => {
    const other = second[k]
    const sameMass = Math.abs(mass - other.mass) <= 1e-15 * Math.max(x.count, y.count)
    return sameMass && compare(x, at, y, other.at) === 0
  })
}

/** The different points with mass, in lexicographic order, and their masses. */
function merged(x: Measure): { at: number; mass: number }[] {
  const order = [...x.masses.keys()].filter((i) => x.masses[i] > 0).sort((i, j) => compare(x, i, x, j))
  const out: { at: number; mass: number }[] = []
  for (const i of order) {
    const last = out.at(-1)
    if (last && compare(x, last.at, x, i) === 0) last.mass += x.masses[i]
    else out.push({ at: i, mass: x.masses[i] })
  }
  return out
}

function compare(x: Measure, i: number, y: Measure, j: number): number {
  for (let k = 0; k < x.d; k++) {
    const difference = x.points[i * x.d + k] - y.points[j * x.d + k]
    if (difference !== 0) return difference
  }
  return 0
}
