import { exp, expm1, gammaln, log, log1p, logAddExp, number } from '@opt/core'

/** The orders at which a sampled run is accounted for. */
export const ORDERS: readonly number[] = [1.25, 1.5, 1.75, ...Array.from({ length: 31 }, (_, k) => k + 2), 40, 48, 64]

/** Sums of exponents beyond this are added in logarithms. */
const LARGE = 600

/** The largest order of releases that see a sample of fixed size, whose bound takes order^2 steps. */
export const LARGEST_ORDER = 256

const checkOrder = (order: number, label: string, max = 10_000) => number(order, label, { min: 1 + 1e-9, max })
const checkMultiplier = (value: number, label: string, min: number) => number(value, label, { min, max: 1e9 })
const checkRate = (rate: number, label: string) => number(rate, label, { min: 0, max: 1 })

/**
 * Returns the Renyi divergence of a Gaussian mechanism: order / (2 noiseMultiplier^2).
 *
 * @param noiseMultiplier deviation / sensitivity, between 1e-3 and 1e9.
 * @param order above 1, at most 10,000.
 * @throws TypeError or RangeError for other values.
 */
export function rdpGaussian(noiseMultiplier: number, order: number): number {
  const s = checkMultiplier(noiseMultiplier, 'rdpGaussian: noiseMultiplier', 1e-3)
  return checkOrder(order, 'rdpGaussian: order') / (2 * s * s)
}

/**
 * Returns the Renyi divergence of a Gaussian mechanism on a Poisson sample, to which each record belongs with probability
 * `rate`; neighbours differ by a record that counts as nothing ('zero-out'). It is log A / (order - 1) with
 *
 *     A = E (1 - q + q e^w)^order,   w = (2z - 1) / (2 s^2),   z normal with deviation s
 *
 * (Mironov, Talwar & Zhang, arXiv 1908.10530), by the trapezoid rule, to about 1e-12 of its value, at any real order.
 *
 * @param rate q, between 0 and 1.
 * @param noiseMultiplier s, deviation / sensitivity, between 0.02 and 1e9.
 * @param order above 1, at most 10,000.
 * @throws TypeError or RangeError for other values.
 */
export function rdpPoisson(rate: number, noiseMultiplier: number, order: number): number {
  const q = checkRate(rate, 'rdpPoisson: rate')
  const s = checkMultiplier(noiseMultiplier, 'rdpPoisson: noiseMultiplier', 0.02)
  checkOrder(order, 'rdpPoisson: order')
  if (q === 0) return 0
  if (q === 1) return order / (2 * s * s)
  const logOne = log1p(-q)
  const logRate = log(q)
  const furthest = (2 * (order + 12 * s + 1) - 1) / (2 * s * s)
  if (order * furthest > LARGE)
    return logExpectation(s, order, (w) => order * logAddExp(logOne, logRate + w)) / (order - 1)
  // Since E e^w = 1, A - 1 is the mean of what is never negative: small divergences keep their digits.
  const excess = expectation(s, order, (w) => {
    const part = q * expm1(w)
    return expm1(order * log1p(part)) - order * part
  })
  return log1p(excess) / (order - 1)
}

/**
 * Returns a bound of the Renyi divergence of a Gaussian mechanism on a sample of fixed size, drawn without replacement, of
 * which `rate` is the share of all records; neighbours differ by a replaced record ('replace'). It is the bound of Wang,
 * Balle & Kasiviswanathan (AISTATS 2019) for integer orders; between them (order - 1) times it is interpolated.
 *
 * @param rate between 0 and 1.
 * @param noiseMultiplier deviation / sensitivity, between 0.1 and 1e9.
 * @param order above 1, at most 256.
 * @throws TypeError or RangeError for other values.
 */
export function rdpFixedSize(rate: number, noiseMultiplier: number, order: number): number {
  checkRate(rate, 'rdpFixedSize: rate')
  checkMultiplier(noiseMultiplier, 'rdpFixedSize: noiseMultiplier', 0.1)
  checkOrder(order, 'rdpFixedSize: order', LARGEST_ORDER)
  return fixedSizeCurve(rate, noiseMultiplier)(order)
}

/** Returns {@link rdpFixedSize} as a function of the order, whose moments are computed once. */
export function fixedSizeCurve(q: number, s: number): (order: number) => number {
  const moments: number[] = []
  const logMoment = (l: number) => (moments[l] ??= l === 0 ? 0 : logExpectation(s, l, (w) => l * logExpm1(w)))
  /** Returns (order - 1) RDP. */
  const atInteger = (order: number): number => {
    if (order === 1) return 0
    const exponents: number[] = []
    for (let j = 2; j <= order; j++) {
      const logBinomial = gammaln(order + 1) - gammaln(j + 1) - gammaln(order - j + 1)
      exponents.push(logBinomial + j * log(q) + logTerm(s, j, logMoment))
    }
    const logExcess = logSum(exponents)
    return logExcess < LARGE ? log1p(exp(logExcess)) : logExcess
  }
  return (order) => {
    if (q === 0) return 0
    if (q === 1) return order / (2 * s * s)
    const below = Math.floor(order)
    const share = order - below
    const value = (1 - share) * atInteger(below) + (share > 0 ? share * atInteger(below + 1) : 0)
    return value / (order - 1)
  }
}

/** Returns log t_j of the bound, without a table of binomials. */
function logTerm(s: number, j: number, logMoment: (l: number) => number): number {
  const square = 1 / (s * s)
  const crude = Math.LN2 + ((j * (j - 1)) / 2) * square
  if (j === 2) return Math.min(2 * Math.LN2 + logExpm1(square), crude)
  const [below, above] = [2 * Math.floor(j / 2), 2 * Math.ceil(j / 2)]
  return Math.min(2 * Math.LN2 + (logMoment(below) + logMoment(above)) / 2, crude)
}

/** Returns log |e^x - 1|. */
const logExpm1 = (x: number) => (x > LARGE ? x : log(Math.abs(expm1(x))))

/** Visits the trapezoid rule's w and the logarithm of their weights, for z normal with deviation s. */
function quadrature(s: number, order: number, visit: (w: number, logWeight: number) => void): void {
  const step = Math.min(s / 8, (s * s) / 2)
  const first = -12 * s
  const count = Math.ceil((order + 24 * s + 1) / step)
  const logScale = log(step / s) - 0.5 * log(2 * Math.PI)
  for (let k = 0; k <= count; k++) {
    const z = first + k * step
    visit((2 * z - 1) / (2 * s * s), logScale - (z / s) * (z / s) * 0.5)
  }
}

/** Returns E f(w). */
function expectation(s: number, order: number, f: (w: number) => number): number {
  let sum = 0
  quadrature(s, order, (w, logWeight) => {
    sum += exp(logWeight) * f(w)
  })
  return sum
}

/** Returns log E e^f(w). */
function logExpectation(s: number, order: number, f: (w: number) => number): number {
  const exponents: number[] = []
  quadrature(s, order, (w, logWeight) => exponents.push(logWeight + f(w)))
  return logSum(exponents)
}

/** Returns the logarithm of the sum of e^x. */
function logSum(exponents: readonly number[]): number {
  let most = -Infinity
  for (const x of exponents) most = Math.max(most, x)
  if (most === -Infinity) return most
  let sum = 0
  for (const x of exponents) sum += exp(x - most)
  return most + log(sum)
}
