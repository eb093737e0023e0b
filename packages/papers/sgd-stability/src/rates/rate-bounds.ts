import { calling, number, options as optionsOf } from '@opt/core'
import type { Sharpness } from '../measures/sharpness.ts'
import { type BatchOptions, noiseFactor } from './noise.ts'

/** Bounds on the largest stable learning rate. */
export interface RateBounds {
  /** 2 / max |a_i|^2: every rate up to it is stable, for any batch size. Undefined when that is not known. */
  sufficient: number | undefined
  /** 2T / (c m4 + (1 - c) F^2): no larger rate is stable. Undefined when the fourth moment m4 is not known. */
  fourthMoment: number | undefined
  /** 2C / (c T) for C outputs, which is 2B / T for batches with replacement and one output: no larger rate is stable. */
  trace: number
  /** 2 / lambda_max, the largest stable rate of gradient descent: no larger rate is stable for any batch size. */
  gd: number
}

/** Options of {@link rateBounds}. */
export interface RateBoundsOptions extends BatchOptions {
  /** Number of examples. */
  examples: number
  /** Outputs of each example. Default 1. */
  outputs?: number | undefined
}

/** What {@link rateBounds} needs to know of a minimum. */
export type KnownSharpness = Pick<Sharpness, 'trace' | 'frobenius' | 'lambdaMax'> & Partial<Sharpness>

/**
 * Computes bounds on the largest learning rate at which SGD stays at a minimum, from its sharpness: measured
 * by `sharpness`, or estimated from Hessian-vector products by `estimateSharpness`. The trace bound is the
 * paper's (for c = 1); `fourthMoment`, sharper, is that of the second moment M = I.
 *
 * @throws TypeError or RangeError when a number is negative or missing, or the batch does not fit the examples.
 */
export function rateBounds(known: KnownSharpness, options: RateBoundsOptions): RateBounds {
  return calling('rateBounds', () => {
    const { trace, frobenius, lambdaMax, fourthMoment, maxSquaredNorm } = optionsOf(known, 'sharpness')
    const {
      examples,
      outputs = 1,
      ...batch
    } = optionsOf(options, 'options', ['examples', 'outputs', 'batchSize', 'replacement'])
    for (const [label, value] of Object.entries({ trace, frobenius, lambdaMax }))
      number(value, `sharpness.${label}`, { nonnegative: true })
    for (const [label, value] of Object.entries({ fourthMoment, maxSquaredNorm }))
      if (value !== undefined) number(value, `sharpness.${label}`, { nonnegative: true })
    number(examples, 'examples', { integer: true, min: 1 })
    number(outputs, 'outputs', { integer: true, min: 1 })
    return boundsOf(known, noiseFactor(examples, batch), outputs)
  })
}

export function boundsOf(known: KnownSharpness, c: number, outputs: number): RateBounds {
  const { trace, frobenius, lambdaMax, fourthMoment, maxSquaredNorm } = known
  const spread = fourthMoment === undefined ? undefined : c * fourthMoment + (1 - c) * frobenius * frobenius
  return {
    sufficient: maxSquaredNorm === undefined ? undefined : 2 / maxSquaredNorm,
    fourthMoment: spread === undefined ? undefined : trace === 0 ? Infinity : (2 * trace) / spread,
    trace: (2 * outputs) / (c * trace),
    gd: 2 / lambdaMax,
  }
}
