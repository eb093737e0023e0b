import { number, type Random, sin } from '@opt/core'
import { ball } from '@opt/sets'
import { type Comparator, overBall } from '../hindsight/over-ball.ts'
import { LONGEST } from '../limits.ts'
import { type Environment, quantities } from './environment.ts'
import { checkArguments, checkRounds } from './options.ts'
import { drawSamples, FEATURES, softmaxRisks } from './softmax-risks.ts'

/** Options of {@link environments}.labelShift. */
export interface LabelShiftOptions {
  rounds: number
  /** Default 3. */
  classes?: number
  /** Unlabelled points seen each round. Default 50. */
  points?: number
  /** Rounds after which the shares of the classes repeat. Default: all rounds. */
  period?: number
  /** The probability that the classifier whose predictions are counted is right. Default 0.8. */
  accuracy?: number
  /** Radius of the ball of weights. Default 5. */
  radius?: number
}

/**
 * Online label shift: the shares mu_t of the classes drift, and only unlabelled points come in. The predictions
 * of a fixed classifier are counted, and its confusion matrix C inverted: muhat_t = C^-1 frequencies is unbiased,
 * and f_t(w) = sum_k muhat_{t,k} R_k(w), with R_k the mean softmax loss over labelled points of class k (two
 * features and a constant, of length at most 1).
 *
 * sigma_t^2 <= (K G^2 / N) trace(C^-1 (diag q - q q') C^-T), q = C mu_t, and Sigma_t^2 <= G^2 ||mu_t -
 * mu_{t-1}||_1^2, where G is that of the R_k. The environment's own G covers the f_t drawn, whose muhat may be
 * negative.
 *
 * @throws TypeError or RangeError when an option is out of range; the accuracy must exceed chance.
 */
export function labelShift(rng: Random, options: LabelShiftOptions): Environment {
  const checked = checkArguments(rng, options, 'labelShift', [
    'rounds',
    'classes',
    'points',
    'period',
    'accuracy',
    'radius',
  ])
  const { rounds, classes: K = 3, points = 50, period = rounds, accuracy = 0.8, radius = 5 } = checked
  const label = 'environments.labelShift'
  checkRounds(rounds, 'labelShift')
  number(K, `${label}: classes`, { integer: true, min: 2, max: 100 })
  number(radius, `${label}: radius`, { positive: true })
  number(radius, `${label}: radius`, { max: LONGEST })
  number(points, `${label}: points`, { integer: true, min: 1 })
  number(period, `${label}: period`, { min: 1e-100 })
  number(accuracy, `${label}: accuracy`, { min: 1 / K + 1e-6, max: 1 })
  const domain = ball({ dimension: K * FEATURES, radius })
  const samples = drawSamples(rng, K)
  const shares = new Float64Array(rounds * K)
  const estimates = new Float64Array(rounds * K)
  const noise = new Float64Array(rounds)
  const drift = new Float64Array(rounds)
  const G = Math.SQRT2
  // C has `accuracy` on its diagonal and `miss` beside it, so C^-1 v = (v - miss sum v) / (accuracy - miss).
  const miss = (1 - accuracy) / (K - 1)
  const gain = accuracy - miss
  let widest = 1
  for (let t = 0; t < rounds; t++) {
    const mu = shares.subarray(t * K, (t + 1) * K)
    writeShares((2 * Math.PI * t) / period, mu)
    const muhat = estimates.subarray(t * K, (t + 1) * K)
    for (let p = 0; p < points; p++) muhat[predict(rng, mu, accuracy)] += 1 / points
    let [length, variance, moved] = [0, 0, 0]
    for (let k = 0; k < K; k++) {
      muhat[k] = (muhat[k] - miss) / gain
      length += Math.abs(muhat[k])
      const q = miss + gain * mu[k]
      variance += (q - q * q) / (gain * gain)
      if (t > 0) moved += Math.abs(mu[k] - shares[(t - 1) * K + k])
    }
    widest = Math.max(widest, length)
    noise[t] = (K * G * G * variance) / points
    drift[t] = G * G * moved * moved
  }

  const { risks, curvature } = softmaxRisks(samples, K)
  const g = new Float64Array(K * FEATURES)
  const weighted = (weights: Float64Array, t: number, x: Float64Array) =>
    risks(weights.subarray((t - 1) * K, t * K), x, g)
  const best = (weights: Float64Array): Comparator => {
    const total = new Float64Array(K)
    weights.forEach((w, i) => {
      total[i % K] += w
    })
    const { x, total: loss } = overBall(curvature(total), K * FEATURES, { radius })
    return { x, total: loss }
  }
  return {
    name: 'labelShift',
    domain,
    rounds,
    ...quantities(noise, drift),
    G: G * widest,
    L: 0.5,
    gradient(t, x) {
      weighted(estimates, t, x)
      return g
    },
    loss: (t, x) => weighted(estimates, t, x),
    expected: (t, x) => weighted(shares, t, x),
    comparator: () => best(shares),
    realizedComparator: () => best(estimates),
  }
}

/** Writes shares that swing: proportional to 1 + 0.9 sin(phase + 2 pi k / K), whose sum over k is K. */
function writeShares(phase: number, mu: Float64Array): void {
  for (let k = 0; k < mu.length; k++) mu[k] = (1 + 0.9 * sin(phase + (2 * Math.PI * k) / mu.length)) / mu.length
}

/** Draws a label by mu, as the classifier sees it. */
function predict(rng: Random, mu: Float64Array, accuracy: number): number {
  let u = rng.uniform()
  let label = 0
  while (label < mu.length - 1 && u >= mu[label]) u -= mu[label++]
  if (rng.uniform() < accuracy) return label
  const other = rng.integer(0, mu.length - 1)
  return other < label ? other : other + 1
}
