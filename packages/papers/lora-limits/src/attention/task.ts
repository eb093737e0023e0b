import type { Report } from '@opt/core'
import type { Upstream } from '../head.ts'

/** What the attention loops work on: projected tokens and the loss behind the output. */
export interface Task {
  /** Numbers of queries and of keys. */
  readonly queries: number
  readonly keys: number
  /** Dimensions of keys and of values: h and h_V. */
  readonly h: number
  readonly hv: number
  readonly beta: number
  readonly causal: boolean
  /** Projections X W, row-major. */
  readonly Q: Float64Array
  readonly K: Float64Array
  readonly V: Float64Array
  readonly upstream: Upstream
}

/** Output of a head and the gradients of its loss with respect to queries, keys and values. */
export interface AttentionGradients {
  readonly output: Float64Array
  readonly dQ: Float64Array
  readonly dK: Float64Array
  readonly dV: Float64Array
}

/** A report of the loops: how much is done. */
export interface LoraReport extends Report {
  /** The method of this pass. */
  method: Method
  /** Fraction of its work that is done, 0 to 1. */
  fraction: number
}

/** A way to compute the gradients. */
export type Method = 'exact' | 'reverse' | 'chained'

/** Returns the rows of a row-major array of `columns`. */
export const rowsOf = (data: Float64Array, columns: number, start: number, end: number): Float64Array =>
  data.subarray(start * columns, end * columns)

/**
 * Writes dLoss/dOutput of queries from `start` on, given their rows of the output; for a target, or a given gradient.
 */
export function localGradient({ upstream, hv }: Task, start: number, output: Float64Array, G: Float64Array): void {
  const at = start * hv
  if (upstream.kind === 'array') G.set(upstream.gradient.subarray(at, at + output.length))
  else if (upstream.kind === 'target')
    for (let i = 0; i < output.length; i++) G[i] = output[i] - upstream.target[at + i]
}

/** Returns dLoss/dOutput of the whole output. */
export function outputGradient(task: Task, output: Float64Array): Float64Array {
  const { upstream, queries } = task
  if (upstream.kind === 'function')
    return upstream.gradient(
      output,
      Int32Array.from({ length: queries }, (_, i) => i),
    )
  const G = new Float64Array(output.length)
  localGradient(task, 0, output, G)
  return G
}

/** Writes r_j = G_j . O_j. */
export function rowProducts(n: number, columns: number, G: Float64Array, O: Float64Array, r: Float64Array): void {
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let c = j * columns; c < (j + 1) * columns; c++) sum += G[c] * O[c]
    r[j] = sum
  }
}
