import { calling, exp, gammaln, log, number, oneOf, options as optionsOf } from '@opt/core'

/** Argument of {@link stability}. */
export interface StabilityOptions {
  lambda: number
  sigma: number
  dt: number
  noise: 'anisotropic' | 'isotropic'
  /** d; it counts for isotropic noise alone. */
  dimension: number
}

/** Answer of {@link stability}. */
export interface Stability {
  /** Whether the mean square of a particle's distance from a fixed consensus falls: the condition of the theory. */
  meanSquare: boolean
  /** Whether the distance itself falls to 0, with probability 1. */
  almostSure: boolean
  /** By what a step multiplies the mean square. */
  meanSquareFactor: number
  /** The mean of the logarithm of what a step multiplies the distance by. */
  logRate: number
}

const EULER = 0.5772156649015329

/**
 * Says whether a cloud contracts about a consensus that does not move. With anisotropic noise a step multiplies each
 * coordinate by 1 - lambda dt + sigma sqrt(dt) xi; with isotropic noise, whose length depends on d, the distance.
 *
 * Between the two conditions the cloud's variance explodes through a few outliers, while most particles and the
 * consensus converge: the best settings lie there. Without drift the second is sigma sqrt(dt) < 1.556 for anisotropic
 * noise, which holds in any dimension.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function stability(given: StabilityOptions): Stability {
  return calling('stability', () => {
    const { lambda, sigma, dt, noise, dimension } = optionsOf(given, 'options', [
      'lambda',
      'sigma',
      'dt',
      'noise',
      'dimension',
    ])
    number(lambda, 'lambda', { nonnegative: true })
    number(sigma, 'sigma', { nonnegative: true })
    number(dt, 'dt', { positive: true })
    oneOf(noise, 'noise', ['anisotropic', 'isotropic'])
    number(dimension, 'dimension', { integer: true, min: 1 })
    const d = noise === 'isotropic' ? dimension : 1
    const a = Math.abs(1 - lambda * dt)
    const b = sigma * Math.sqrt(dt)
    const meanSquareFactor = a * a + d * (b * b)
    const logRate = meanLogLength(a, b, d)
    return { meanSquare: meanSquareFactor < 1, almostSure: logRate < 0, meanSquareFactor, logRate }
  })
}

/** E log |a e + b xi| for a unit vector e and d standard normals xi. */
function meanLogLength(a: number, b: number, d: number): number {
  if (b === 0) return log(a)
  // |a e / b + xi|^2 is noncentral chi-square: a Poisson mixture, of mean `half`, of chi-squares of d + 2 j degrees.
  const half = ((a / b) * (a / b)) / 2
  if (half > 1e5 || d > 1e6) return farAway(a, b, d)
  const reach = 12 * Math.sqrt(half) + 40
  const last = Math.ceil(half + reach)
  let digamma = digammaOfHalf(d)
  let mean = 0
  for (let j = 0; j <= last; j++) {
    const weight = half === 0 ? (j === 0 ? 1 : 0) : exp(j * log(half) - half - gammaln(j + 1))
    mean += weight * digamma
    digamma += 1 / (j + d / 2)
  }
  return log(b) + (mean + Math.LN2) / 2
}

/** The same where a is far larger than b, or d large: log of the mean square, less half its relative variance. */
function farAway(a: number, b: number, d: number): number {
  const square = a * a + d * (b * b)
  const variance = (4 * (a * a) * (b * b) + 2 * d * (b * b) * (b * b)) / square / square
  return (log(square) - variance / 2) / 2
}

/** The digamma function at d / 2. */
function digammaOfHalf(d: number): number {
  let x = d % 2 === 1 ? 0.5 : 1
  let value = d % 2 === 1 ? -EULER - 2 * Math.LN2 : -EULER
  for (; x < d / 2; x++) value += 1 / x
  return value
}
