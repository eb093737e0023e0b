import { sum } from '@opt/core'
import type { World } from '../bounds.ts'
import type { Domain } from '../domain.ts'
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
  /** Returns the gradient of f_t at x; the next call overwrites the array. */
  gradient(t: number, x: Float64Array): Float64Array
  /** Returns f_t(x), the loss as drawn. */
  loss(t: number, x: Float64Array): number
  /** Returns F_t(x), its expectation. */
  expected(t: number, x: Float64Array): number
  /** Returns the best fixed point for sum F_t: the comparator of the pseudo-regret. */
  comparator(): Comparator
  /** Returns the best fixed point for sum f_t: the comparator of the realised regret. */
  realizedComparator(): Comparator
  /** Returns the minimiser of F_t, where the world knows it: the comparator of the dynamic regret. */
  minimizer?(t: number): Float64Array
  /** Returns sum ||u_t - u_{t-1}|| of those minimisers. */
  pathLength?(): number
}

type Quantities = Pick<Environment, 'noise' | 'drift' | 'sigma2' | 'Sigma2' | 'sigmaMax2' | 'SigmaMax2'>

/** Noise and drift with their totals and largest terms. */
export function quantities(noise: Float64Array, drift: Float64Array): Quantities {
  const max = (v: Float64Array) => v.reduce((most, x) => Math.max(most, x), 0)
  return { noise, drift, sigma2: sum(noise), Sigma2: sum(drift), sigmaMax2: max(noise), SigmaMax2: max(drift) }
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
