import {
  boolean,
  number,
  type Random,
  type Report,
  refuse,
  type Solver,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { type Layer, layersOf, type Network } from '../network/layers.ts'
import { type Distances, deviation, distances, totalVariationOfKl } from './divergence.ts'
import { errorRate } from './error-rate.ts'
import { mixture } from './mixture.ts'
import { drawPoints, generator, perturb, repeatLabels, repeatRows } from './paths.ts'
import { type Pair, placesOf, readPair, type Sample } from './samples.ts'

/** Options of {@link smoothedProfile}. */
export interface ProfileOptions {
  /** Standard deviation of the noise after each hidden layer: one number, or one per hidden layer. Default 0.3. */
  noise?: number | VectorLike | undefined
  /** Paths through the noisy network, at least; each example starts the same number of them. Default 6000. */
  components?: number | undefined
  /** Points at which the densities are compared. Default 3000. */
  draws?: number | undefined
  /** Probability with which the bounds of all layers hold at once. Default 0.95. */
  confidence?: number | undefined
  /** Use the labels where both samples have them. Default true. */
  labels?: boolean | undefined
  /** Generator of all draws. Default random(0). */
  random?: Random | undefined
}

/** A hidden layer of a {@link SmoothedProfile}. */
export interface ProfileLayer extends Distances {
  /** Units. */
  width: number
  /**
   * Upper bound of the true total variation, with the profile's `confidence`: the estimate and what its draws and its
   * paths may hide (Hoeffding, McDiarmid).
   */
  bound: number
  /** min(sqrt(kl / 2), sqrt(1 - e^-kl)) of the estimated divergence: an estimate of a bound, no certificate. */
  klBound: number
}

/** Answer of {@link smoothedProfile}. */
export interface SmoothedProfile {
  /** The hidden layers that have been measured, from the first on. */
  layers: ProfileLayer[]
  /** The least `bound`: the mean of any [0,1] loss of the noisy network cannot change by more. */
  bound: number
  /** Whether labels were used. Without, the bound is of functions of the layer alone, and not of the error. */
  labelled: boolean
  /** Error rates of the noisy network, estimated on the paths; absent without labels, and when the work was ended early. */
  errorA?: number
  errorB?: number
  /** errorB - errorA. */
  difference?: number
  /** Examples left out to give both samples the same number of every class. */
  dropped: { a: number; b: number }
  confidence: number
}

/** Report of {@link smoothedProfile}: a layer. */
export interface ProfileReport extends Report {
  layer: number
  totalVariation: number
}

export const PROFILE_OPTIONS = ['noise', 'components', 'draws', 'confidence', 'labels', 'random'] as const

/**
 * Measures, at each hidden layer of a network with noise N(0, noise^2) after every hidden layer, the distance of the
 * distributions of (activations, label) that two samples have: the largest amount by which the mean of any [0,1] loss
 * computed from there on can differ. Total variation and divergence cannot grow with depth. (He and Goldfeld, arXiv
 * 2404.03176, hierarchical bound; distributions smoothed as in Goldfeld et al. 2019.)
 *
 * At the first layer the densities are exact mixtures over the examples; later ones are mixtures over the noisy paths,
 * whose total variation is on average above the true one.
 *
 * @param network at least two layers.
 * @param a the sample that the points are drawn from.
 * @throws TypeError or RangeError naming the argument that is wrong, such as a class that only one sample has.
 */
export const smoothedProfile: Solver<
  [network: Network, a: Sample, b: Sample, options: ProfileOptions],
  ProfileReport,
  SmoothedProfile
> = solver(
  'smoothedProfile',
  function* (network, a, b, options) {
    const settings = profileSettings(network, options)
    const pair = readPair({ a, b, names: ['a', 'b'], useLabels: settings.labels }, settings.random)
    return yield* profile(settings, pair)
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: [...PROFILE_OPTIONS] },
)

/** Checked options. */
export interface ProfileSettings {
  layers: Layer[]
  noise: Float64Array
  components: number
  draws: number
  confidence: number
  labels: boolean
  random: Random
}

export function profileSettings(network: Network, given: ProfileOptions): ProfileSettings {
  const { noise = 0.3, components = 6000, draws = 3000, confidence = 0.95, labels = true } = given
  const layers = layersOf(network, 'network')
  if (layers.length < 2) refuse('network', 'of at least two layers (noise is added after hidden ones)', 'one layer')
  const hidden = layers.length - 1
  if (typeof noise === 'number') number(noise, 'noise', { positive: true })
  number(components, 'components', { integer: true, min: 2, max: 1e7 })
  number(draws, 'draws', { integer: true, min: 2, max: 1e7 })
  number(confidence, 'confidence', { min: 0.5, max: 1 - 1e-9 })
  boolean(labels, 'labels')
  const levels =
    typeof noise === 'number'
      ? new Float64Array(hidden).fill(noise)
      : vector(noise, 'noise', { length: hidden, sign: 'positive' })
  return { layers, noise: levels, components, draws, confidence, labels, random: generator(given.random) }
}

/** The algorithm, on checked arguments. */
export function* profile(
  { layers, noise, components, draws, confidence, random: rng }: ProfileSettings,
  pair: Pair,
): Generator<ProfileReport, SmoothedProfile, boolean> {
  const { classes, labelled, dropped, names } = pair
  const hidden = layers.length - 1
  const delta = (1 - confidence) / hidden
  const answer: SmoothedProfile = { layers: [], bound: 1, labelled, dropped, confidence }
  let { a, b, labelsA, labelsB } = pair
  for (let l = 0; l < hidden; l++) {
    const centresA = layers[l].forward(a)
    const centresB = layers[l].forward(b)
    const width = centresA.shape[1]
    const [placesA, placesB] = [labelsA, labelsB].map((labels) => placesOf(labels, classes))
    const A = mixture(centresA, placesA, classes.length, noise[l])
    const B = mixture(centresB, placesB, classes.length, noise[l])
    const measured = distances(A, B, drawPoints(centresA, placesA, noise[l], draws, rng), noise[l])
    // Of the later mixtures, each path changes the total variation by at most 1 / (number of paths).
    const slack =
      l === 0
        ? deviation(1 / draws, delta)
        : deviation(1 / draws, delta / 2) + deviation(1 / A.count + 1 / B.count, delta / 2)
    const bound = Math.min(1, measured.totalVariation + slack)
    answer.layers.push({ width, ...measured, bound, klBound: totalVariationOfKl(measured.kl) })
    answer.bound = Math.min(answer.bound, bound)
    if ((yield { layer: l, totalVariation: measured.totalVariation }) && l < hidden - 1) return answer

    const [timesA, timesB] = [A, B].map(({ count }) => (l === 0 ? Math.ceil(components / count) : 1))
    a = perturb(repeatRows(centresA, timesA), noise[l], rng)
    b = perturb(repeatRows(centresB, timesB), noise[l], rng)
    labelsA = repeatLabels(labelsA, timesA)
    labelsB = repeatLabels(labelsB, timesB)
  }
  if (!labelled) return answer
  const errorA = errorRate(layers[hidden].forward(a), labelsA, `${names[0]}.labels`)
  const errorB = errorRate(layers[hidden].forward(b), labelsB, `${names[1]}.labels`)
  return { ...answer, errorA, errorB, difference: errorB - errorA }
}
