import type { Rows } from './rows.ts'

/** Rows count as met up to this. */
export const VIOLATION = 1e-9

/** An SVM in units of its own: rows of mean square 1, right sides up to 1. */
export interface ScaledProblem {
  rows: Rows
  /** m right sides. */
  h: Float64Array
  /** 1 for the rows that must be 0: relevant tokens of one query score alike. Undefined without any. */
  isEquation: Uint8Array | undefined
  /** Price of a missing unit of margin; Infinity for a hard margin. */
  C: number
}

/** What a method knows: between iterations, and at its end. Everything is in the problem's scaled units. */
export interface Bounds {
  /** Proven lower bound of the optimum. */
  lower: number
  /** Value of the best feasible W so far; undefined while there is none. */
  upper?: number | undefined
  /** Rank of that W, or the number of rows in the active set where it is not known yet. */
  rank: number
}

/** The arrays with which a run goes on, by name. */
export type SavedArrays = Record<string, Float64Array>

/** The end of a method. */
export interface Result extends Bounds {
  feasible: boolean
  W: Float64Array
  dual: Float64Array
  /** Undefined where a new run is as good. */
  state?: SavedArrays | undefined
}

/** A method: yields after each iteration what it knows, and is told when to stop. */
export type Method = Generator<Bounds, Result, boolean>

/** C times the sum of max(0, h - A(W)) over the inequalities, given A(W); 0 for a hard margin, where none may be short. */
export function penalty({ h, C, isEquation }: ScaledProblem, scores: Float64Array): number {
  if (C === Infinity) return 0
  let sum = 0
  for (let c = 0; c < h.length; c++) if (!isEquation?.[c]) sum += Math.max(0, h[c] - scores[c])
  return C * sum
}

/** The largest violation of rows that must hold, given A(W). */
export function violation({ h, C, isEquation }: ScaledProblem, scores: Float64Array): number {
  let most = 0
  for (let c = 0; c < h.length; c++) {
    if (isEquation?.[c]) most = Math.max(most, Math.abs(h[c] - scores[c]))
    else if (C === Infinity) most = Math.max(most, h[c] - scores[c])
  }
  return most
}

/** h'l */
export function inner(h: Float64Array, l: Float64Array): number {
  let sum = 0
  for (let c = 0; c < h.length; c++) if (l[c] !== 0) sum += h[c] * l[c]
  return sum
}
