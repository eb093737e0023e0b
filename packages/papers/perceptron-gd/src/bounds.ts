import { exp, expm1, log, log1p, number, options as optionsOf, refuse, show } from '@opt/core'

/** Argument of {@link bounds}. */
export interface BoundsOptions {
  /** Number of examples. */
  n: number
  /** R, the largest norm of an example, as in `dataset(...).radius`. */
  radius: number
  /** mu > 0, the largest margin, or a lower bound of it. */
  margin: number
  /** gamma > 0; Infinity: the perceptron. */
  stepSize: number
  /** |theta_0|. Default 0. */
  startNorm?: number | undefined
  /** Weight of a margin of exactly 0 in the batch perceptron, in (0, 1]. Default 1/2. */
  tie?: number | undefined
  /**
   * L, the smoothness of the mean logistic loss; see `smoothness`. Default R^2/4, which is never
   * too small.
   */
  smoothness?: number | undefined
}

/** Numbers of steps after which all examples are on their side: at most the bound, rounded up. */
export interface Bounds {
  /** Corrections of the classical perceptron, R^2/mu^2 (Novikoff 1962). */
  perceptron: number
  /** `logisticDescent` with an infinite step, n R^2/(tie mu^2). */
  batch: number
  /** `normalizedDescent` with an infinite step, R^2/mu^2. */
  normalizedBatch: number
  /** `logisticDescent`, 2n (R^2/mu^2 + 4 kappa (n - 1)/(gamma mu^2)) with kappa = W(1/e). */
  gradientDescent: number
  /** `normalizedDescent`, R^2/mu^2 + 2 c_n/(gamma mu^2). */
  normalized: number
  /** `logisticDescent` from 0 with gamma <= 1/L, where the loss decreases; undefined elsewhere. */
  smallStep: number | undefined
  /**
   * c_n = (2n - 2)/(2n - 1) W((2n - 1)/e), the largest mean of p_i z_i'theta that leaves an example
   * on its wrong side.
   */
  logWeight: number
}

/**
 * Bounds the number of steps in advance.
 *
 * These are bounds of the paper's type with constants derived in this package: along the best
 * direction a step gains mu times the mean weight, while the square of |theta| grows by at most
 * gamma^2 R^2 times it and a term for the weights of rows on their right side. A start at theta_0
 * adds 2 |theta_0|/(gamma mu) in the brackets.
 *
 * @throws TypeError or RangeError when a number is missing or out of range, such as a margin of 0.
 */
export function bounds(given: BoundsOptions): Bounds {
  const {
    n,
    radius,
    margin,
    stepSize,
    startNorm = 0,
    tie = 0.5,
    smoothness,
  } = optionsOf(given, 'bounds: options', ['n', 'radius', 'margin', 'stepSize', 'startNorm', 'tie', 'smoothness'])
  number(n, 'bounds: n', { integer: true, min: 1 })
  number(radius, 'bounds: radius', { positive: true })
  number(margin, 'bounds: margin', { positive: true })
  if (margin > radius * (1 + 1e-12)) refuse('bounds: margin', `at most the radius ${radius}`, show(margin))
  if (stepSize !== Infinity) number(stepSize, 'bounds: stepSize', { positive: true })
  number(startNorm, 'bounds: startNorm', { nonnegative: true })
  number(tie, 'bounds: tie', { positive: true, max: 1 })
  if (smoothness !== undefined) number(smoothness, 'bounds: smoothness', { positive: true })

  const found = boundsOf(n, radius, margin, stepSize, startNorm, tie, smoothness ?? (radius * radius) / 4)
  if (!(Math.max(found.batch, found.gradientDescent, found.smallStep ?? 0) < Infinity))
    refuse('bounds: margin', 'such that the bounds are below 1.8e308', show(margin))
  return found
}

function boundsOf(
  n: number,
  radius: number,
  margin: number,
  stepSize: number,
  startNorm: number,
  tie: number,
  smoothness: number,
): Bounds {
  const ratio = (radius / margin) * (radius / margin)
  const delay = (2 * startNorm) / margin
  const perceptron = ratio + delay
  const batch = (n / tie) * perceptron
  const logWeight = n === 1 ? 0 : ((2 * n - 2) / (2 * n - 1)) * lambertW((2 * n - 1) / Math.E)
  const all = { perceptron, batch, normalizedBatch: perceptron, logWeight, smallStep: undefined }
  if (stepSize === Infinity) return { ...all, gradientDescent: batch, normalized: perceptron }
  const gain = stepSize * margin
  return {
    ...all,
    gradientDescent: 2 * n * (ratio + (4 * KAPPA * (n - 1)) / gain / margin + delay / stepSize),
    normalized: ratio + (2 * logWeight) / gain / margin + delay / stepSize,
    smallStep: startNorm === 0 && stepSize <= 1 / smoothness ? smallStepBound(n, margin, stepSize) : undefined,
  }
}

/** kappa = W(1/e), the largest m/(1 + e^m). */
const KAPPA = 0.2784645427610738

/**
 * A loss below log(2)/n leaves no example on its wrong side, and after t steps the loss is at most
 * that of r u plus r^2/(2 gamma t): the best r, by golden section on its logarithm.
 */
function smallStepBound(n: number, margin: number, stepSize: number): number {
  const goal = Math.LN2 / n
  // The loss at r u is the goal here; for a single example it is so at r = 0.
  const least = Math.max(1e-9, -log(expm1(goal))) / margin
  const steps = (factor: number) => {
    const r = least * factor
    const room = goal - log1p(exp(-r * margin))
    return room > 0 ? (r * r) / (2 * stepSize * room) : Infinity
  }
  const GOLDEN = (Math.sqrt(5) - 1) / 2
  let [low, high] = [1e-9, n === 1 ? 25 : 3]
  for (let k = 0; k < 90; k++) {
    const [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
    if (steps(exp(a)) <= steps(exp(b))) high = b
    else low = a
  }
  return steps(exp(low))
}

/** Lambert's W of x > 0: w e^w = x, by Newton's method on w + log w = log x. */
function lambertW(x: number): number {
  const L = log(x)
  let w = log1p(x)
  for (let k = 0; k < 8; k++) w = (w * (1 + L - log(w))) / (1 + w)
  return w
}
