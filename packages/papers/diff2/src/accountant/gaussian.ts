import { erf, exp, expm1, log, logNormalCdf, number, refuse, show } from '@opt/core'

/**
 * Returns the smallest delta for which a Gaussian mechanism of sensitivity / deviation = mu is (epsilon, delta)-private:
 *
 *     delta = Phi(mu/2 - epsilon/mu) - e^epsilon Phi(-mu/2 - epsilon/mu)
 *
 * (Balle & Wang, ICML 2018). Runs of several Gaussian mechanisms, chosen one after the other, are one with
 * mu^2 = mu_1^2 + mu_2^2 + ... (Dong, Roth & Su, JRSS B 2022).
 *
 * @param mu at least 0.
 * @param epsilon at least 0.
 * @throws TypeError or RangeError for other values.
 */
export function gaussianDelta(mu: number, epsilon: number): number {
  number(mu, 'gaussianDelta: mu', { nonnegative: true })
  number(epsilon, 'gaussianDelta: epsilon', { nonnegative: true })
  return exp(logDelta(mu, epsilon))
}

/**
 * Returns the smallest epsilon for which a Gaussian mechanism of sensitivity / deviation = mu is (epsilon, delta)-private;
 * 0 where none is needed. The inverse of {@link gaussianDelta}, rounded up.
 *
 * @param mu between 0 and 1e6.
 * @param delta between 0 and 1, without them.
 * @throws TypeError or RangeError for other values.
 */
export function gaussianEpsilon(mu: number, delta: number): number {
  number(mu, 'gaussianEpsilon: mu', { nonnegative: true, max: 1e6 })
  const target = log(fraction(delta, 'gaussianEpsilon: delta'))
  if (logDelta(mu, 0) <= target) return 0
  // Phi(mu/2 - epsilon/mu) <= delta at this epsilon, since log Phi(-x) < -x^2/2.
  return bisect((epsilon) => logDelta(mu, epsilon) <= target, 0, mu * (mu / 2 + Math.sqrt(-2 * target)))
}

/**
 * Returns the largest mu = sensitivity / deviation for which a Gaussian mechanism is (epsilon, delta)-private, rounded down.
 *
 * @param epsilon positive.
 * @param delta between 0 and 1, without them.
 * @throws TypeError or RangeError for other values.
 */
export function gaussianMu(epsilon: number, delta: number): number {
  number(epsilon, 'gaussianMu: epsilon', { positive: true })
  const target = log(fraction(delta, 'gaussianMu: delta'))
  let fails = 1
  while (logDelta(fails, epsilon) <= target) fails *= 2
  let mu = fails
  while (logDelta(mu, epsilon) > target) mu /= 2
  return bisect((x) => logDelta(x, epsilon) <= target, fails, mu)
}

/** Checks a number strictly between 0 and 1. */
export function fraction(value: number, label: string): number {
  if (typeof value === 'number' && value > 0 && value < 1) return value
  return refuse(label, 'greater than 0 and less than 1', show(value), typeof value === 'number' ? 'range' : 'type')
}

/**
 * Returns log delta: with a = mu/2 - epsilon/mu, A = log Phi(a) and B = epsilon + log Phi(a - mu), it is
 * A + log(1 - e^(B - A)).
 */
function logDelta(mu: number, epsilon: number): number {
  if (mu === 0) return -Infinity
  if (epsilon === 0) return log(erf(mu * (Math.SQRT1_2 / 2)))
  const a = mu / 2 - epsilon / mu
  const A = logNormalCdf(a)
  const rest = -expm1(epsilon + logNormalCdf(a - mu) - A)
  return rest > 0 ? A + log(rest) : -Infinity
}

/**
 * Halves the interval between a number for which a condition fails and one for which it holds, as far as doubles or
 * `halvings` allow, and returns the end for which it holds.
 */
export function bisect(holds: (x: number) => boolean, fails: number, yes: number, halvings = 200): number {
  let [no, good] = [fails, yes]
  for (let k = 0; k < halvings; k++) {
    const middle = no + (good - no) / 2
    if (middle === no || middle === good) break
    if (holds(middle)) good = middle
    else no = middle
  }
  return good
}
