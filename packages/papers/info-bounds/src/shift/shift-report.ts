import {
  type Matrix,
  number,
  options as optionsOf,
  type Random,
  type Report,
  refuse,
  type Solver,
  solver,
  vectorCopy,
} from '@opt/core'
import ndarray from 'ndarray'
import type { Network } from '../network/layers.ts'
import { classRows, type Pair, readPair, type Sample, takeRows } from './samples.ts'
import {
  PROFILE_OPTIONS,
  type ProfileOptions,
  type ProfileSettings,
  profile,
  profileSettings,
  type SmoothedProfile,
} from './smoothed-profile.ts'

/** Options of {@link shiftReport}. */
export interface ShiftOptions extends ProfileOptions {
  /** Random divisions of all examples into two parts with which the batch is compared. Default 39. */
  divisions?: number | undefined
  /** Share of unchanged batches that may be called shifted. Default 0.05. */
  significance?: number | undefined
  /** `divided` of an earlier answer with the same data, options and generator, also through JSON: goes on from there. */
  resume?: DividedState | undefined
}

/** The statistics found so far, plain JSON. */
export interface DividedState {
  /** Total variation of the last hidden layer between the batch and the reference, at the size of the test. */
  observed: number
  /** The same of random divisions of all examples. */
  null: number[]
}

/** Answer of {@link shiftReport}. */
export interface ShiftReport {
  /** The certificate of the batch against the reference. */
  profile: SmoothedProfile
  /** The same of one random division of all examples: what samples of this size show without any shift. */
  null: SmoothedProfile
  /** Share of divisions, the batch itself among them, that are at least as far apart as the batch from the reference. */
  pValue: number
  /** Whether pValue <= significance. */
  shifted: boolean
  /**
   * How much the error of the noisy network can differ between the two at most; absent without labels in both, when no
   * bound exists (labels may move while activations stay).
   */
  largestChange?: number
  /** The statistics of the test, to go on from. */
  divided: DividedState
  /** The verdict in a sentence. */
  verdict: string
}

/** Report of {@link shiftReport}: divisions done. */
export interface ShiftProgress extends Report {
  divisions: number
}

/** Paths and points, at most, of a profile of the test, which needs many. */
const TEST_SIZE = 1000

/**
 * Says whether a batch has shifted from the reference, and by how much the error of the noisy network can change: the
 * certificate of {@link smoothedProfile}, and a permutation test of its last layer, which calls no more than the share
 * `significance` of unchanged batches shifted, whatever their distribution. With labels, both samples are given the same
 * share of every class first, so a change of the shares alone is no shift; without labels it is one.
 *
 * @param reference for instance the validation set.
 * @param batch new data; without labels there is a verdict and no bound.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export const shiftReport: Solver<
  [network: Network, reference: Sample, batch: Sample, options: ShiftOptions],
  ShiftProgress,
  ShiftReport
> = solver(
  'shiftReport',
  function* (network, reference, batch, options): Generator<ShiftProgress, ShiftReport, boolean> {
    const { divisions = 39, significance = 0.05, resume } = options
    const settings = profileSettings(network, options)
    number(divisions, 'divisions', { integer: true, min: 1, max: 1e6 })
    number(significance, 'significance', { positive: true, max: 0.5 })
    const pair = readPair(
      { a: reference, b: batch, names: ['reference', 'batch'], useLabels: settings.labels },
      settings.random,
    )
    const certificate = finished({ ...settings, random: settings.random.split() }, pair)
    const unshifted = finished({ ...settings, random: settings.random.split() }, divided(pair, settings.random.split()))

    const small = {
      ...settings,
      components: Math.min(settings.components, TEST_SIZE),
      draws: Math.min(settings.draws, TEST_SIZE),
    }
    const statistic = (given: Pair, rng: Random) =>
      finished({ ...small, random: rng }, given).layers.at(-1)!.totalVariation
    const observed = statistic(pair, settings.random.split())
    const found = resumed(resume, observed, divisions)
    for (let k = 0; k < divisions; k++) {
      const rng = settings.random.split()
      if (k < found.length) continue
      found.push(statistic(divided(pair, rng), rng))
      if (yield { divisions: k + 1 }) break
    }
    return report(certificate, unshifted, { observed, null: found }, significance)
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: [...PROFILE_OPTIONS, 'divisions', 'significance', 'resume'] },
)

/** Runs a profile to its end. */
function finished(settings: ProfileSettings, pair: Pair): SmoothedProfile {
  const steps = profile(settings, pair)
  for (;;) {
    const { done, value } = steps.next(false)
    if (done) return value
  }
}

/** Divides all examples at random into two parts of the same sizes, class by class. */
function divided(pair: Pair, rng: Random): Pair {
  const [n, columns] = pair.a.shape as [number, number]
  const rows: Matrix = ndarray(new Float64Array(pair.a.data.length + pair.b.data.length), [
    n + pair.b.shape[0],
    columns,
  ])
  rows.data.set(pair.a.data)
  rows.data.set(pair.b.data, pair.a.data.length)
  const labels = new Int32Array(n + pair.labelsB.length)
  labels.set(pair.labelsA)
  labels.set(pair.labelsB, n)
  const parts: [number[], number[]] = [[], []]
  for (const one of pair.classes) {
    const order = rng.shuffle(classRows(labels, one))
    const count = classRows(pair.labelsA, one).length
    order.forEach((place, k) => parts[Number(k >= count)].push(place))
  }
  const [first, second] = parts.map((places) => Int32Array.from(places).sort())
  return {
    ...pair,
    a: takeRows(rows, first),
    b: takeRows(rows, second),
    labelsA: first.map((i) => labels[i]),
    labelsB: second.map((i) => labels[i]),
  }
}

function resumed(state: DividedState | undefined, observed: number, divisions: number): number[] {
  if (state === undefined) return []
  const given = optionsOf(state, 'resume')
  if (number(given.observed, 'resume.observed') !== observed)
    refuse('resume', 'of the same data, options and generator', `observed ${given.observed} instead of ${observed}`)
  if (Array.isArray(given.null) && given.null.length === 0) return []
  return Array.from(vectorCopy(given.null, 'resume.null', { sign: 'nonnegative' })).slice(0, divisions)
}

function report(
  profile: SmoothedProfile,
  unshifted: SmoothedProfile,
  tested: DividedState,
  significance: number,
): ShiftReport {
  const { observed, null: found } = tested
  const pValue = (1 + found.filter((value) => value >= observed).length) / (1 + found.length)
  const shifted = pValue <= significance
  const judged = `${shifted ? 'The batch has shifted' : 'No shift was found'} (p = ${pValue.toPrecision(2)} of ${found.length} divisions)`
  const common = { profile, null: unshifted, pValue, shifted, divided: tested }
  if (!profile.labelled)
    return { ...common, verdict: `${judged}; without labels nothing bounds the change of the error.` }
  const { bound, confidence, difference, dropped } = profile
  const left =
    dropped.a + dropped.b > 0
      ? ` Classes have equal shares in both: ${dropped.a} and ${dropped.b} examples were left out.`
      : ''
  const verdict = `${judged}; the error of the noisy network can differ by ${bound.toFixed(3)} at most (${100 * confidence} % sure), and differs by ${difference!.toFixed(3)}.${left}`
  return { ...common, largestChange: profile.bound, verdict }
}
