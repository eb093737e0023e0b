import { exp, gammaln, log, number, pow, type Random, refuse, show } from '@opt/core'
import { type ConvexityMap, checkMap, euclidean, heavyExponent } from './geometry/maps.ts'

/** Independent entries, symmetric around 0. */
export interface Noise {
  /** Fills `out` with draws; the same generator gives the same numbers in every engine. */
  draw(random: Random, out: Float64Array): void
}

/** A {@link Noise} whose size in the dual norm of a map is known. Each method gives a valid sigma. */
export interface KnownNoise extends Noise {
  /**
   * Returns a sigma with E |xi|^2 <= sigma^2.
   *
   * @param map default euclidean().
   * @throws RangeError or TypeError when an argument is wrong, or the variance is infinite.
   */
  variance(dimension: number, map?: ConvexityMap): number
  /**
   * Returns a sigma with E exp(lambda |xi|^2) <= exp(lambda sigma^2) for 0 <= lambda <= 1 / sigma^2.
   *
   * @param map default euclidean().
   * @throws RangeError or TypeError when an argument is wrong, or the noise is not known to be sub-Gaussian.
   */
  subGaussian(dimension: number, map?: ConvexityMap): number
  /**
   * Returns the sigma with E ||xi||_p^p = sigma^p; the same sigma holds in the l2 norm, which is smaller.
   *
   * @throws RangeError or TypeError when an argument is wrong, or the moment is infinite.
   */
  moment(dimension: number, p: number): number
}

/** What a kind of noise defines. */
interface Definition {
  /** One entry. */
  entry(random: Random): number
  /** E |entry|^p; Infinity where it does not exist. */
  absoluteMoment(p: number): number
  /** The largest |entry|, if there is one. */
  largest?: number
  /** A sub-Gaussian sigma, if there is one. */
  subGaussian?(dimension: number, map: ConvexityMap): number
  /** A sigma for the second moment of the largest |entry|; default that of the l2 norm. */
  varianceOfLargest?(dimension: number): number
}

function known(name: string, definition: Definition): KnownNoise {
  const check = (dimension: number, map: ConvexityMap, method: string) => {
    number(dimension, `${name}.${method}: dimension`, { integer: true, min: 1 })
    return checkMap(map, `${name}.${method}: map`)
  }
  /** For entries of at most `largest`: ||xi||_r <= d^(1/r) largest. */
  const bounded = (dimension: number, { dualExponent }: ConvexityMap) =>
    definition.largest === undefined
      ? Infinity
      : definition.largest * (dualExponent === Infinity ? 1 : pow(dimension, 1 / dualExponent))
  return {
    draw(random, out) {
      for (let i = 0; i < out.length; i++) out[i] = definition.entry(random)
    },
    variance(dimension, map = euclidean()) {
      const { dualExponent } = check(dimension, map, 'variance')
      // ||xi||_r <= ||xi||_2 for r >= 2; the norms of power(p) have 1 < r < 2.
      const factor = dualExponent < 2 ? pow(dimension, 1 / dualExponent - 0.5) : 1
      const root = factor * Math.sqrt(dimension * definition.absoluteMoment(2))
      const largest = dualExponent === Infinity ? definition.varianceOfLargest?.(dimension) : undefined
      const sigma = Math.min(root, largest ?? Infinity, bounded(dimension, map))
      if (!(sigma < Infinity)) refuse(`${name}.variance`, 'finite', 'an infinite variance')
      return sigma
    },
    subGaussian(dimension, map = euclidean()) {
      check(dimension, map, 'subGaussian')
      const sigma = Math.min(definition.subGaussian?.(dimension, map) ?? Infinity, bounded(dimension, map))
      if (!(sigma < Infinity)) refuse(`${name}.subGaussian`, 'finite', 'noise that is not known to be sub-Gaussian')
      return sigma
    },
    moment(dimension, p) {
      number(dimension, `${name}.moment: dimension`, { integer: true, min: 1 })
      if (p !== 2) heavyExponent(p, `${name}.moment: p`)
      const total = dimension * definition.absoluteMoment(p)
      if (!(total < Infinity)) refuse(`${name}.moment: p`, 'such that the moment is finite', show(p))
      return pow(total, 1 / p)
    },
  }
}

