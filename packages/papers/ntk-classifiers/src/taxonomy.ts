import { calling, log, number, options as optionsOf } from '@opt/core'
import type { Activation } from './activation/activation.ts'
import { type ActivationLike, activation } from './activation/make.ts'

/** What an infinitely wide and deep network becomes. */
export type Kind = 'nearest-neighbor' | 'majority-vote' | 'singular-kernel' | 'linear'

/** Answer of {@link taxonomy}. */
export interface Taxonomy {
  kind: Kind
  /** A = E[phi(z)], with E[phi(z)^2] = 1. */
  mean: number
  /** A' = E[phi'(z)]. */
  derivativeMean: number
  /** B' = E[phi'(z)^2]. */
  derivativeSecondMoment: number
  /** The exponent of the singular kernel: its weights go like |x - x'|^-alpha. */
  alpha?: number
  /** The sphere dimension d = alpha for which the limit is consistent, where alpha is an integer. */
  optimalDimension?: number
  /**
   * A != 0 and B' < 1: without a ridge the kernel becomes constant, training points included, and the limit is not a
   * vote but ordinary kriging.
   */
  degenerate?: boolean
  /** Which of A and A' were treated as 0 although they are not. */
  treatedAsZero: ('mean' | 'derivativeMean')[]
  /** What depth will do, in words. */
  sentence: string
}

/** B' is accurate to about 1e-9 when it comes from a function. */
const UNIT = 1e-7

/**
 * Classifies an activation by three numbers: what a fully connected network with it becomes as a classifier when its
 * width and then its depth go to infinity, for data with 0 <= x.x' < 1.
 *
 * @param phi an activation, a Hermite series, or any function of z.
 * @param given `tolerance` on |A| and |A'|, 1e-12 by default.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function taxonomy(phi: ActivationLike, given?: { tolerance?: number | undefined }): Taxonomy {
  return calling('taxonomy', () => {
    const { tolerance = 1e-12 } = optionsOf(given, 'options', ['tolerance'])
    number(tolerance, 'tolerance', { min: 0, max: 0.1 })
    return classify(activation(phi), tolerance)
  })
}

/** {@link taxonomy} of an activation. */
export function classify(f: Activation, tolerance = 1e-12): Taxonomy {
  const { mean, derivativeMean, derivativeSecondMoment } = f
  const numbers = { mean, derivativeMean, derivativeSecondMoment }
  const isZero = (value: number) => Math.abs(value) <= tolerance
  const treatedAsZero = (['mean', 'derivativeMean'] as const).filter((name) => isZero(f[name]) && f[name] !== 0)
  const answer = (kind: Kind, sentence: string, rest: Partial<Taxonomy> = {}): Taxonomy => {
    const noted = treatedAsZero.map((name) => ` ${name === 'mean' ? 'A' : "A'"} = ${short(f[name])} counts as 0.`)
    return { kind, ...numbers, ...rest, treatedAsZero, sentence: sentence + noted.join('') }
  }
  if (!isZero(mean)) return answer('majority-vote', ...voteOf(f))
  if (isZero(derivativeMean))
    return answer('nearest-neighbor', "A = 0 and A' = 0: with depth it becomes the 1-nearest-neighbour classifier.")
  if (1 - derivativeMean * derivativeMean <= tolerance)
    return answer('linear', "It is linear: depth changes nothing, and the kernel stays x.x'.")
  const alpha = (-4 * log(Math.abs(derivativeMean))) / log(derivativeSecondMoment)
  const d = Math.round(alpha)
  const optimal = d >= 1 && Math.abs(alpha - d) <= 1e-9 * d
  const use = optimal
    ? `the Hilbert estimate, consistent on the sphere of dimension ${d}`
    : `consistent in no dimension, as alpha is ${alpha < 1 ? 'below 1' : 'no integer'}`
  return answer(
    'singular-kernel',
    `A = 0 and A' = ${short(derivativeMean)}: with depth it becomes a vote with weights 1/|x - x'|^alpha, alpha = ${short(alpha)}: ${use}.`,
    optimal ? { alpha, optimalDimension: d } : { alpha },
  )
}

function voteOf({ mean, derivativeSecondMoment: b }: Activation): [sentence: string, rest: Partial<Taxonomy>] {
  const start = `A = ${short(mean)} and B' = ${short(b)}`
  if (b > 1 + UNIT) return [`${start}: with depth it becomes the majority vote, blind to x.`, {}]
  if (b >= 1 - UNIT)
    return [`${start}: with depth it becomes the majority vote, blind to x, as slowly as 1/L (like ReLU).`, {}]
  return [
    `${start}, below 1: with depth the kernel becomes constant; with a ridge it is the majority vote, without one ordinary kriging.`,
    { degenerate: true },
  ]
}

const short = (value: number): string => String(Number(value.toPrecision(4)))
