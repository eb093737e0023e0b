import { refuse } from '@opt/core'
import type { Cost } from './cost-rows.ts'
import { type Allowed, type Flow, noFlow, sendMost } from './flow.ts'
import { describe, obstacle } from './obstacle.ts'

/** The points of a problem that have mass. */
export interface Support {
  cost: Cost
  /** Positive masses, sum 1. */
  a: Float64Array
  b: Float64Array
  /** Their indices among the caller's rows and columns. */
  rows: Int32Array
  columns: Int32Array
  /** Sum of the caller's masses. */
  mass: number
}

/** Which pairs are allowed, and what follows from that; see the fields of the same names of `Problem`. */
export interface AllowedPairs {
  highest: number
  infeasible?: string
  lost?: string
}

/** Lowest and highest finite cost, and whether there are infinite ones. */
export interface CostRange {
  low: number
  high: number
  forbids: boolean
}

/** Finds the range of the costs between points with mass. */
export function costRange(cost: Cost, rows: Int32Array, columns: Int32Array): CostRange {
  const range = { low: Infinity, high: -Infinity, forbids: false }
  const all = columns.length === cost.columns
  const packed = new Float64Array(columns.length)
  for (const i of rows) {
    const row = cost.row(i)
    if (!all) for (let k = 0; k < packed.length; k++) packed[k] = row[columns[k]]
    widen(range, all ? row : packed, (k) => `cost[${i}][${columns[k]}]`)
  }
  return range.low > range.high ? { ...range, low: 0, high: 0 } : range
}

function widen(range: CostRange, costs: Float64Array, label: (k: number) => string): void {
  let { low, high } = range
  for (let k = 0; k < costs.length; k++) {
    const c = costs[k]
    if (c < low) low = c
    if (c <= high) continue
    // The highest so far, or no finite number.
    if (c === Infinity) range.forbids = true
    else if (c > -Infinity) high = c
    else refuse(label(k), 'a finite number or Infinity', String(c))
  }
  if (low === -Infinity) refuse(label(costs.indexOf(low)), 'a finite number or Infinity', String(low))
  range.low = low
  range.high = high
}

/** Costs of so many times epsilon swallow the digits of small ones: they are left out where no plan needs them. */
const HUGE = 1e6
/** Costs of so many times epsilon swallow epsilon itself. */
const LOST = 1e13
/** What masses may add to an exponent: -2 log of the smallest double. */
const EXPONENTS = 1500

/**
 * Chooses the pairs that the solvers work with: those of finite cost or, where costs differ so much that the small ones
 * would be lost, those below a gap that no sum of potentials reaches across, if they can carry the masses.
 */
export function allowedPairs(
  problem: Support,
  { low, high, forbids }: CostRange,
  epsilon: number,
  tolerance: number,
): AllowedPairs {
  for (const highest of high - low > HUGE * epsilon ? gaps(problem, low, epsilon) : [])
    if (!blocked(problem, highest, tolerance)) return { highest }
  const infeasible = forbids ? blocked(problem, high, tolerance) : null
  if (infeasible) return { highest: high, infeasible }
  return high - low > LOST * epsilon
    ? { highest: high, lost: `epsilon is lost in the rounding of costs up to ${high}, which the masses need` }
    : { highest: high }
}

/** Lists the highest costs below gaps, in ascending order. */
function gaps({ cost, rows, columns }: Support, low: number, epsilon: number): number[] {
  // Costs of one power of two are close to each other: a gap lies between the highest of one and the lowest of another.
  const highest = new Float64Array(2048).fill(-Infinity)
  const lowest = new Float64Array(2048).fill(Infinity)
  const word = new DataView(new ArrayBuffer(8))
  for (const i of rows) {
    const row = cost.row(i)
    for (const j of columns) {
      if (row[j] === Infinity) continue
      word.setFloat64(0, row[j] - low)
      const at = word.getUint16(0) >>> 4
      if (row[j] > highest[at]) highest[at] = row[j]
      if (row[j] < lowest[at]) lowest[at] = row[j]
    }
  }
  const far = 2 * (Math.min(rows.length, columns.length) + 1)
  const found: number[] = []
  let below = low
  for (let at = 0; at < 2048; at++) {
    if (lowest[at] === Infinity) continue
    if (lowest[at] - low > far * (below - low + EXPONENTS * epsilon)) found.push(below)
    below = highest[at]
  }
  return found
}

/** Marks the pairs of costs up to `highest`, among the working rows and columns. */
export function allowedUpTo(
  { cost, rows, columns }: Pick<Support, 'cost' | 'rows' | 'columns'>,
  highest: number,
): Allowed {
  const table = new Uint8Array(rows.length * columns.length)
  rows.forEach((at, i) => {
    const row = cost.row(at)
    columns.forEach((from, j) => {
      if (row[from] <= highest) table[i * columns.length + j] = 1
    })
  })
  return { rows: rows.length, columns: columns.length, table }
}

/** Sends as much as the pairs of costs up to `highest` can carry. */
export function largestFlow(problem: Support, highest: number): { allowed: Allowed; flow: Flow } {
  const allowed = allowedUpTo(problem, highest)
  const flow = noFlow(problem.a, problem.b)
  sendMost(allowed, flow)
  return { allowed, flow }
}

/** Returns why these pairs cannot carry the masses, or null if they can. */
function blocked(problem: Support, highest: number, tolerance: number): string | null {
  const { a, b, rows, columns, mass } = problem
  const { allowed, flow } = largestFlow(problem, highest)
  const found = obstacle(allowed, a, b, flow, tolerance)
  return found && describe(found, rows, columns, mass)
}
