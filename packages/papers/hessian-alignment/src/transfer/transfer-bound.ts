import { calling, nrm2, number, options as optionsOf } from '@opt/core'
import type { HeadRows } from '../head/head-rows.ts'
import type { Domain, HeadParameters } from '../head/intake.ts'
import { LARGEST, openPair, type Pair } from './open-pair.ts'
import { type DifferenceSpectrum, differenceSpectrum } from './spectrum.ts'
import { maximizeInBall } from './trust-region.ts'

/** How far the head may move. */
export interface BallOptions {
  /** The radius of the ball round theta, positive. */
  delta: number
}

/** Answer of {@link transferBound}. */
export interface TransferBound {
  /**
   * The exact maximum of the growth's quadratic part <g_T - g_S, D> + D'(H_T - H_S)D / 2 over |D| <= delta; for heads of
   * at most 600 parameters.
   */
  quadratic: number | null
  /** Where it is taken, like theta. */
  maximizer: Float64Array | null
  /**
   * delta |g_T - g_S| + delta^2 max(0, lambda_max(H_T - H_S)) / 2, which is at least as large; for heads of more than 600
   * parameters with |H_T - H_S|_F in place of lambda_max, which Lanczos's method could only approach from below.
   */
  simple: number
  /** The first-order part, delta |g_T - g_S|. */
  firstOrder: number
  /** delta^3 (c_S + c_T) / 6, a bound on the rest. */
  remainder: number
  /** The certificate: quadratic, or simple, and remainder. */
  bound: number
}

/** kappa mean |z~|^3 bounds the third derivative of a domain's loss along unit directions. */
export function cubicConstant({ Z, n, K }: HeadRows): number {
  const kappa = (K === 1 ? 1 : 2 * Math.SQRT2) / (6 * Math.sqrt(3))
  let sum = 0
  for (let i = 0; i < n; i++) {
    const norm = nrm2(Z.data.subarray(i * Z.stride, i * Z.stride + Z.columns))
    sum += norm * norm * norm
  }
  return (kappa * sum) / n
}

/**
 * Bounds how much further the target's loss may rise above the source's when the head moves by at most delta, and thereby
 * the transfer measure of Zhang et al. (NeurIPS 2021) over that ball, with no assumption on optima.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function transferBound(
  source: Domain,
  target: Domain,
  head: HeadParameters,
  options: BallOptions,
): TransferBound {
  return calling('transferBound', () => {
    const { delta } = optionsOf(options, 'options', ['delta'])
    number(delta, 'delta', { positive: true, max: LARGEST })
    const pair = openPair(source, target, head)
    return boundOf(pair, differenceSpectrum(pair.source, pair.target), delta)
  })
}

/** {@link transferBound} of a pair whose spectrum is known. */
export function boundOf(
  { source, target, gradient }: Pair,
  spectrum: DifferenceSpectrum,
  delta: number,
): TransferBound {
  const firstOrder = delta * nrm2(gradient)
  const simple = firstOrder + (delta * delta * Math.max(0, spectrum.upper)) / 2
  const remainder = ((delta * delta * delta) / 6) * (cubicConstant(source) + cubicConstant(target))
  const best = spectrum.dense && maximizeInBall(gradient, spectrum.dense.values, spectrum.dense.vectors, delta)
  const quadratic = best && Math.min(best.value, simple)
  return {
    quadratic,
    maximizer: best?.maximizer ?? null,
    simple,
    firstOrder,
    remainder,
    bound: (quadratic ?? simple) + remainder,
  }
}
