import { calling, nrm2 } from '@opt/core'
import type { HeadRows } from '../head/head-rows.ts'
import type { Domain, HeadParameters } from '../head/intake.ts'
import { coral } from '../penalties/coral.ts'
import { openPair, type Pair } from './open-pair.ts'
import { type DifferenceSpectrum, differenceSpectrum } from './spectrum.ts'

/** How two domains differ under one head. */
export interface DomainDistance {
  /** L_T - L_S */
  lossGap: number
  /** |g_T - g_S| */
  gradient: number
  /** The largest |eigenvalue| of H_T - H_S; of heads with more than 600 parameters by Lanczos's method, from below. */
  spectral: number
  /** Its largest and smallest eigenvalue, likewise. */
  lambdaMax: number
  lambdaMin: number
  /** |H_T - H_S|_F */
  frobenius: number
  /** |diag H_T - diag H_S| */
  diagonal: number
  /** |v_T - v_S|, Fishr's gradient variances. */
  gradientVariance: number
  /** CORAL's distance of means and covariances of the features; NaN with fewer than two rows in a domain. */
  coral: number
}

/**
 * Measures how two domains differ under one head.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function domainDistance(source: Domain, target: Domain, head: HeadParameters): DomainDistance {
  return calling('domainDistance', () => {
    const pair = openPair(source, target, head)
    return distanceOf(pair, differenceSpectrum(pair.source, pair.target))
  })
}

const distance = (x: Float64Array, y: Float64Array) => nrm2(x.map((v, i) => v - y[i]))

/** {@link domainDistance} of a pair whose spectrum is known. */
export function distanceOf({ source, target, gradient }: Pair, spectrum: DifferenceSpectrum): DomainDistance {
  const { lambdaMax, lambdaMin, frobenius } = spectrum
  return {
    lossGap: target.loss - source.loss,
    gradient: nrm2(gradient),
    spectral: Math.max(Math.abs(lambdaMax), Math.abs(lambdaMin)),
    lambdaMax,
    lambdaMin,
    frobenius,
    diagonal: distance(target.diagonal, source.diagonal),
    gradientVariance: distance(target.gradientVariance, source.gradientVariance),
    coral:
      Math.min(source.n, target.n) < 2
        ? NaN
        : coral([featuresOf(source), featuresOf(target)], featuresIn(source), false).value,
  }
}

/** The number of features; a head of no bias has as many rows. */
const featuresIn = ({ space }: HeadRows): number => space.sizes.features

function featuresOf(domain: HeadRows): { count: number; features: Float64Array } {
  const d = featuresIn(domain)
  const { n, Z } = domain
  const features = new Float64Array(n * d)
  for (let i = 0; i < n; i++) features.set(Z.data.subarray(i * Z.stride, i * Z.stride + d), i * d)
  return { count: n, features }
}
