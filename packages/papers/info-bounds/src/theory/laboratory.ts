import { calling, log, number, oneOf, options, refuse, show, type VectorLike, vector } from '@opt/core'
import { gibbsBound } from './bounds.ts'
import { contracted, dropConnectContraction, dropoutContraction } from './contraction.ts'
import { type GibbsAlgorithm, gibbsAlgorithm, multisets } from './gibbs-algorithm.ts'
import { type Conditional, inputsOf, type LaboratoryNoise, masks, push } from './push-forward.ts'

export type LaboratoryActivation = 'sign' | 'clip' | 'relu' | 'identity'

/** Options of {@link laboratory}. */
export interface LaboratoryOptions {
  /** The data: inputs x of the same length and labels y, -1 or 1. */
  points: readonly { x: VectorLike; y: number }[]
  /** The chance of each point; they sum to 1. */
  probabilities: VectorLike
  /** Units from the inputs to the single output, such as [2, 2, 1]. */
  widths: readonly number[]
  /** The values that each weight may have. */
  values: VectorLike
  /** Inverse temperature of the Gibbs algorithm. */
  beta: number
  /** Training examples. */
  samples: number
  /** Noise on each layer's inputs ('dropout'), on its weights ('dropconnect'), or 'none'. Default 'none'. */
  noise?: LaboratoryNoise | undefined
  /** Probability of dropping, in [0, 1). Default 0. */
  drop?: number | undefined
  /** Of the hidden layers, without biases; the output is clipped to [-1, 1]. Default 'sign', which is 0 at 0. */
  activation?: LaboratoryActivation | undefined
}

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

const ACTIVATIONS: Record<LaboratoryActivation, (z: number) => number> = {
  sign: Math.sign,
  clip: (z) => Math.max(-1, Math.min(1, z)),
  relu: (z) => Math.max(0, z),
  identity: (z) => z,
}

/** Numbers that are computed at most. */
const MOST = 1e7

/**
 * Computes the generalization gap of the Gibbs algorithm and all its bounds exactly, on finitely many points and weights,
 * by enumerating every data set and every network: loss (1 - y t) / 2, uniform prior.
 *
 * @throws TypeError or RangeError naming the argument that is wrong, and the number of states when it is above 1e7.
 */
export function laboratory(given: LaboratoryOptions): Laboratory {
  return calling('laboratory', () => {
    const setup = read(given)
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

interface Setup {
  xs: Float64Array[]
  ys: Int32Array
  probabilities: Float64Array
  widths: number[]
  values: Float64Array
  beta: number
  samples: number
  noise: LaboratoryNoise
  drop: number
  activation: (z: number) => number
  coefficients: Float64Array
}

function read(given: LaboratoryOptions): Setup {
  const names = [
    'points',
    'probabilities',
    'widths',
    'values',
    'beta',
    'samples',
    'noise',
    'drop',
    'activation',
  ] as const
  const {
    points,
    beta,
    samples,
    noise = 'none',
    drop = 0,
    activation = 'sign',
    ...rest
  } = options(given, 'options', names)
  const widths = Array.from(vector(rest.widths, 'widths'), (width, l) =>
    number(width, `widths[${l}]`, { integer: true, min: 1, max: 1000 }),
  )
  if (widths.length < 2 || widths.at(-1) !== 1)
    refuse('widths', 'at least two, the last one 1', `[${widths.join(', ')}]`)
  if (!Array.isArray(points) || points.length === 0)
    refuse('points', 'a nonempty array of { x, y }', show(points), 'type')
  const pairs = Array.from(points, (point, z) => {
    if (point === undefined) refuse(`points[${z}]`, 'an object', 'undefined', 'type')
    return options(point, `points[${z}]`, ['x', 'y'])
  })
  const xs = pairs.map(({ x }, z) => vector(x, `points[${z}].x`, { length: widths[0] }))
  const ys = Int32Array.from(pairs, ({ y }, z) => {
    if (number(y, `points[${z}].y`) !== 1 && y !== -1) refuse(`points[${z}].y`, '-1 or 1', show(y))
    return y
  })
  const probabilities = vector(rest.probabilities, 'probabilities', { length: points.length, sign: 'nonnegative' })
  const total = probabilities.reduce((sum, p) => sum + p, 0)
  if (Math.abs(total - 1) > 1e-9) refuse('probabilities', 'of the sum 1', `${total}`)
  const values = vector(rest.values, 'values')
  number(beta, 'beta', { nonnegative: true })
  number(samples, 'samples', { integer: true, min: 1, max: 1e6 })
  oneOf(noise, 'noise', ['none', 'dropout', 'dropconnect'])
  number(drop, 'drop', { min: 0, max: 1 - Number.EPSILON })
  oneOf(activation, 'activation', Object.keys(ACTIVATIONS) as LaboratoryActivation[])
  checkStates({ widths, values: values.length, points: points.length, samples, noise: drop > 0 ? noise : 'none' })
  const coefficients = Float64Array.from(widths.slice(1), (outputs, l) => {
    if (noise === 'none') return 1
    return noise === 'dropout'
      ? dropoutContraction(drop, widths[l]).kl
      : dropConnectContraction(drop, widths[l], outputs).kl
  })
  return {
    xs,
    ys,
    probabilities,
    widths,
    values,
    beta,
    samples,
    noise,
    drop,
    activation: ACTIVATIONS[activation],
    coefficients,
  }
}

/** Refuses a laboratory whose data sets times weights, or weights times points times masks, are too many. */
function checkStates(size: {
  widths: number[]
  values: number
  points: number
  samples: number
  noise: LaboratoryNoise
}): void {
  const { widths, values, points, samples, noise } = size
  let [weights, most] = [1, 1]
  for (let l = 1; l < widths.length; l++) {
    const entries = widths[l - 1] * widths[l]
    weights *= power(values, entries)
    most = Math.max(most, power(2, noise === 'dropconnect' ? entries : noise === 'dropout' ? widths[l - 1] : 0))
  }
  const states = weights * (multisets(points, samples) + points * most)
  if (!(states <= MOST)) refuse('options', `a laboratory of at most ${MOST} states`, `${states.toPrecision(3)} or more`)
}

/** An integer power, exact, or the first partial product beyond what is allowed. */
function power(base: number, exponent: number): number {
  let product = 1
  for (let k = 0; k < exponent && product <= MOST; k++) product *= base
  return product
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
        if (seen > 0) total += seen * log(seen / (fresh * marginal[w]))
      }
  }
  return Math.max(0, total)
}
