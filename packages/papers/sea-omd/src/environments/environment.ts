import type { World } from '../bounds.ts'
import type { Domain } from '../domains/domain.ts'
import type { Comparator } from '../hindsight/over-ball.ts'

/** A world that draws a loss each round; rounds count from 1. Its quantities are totals over `rounds`. */
export interface Environment extends Required<Omit<World, 'pathLength'>> {
  readonly name: string
  readonly domain: Domain
  readonly rounds: number
  /** sigma_t^2, t = 1 .. rounds. */
  readonly noise: Float64Array
  /** Sigma_t^2; the first is 0. */
  readonly drift: Float64Array
  /** Gradient of f_t at x; the array is overwritten by the next call. */
  gradient(t: number, x: Float64Array): Float64Array
  /** f_t(x), the loss as drawn. */
  loss(t: number, x: Float64Array): number
  /** F_t(x), its expectation. */
  expected(t: number, x: Float64Array): number
  /** The best fixed point for sum F_t: comparator of the pseudo-regret. */
  comparator(): Comparator
  /** The best fixed point for sum f_t: comparator of the realised regret. */
  realizedComparator(): Comparator
  /** The minimiser of F_t, where the world knows it: comparator of the dynamic regret. */
  minimizer?(t: number): Float64Array
  /** sum ||u_t - u_{t-1}|| of those minimisers. */
  pathLength?(): number
}

/** Totals and largest terms of noise and drift. */
export function quantities(
  noise: Float64Array,
  drift: Float64Array,
): { noise: Float64Array; drift: Float64Array; sigma2: number; Sigma2: number; sigmaMax2: number; SigmaMax2: number } {
  const sum = (v: Float64Array) => v.reduce((s, x) => s + x, 0)
  const max = (v: Float64Array) => v.reduce((s, x) => Math.max(s, x), 0)
  return {
    ...{ noise, drift },
    ...{ sigma2: sum(noise), Sigma2: sum(drift), sigmaMax2: max(noise), SigmaMax2: max(drift) },
  }
}

/** sum ||u_t - u_{t-1}|| of the minimisers. */
export function pathOf(minimizer: (t: number) => Float64Array, rounds: number): number {
  let total = 0
  let last = minimizer(1).slice()
  for (let t = 2; t <= rounds; t++) {
    const here = minimizer(t)
    let square = 0
    for (let i = 0; i < here.length; i++) square += (here[i] - last[i]) * (here[i] - last[i])
    total += Math.sqrt(square)
    last = here.slice()
  }
  return total
}
