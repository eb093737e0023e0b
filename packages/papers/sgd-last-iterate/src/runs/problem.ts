import { callback, type Random, refuse, show, type VectorLike, vector } from '@opt/core'
import type { Noise } from '../noise.ts'
import type { Workspace } from './workspace.ts'

/**
 * Writes a subgradient of f at x into `out`, or returns one; it may be a stochastic one. It must not
 * change x.
 *
 * @param t the number of the step, from 1.
 * @param random the generator of this run, for minibatches and other chance.
 */
export type Subgradient = (x: Float64Array, out: Float64Array, t: number, random: Random) => VectorLike | undefined

/** What is minimised: F = f + h, where h is the term. */
export interface Problem {
  subgradient: Subgradient
  /** f(x), without h; only for reports. */
  objective?: ((x: Float64Array) => number) | undefined
  /** Noise added to the subgradients. Default none. */
  noise?: Noise | undefined
}

/** Gives the stochastic subgradients ghat^t of a problem, in a workspace. */
export class Oracle {
  readonly #subgradient: Subgradient
  readonly #noise: Noise | undefined
  readonly #space: Workspace
  #asked = false

  constructor({ subgradient, noise }: Problem, space: Workspace) {
    this.#subgradient = callback(subgradient, 'subgradient')
    if (noise !== undefined) callback(noise?.draw, 'noise.draw')
    this.#noise = noise
    this.#space = space
  }

  /** Asks for step t at x. */
  ask(x: Float64Array, t: number, random: Random): void {
    const { ghat, xi } = this.#space
    if (!this.#asked) ghat.fill(Number.MIN_VALUE)
    const given = this.#subgradient(x, ghat, t, random)
    if (!this.#asked && given === undefined && ghat.every((v) => v === Number.MIN_VALUE))
      refuse('subgradient', 'a function that returns a vector or writes it to its second argument', 'neither', 'type')
    this.#asked = true
    if (given !== undefined && given !== ghat) ghat.set(finiteOrNot(given, ghat.length))
    if (this.#noise === undefined) return
    this.#noise.draw(random, xi)
    for (let i = 0; i < ghat.length; i++) ghat[i] += xi[i]
  }
}

/** f(x); Infinity where it overflows. */
export function objectiveAt(objective: (x: Float64Array) => number, x: Float64Array): number {
  const value: unknown = objective(x)
  if (typeof value !== 'number' || Number.isNaN(value)) refuse('objective(x)', 'a number', show(value), 'type')
  return value
}

/** An overflown subgradient ends a run as 'diverged'; everything else that is no vector is refused. */
function finiteOrNot(given: VectorLike, length: number): ArrayLike<number> {
  const dense = (Array.isArray(given) || ArrayBuffer.isView(given)) && (given as ArrayLike<number>).length === length
  if (dense && Array.prototype.every.call(given, (v) => typeof v === 'number')) return given as ArrayLike<number>
  return vector(given, 'subgradient(x)', { length })
}