const randomSign = (random: Random) => (random.uniform() < 0.5 ? -1 : 1)

/** A draw from (0, 1]. */
const positiveUniform = (random: Random) => 1 - random.uniform()

const scaleOf = (scale: number, name: string) => number(scale, `${name}: scale`, { nonnegative: true })

/**
 * Normal entries of standard deviation `scale`. In the l2 norm the sub-Gaussian sigma^2 is exactly 2
 * scale^2 / (1 - exp(-2 / d)).
 *
 * @throws RangeError or TypeError when the scale is negative.
 */
export function gaussian(scale: number): KnownNoise {
  scaleOf(scale, 'noise.gaussian')
  // E max |xi_i|^2 <= log(d E exp(xi^2 / 4 s^2)) 4 s^2.
  const ofLargest = (d: number) => 2 * scale * Math.sqrt(log(d * Math.SQRT2))
  return known('noise.gaussian', {
    entry: (random) => random.normal(0, scale),
    absoluteMoment: (p) =>
      p === 2 ? scale * scale : pow(scale * Math.SQRT2, p) * exp(gammaln((p + 1) / 2) - gammaln(0.5)),
    subGaussian(d, { dualExponent }) {
      const l2 = (scale * Math.SQRT2) / Math.sqrt(1 - exp(-2 / d))
      if (dualExponent === Infinity && d > 1) return Math.min(l2, ofLargest(d))
      return dualExponent < 2 ? pow(d, 1 / dualExponent - 0.5) * l2 : l2
    },
    varianceOfLargest: (d) => (d > 1 ? ofLargest(d) : scale),
  })
}

/**
 * Entries uniform in [-scale, scale].
 *
 * @throws RangeError or TypeError when the scale is negative.
 */
export function uniform(scale: number): KnownNoise {
  scaleOf(scale, 'noise.uniform')
  return known('noise.uniform', {
    entry: (random) => scale * random.uniform(-1, 1),
    absoluteMoment: (p) => pow(scale, p) / (p + 1),
    largest: scale,
  })
}

/**
 * Entries that are scale or -scale with probability 1/2 each.
 *
 * @throws RangeError or TypeError when the scale is negative.
 */
export function sign(scale: number): KnownNoise {
  scaleOf(scale, 'noise.sign')
  return known('noise.sign', {
    entry: (random) => scale * randomSign(random),
    absoluteMoment: (p) => pow(scale, p),
    largest: scale,
  })
}

/**
 * Entries +-scale U^(-1/alpha) with U uniform: heavy tails, with moments of order p < alpha only, E |entry|^p
 * = scale^p alpha / (alpha - p).
 *
 * @param alpha > 1, so that the mean exists.
 * @throws RangeError or TypeError when the scale is negative or alpha is no such number.
 */
export function pareto(scale: number, alpha: number): KnownNoise {
  scaleOf(scale, 'noise.pareto')
  number(alpha, 'noise.pareto: alpha')
  if (!(alpha > 1)) refuse('noise.pareto: alpha', 'greater than 1', show(alpha))
  return known('noise.pareto', {
    entry: (random) => randomSign(random) * scale * exp(-log(positiveUniform(random)) / alpha),
    absoluteMoment: (p) => (p < alpha ? (pow(scale, p) * alpha) / (alpha - p) : Infinity),
  })
}

/**
 * Entries +-scale (-log U)^(1/k) with U uniform: sub-Weibull of order k, all moments exist. No bound with
 * high probability is known in closed form; {@link quantiles} measures one.
 *
 * @param k > 0.
 * @throws RangeError or TypeError when the scale is negative or k is not positive.
 */
export function weibull(scale: number, k: number): KnownNoise {
  scaleOf(scale, 'noise.weibull')
  number(k, 'noise.weibull: k', { positive: true })
  return known('noise.weibull', {
    entry: (random) => randomSign(random) * scale * exp(log(-log(positiveUniform(random))) / k),
    absoluteMoment: (p) => pow(scale, p) * exp(gammaln(1 + p / k)),
  })
}
