import { calling, log } from '@opt/core'
import { gibbsBound } from './bounds.ts'
import { contracted } from './contraction.ts'
import { type GibbsAlgorithm, gibbsAlgorithm } from './gibbs-algorithm.ts'
import { ACTIVATIONS, type LaboratoryOptions, power, readLaboratory, type Setup } from './laboratory-options.ts'
import { type Conditional, inputsOf, masks, push } from './push-forward.ts'

/** Answer of {@link laboratory}; all numbers are exact up to rounding, divergences in nats. */
export interface Laboratory {
  /** testLoss - trainLoss, in expectation over data sets and the algorithm; equals symmetrized / beta. */
  gap: number
  trainLoss: number
  testLoss: number
  /** I(S; W). */
  mutualInformation: number
  /** I_SKL(S; W). */
  symmetrized: number
  /** I(Z_i; W) = D_0. */
  individual: number
  /** D_Y = I(Y_i; W). */
  labelTerm: number
  /** D_0, ..., D_L: of the inputs, the layers and the output, each with the label. */
  divergences: Float64Array
  /** sqrt(D_l / 2) >= gap. */
  bounds: Float64Array
  /** The contraction coefficient of each layer. */
  coefficients: Float64Array
  /** D_Y + prod(eta_1..l)(D_0 - D_Y) >= D_l. */
  contracted: Float64Array
  /** The bound of the Gibbs algorithm with these coefficients. */
  gibbsBound: number
  /** P(W = w); the first weight varies slowest, row by row, layer by layer. */
  posterior: Float64Array
}

/**
 * Computes the generalization gap of the Gibbs algorithm and all its bounds exactly, on finitely many points and weights,
 * by enumerating every data set and every network: loss (1 - y t) / 2, uniform prior.
 *
 * @throws TypeError or RangeError naming the argument that is wrong, and the number of states when it is above 1e7.
 */
export function laboratory(given: LaboratoryOptions): Laboratory {
  return calling('laboratory', () => {
    const setup = readLaboratory(given)
    const { ys, probabilities, beta, samples, coefficients } = setup
    const levels = enumerate(setup)
    const losses = outputLosses(levels.at(-1)!, ys)
    const algorithm = gibbsAlgorithm(losses, probabilities, { beta, samples })
    const divergences = Float64Array.from(levels, (level) => divergence(level, algorithm, setup))
    const everywhere = { vectors: [new Float64Array(1)], chances: new Float64Array(ys.length).fill(1) }
    const labelTerm = divergence([everywhere], algorithm, setup)
    const individual = divergences[0]
    const product = coefficients.reduce((all, eta) => all * eta, 1)
    return {
      gap: algorithm.testLoss - algorithm.trainLoss,
      trainLoss: algorithm.trainLoss,
      testLoss: algorithm.testLoss,
      mutualInformation: algorithm.mutualInformation,
      symmetrized: algorithm.symmetrized,
      individual,
      labelTerm,
      divergences,
      bounds: divergences.map((d) => Math.sqrt(d / 2)),
      coefficients,
      contracted: contracted({ input: individual, label: Math.min(labelTerm, individual), coefficients }),
      gibbsBound: gibbsBound({ beta, samples, coefficient: product, label: labelTerm }),
      posterior: algorithm.marginal,
    }
  })
}

/** For each layer, the conditional distributions under every choice of the weights up to it. */
function enumerate({ xs, widths, values, noise, drop, activation }: Setup): Conditional[][] {
  const levels: Conditional[][] = [[inputsOf(xs)]]
  for (let l = 1; l < widths.length; l++) {
    const [inputs, outputs] = [widths[l - 1], widths[l]]
    const entries = inputs * outputs
    const all = masks(noise === 'dropconnect' ? entries : inputs, drop, noise)
    const act = l === widths.length - 1 ? ACTIVATIONS.clip : activation
    const choices = power(values.length, entries)
    const next: Conditional[] = []
    for (const below of levels[l - 1])
      for (let choice = 0; choice < choices; choice++)
        next.push(
          push(below, { weights: digits(choice, entries, values), outputs, masks: all, noise, activation: act }),
        )
    levels.push(next)
  }
  return levels
}

/** The weights of a choice: its digits in the number system of the values, the first slowest. */
function digits(choice: number, count: number, values: Float64Array): Float64Array {
  const weights = new Float64Array(count)
  for (let k = count - 1, rest = choice; k >= 0; k--) {
    weights[k] = values[rest % values.length]
    rest = Math.floor(rest / values.length)
  }
  return weights
}

/** E (1 - y t) / 2 under the noise, weights x points. */
function outputLosses(outputs: Conditional[], ys: Int32Array): Float64Array {
  const points = ys.length
  const losses = new Float64Array(outputs.length * points)
  outputs.forEach(({ vectors, chances }, w) => {
    for (let z = 0; z < points; z++)
      vectors.forEach(([t], v) => {
        losses[w * points + z] += (chances[z * vectors.length + v] * (1 - ys[z] * t)) / 2
      })
  })
  return losses
}

/** E_W KL of (layer, label) between a training example given W and a new example given the weights up to the layer. */
function divergence(level: Conditional[], { marginal, joint }: GibbsAlgorithm, { ys, probabilities }: Setup): number {
  const [weights, points] = [marginal.length, ys.length]
  const suffixes = weights / level.length
  let total = 0
  for (let w = 0; w < weights; w++) {
    const { vectors, chances } = level[Math.floor(w / suffixes)]
    for (let v = 0; v < vectors.length; v++)
      for (let y = -1; y <= 1; y += 2) {
        let [seen, fresh] = [0, 0]
        for (let z = 0; z < points; z++) {
          if (ys[z] !== y) continue
          seen += joint[z * weights + w] * chances[z * vectors.length + v]
          fresh += probabilities[z] * chances[z * vectors.length + v]
        }
        if (seen > 0) total += seen * log(seen / fresh / marginal[w])
      }
  }
  return Math.max(0, total)
}
