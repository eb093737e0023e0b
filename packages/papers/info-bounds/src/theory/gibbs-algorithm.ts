import { exp, log } from '@opt/core'

/** What the Gibbs algorithm does on data sets of independent examples, in expectation over them. */
export interface GibbsAlgorithm {
  /** P(W = w). */
  marginal: Float64Array
  /** P(Z_i = z, W = w), points x weights, row-major. */
  joint: Float64Array
  trainLoss: number
  testLoss: number
  /** I(S; W) and its symmetrised form I_SKL, in nats. */
  mutualInformation: number
  symmetrized: number
}

/** The number of multisets of `samples` points, each a data set up to order. */
export function multisets(points: number, samples: number): number {
  let count = 1
  for (let k = 1; k <= samples; k++) count = (count * (points - 1 + k)) / k
  return count
}

/**
 * Enumerates all data sets, each up to the order of its examples, and the posterior P(w | S) ~ exp(-beta L_S(w)) of
 * each under a uniform prior.
 *
 * @param losses weights x points, row-major.
 */
export function gibbsAlgorithm(
  losses: Float64Array,
  probabilities: Float64Array,
  { beta, samples }: { beta: number; samples: number },
): GibbsAlgorithm {
  const points = probabilities.length
  const weights = losses.length / points
  const marginal = new Float64Array(weights)
  const joint = new Float64Array(points * weights)
  /** E log P(w | S). */
  const logs = new Float64Array(weights)
  const posterior = new Float64Array(weights)
  const loss = new Float64Array(weights)
  const counts = new Int32Array(points)
  let [trainLoss, conditional] = [0, 0]

  const dataSet = (chance: number): void => {
    loss.fill(0)
    for (let z = 0; z < points; z++)
      if (counts[z] > 0) for (let w = 0; w < weights; w++) loss[w] += (counts[z] / samples) * losses[w * points + z]
    const least = loss.reduce((low, l) => Math.min(low, l), Infinity)
    let total = 0
    for (let w = 0; w < weights; w++) total += posterior[w] = exp(beta * (least - loss[w]))
    const logTotal = log(total)
    for (let w = 0; w < weights; w++) {
      const p = posterior[w] / total
      const logP = beta * (least - loss[w]) - logTotal
      marginal[w] += chance * p
      logs[w] += chance * logP
      conditional += chance * p * logP
      trainLoss += chance * p * loss[w]
      for (let z = 0; z < points; z++) if (counts[z] > 0) joint[z * weights + w] += ((chance * counts[z]) / samples) * p
    }
  }
  // `chance` is the multinomial probability of the counts so far: left! / (counts! ...) and powers, factor by factor.
  const choose = (z: number, left: number, chance: number): void => {
    if (left === 0) dataSet(chance)
    if (left === 0 || z === points) return
    let factor = chance
    choose(z + 1, left, factor)
    for (let c = 1; c <= left; c++) {
      factor *= (probabilities[z] * (left - c + 1)) / c
      counts[z] = c
      choose(z + 1, left - c, factor)
    }
    counts[z] = 0
  }
  choose(0, samples, 1)

  let [testLoss, entropy, expected] = [0, 0, 0]
  for (let w = 0; w < weights; w++) {
    for (let z = 0; z < points; z++) testLoss += marginal[w] * probabilities[z] * losses[w * points + z]
    if (marginal[w] > 0) entropy -= marginal[w] * log(marginal[w])
    expected += marginal[w] * logs[w]
  }
  return {
    marginal,
    joint,
    trainLoss,
    testLoss,
    mutualInformation: Math.max(0, conditional + entropy),
    symmetrized: Math.max(0, conditional - expected),
  }
}
