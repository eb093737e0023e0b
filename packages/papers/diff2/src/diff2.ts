import { allFinite, type Report, type SolveOptions, type Solver, solver, type VectorLike } from '@opt/core'
import type { Client, RemoteClient } from './clients/client.ts'
import { step } from './clients/local-steps.ts'
import { feedbackNumber } from './feedback.ts'
import { askClients } from './messages.ts'
import { DIFF2_OPTIONS, type Diff2Options } from './options.ts'
import { type Parameters, readOptions } from './parameters.ts'
import { localPoint, noisyMean } from './rounds.ts'
import type { Multipliers } from './schedule-options.ts'
import { type Diff2State, firstPoints, type Points, stateOf } from './state.ts'
import { type Privacy, privacyOf } from './statement.ts'

/** What {@link diff2} reports after a round: released values only, and never a loss. */
export interface Diff2Report extends Report {
  /** r */
  round: number
  kind: 'gradient' | 'difference'
  /** What the round's gradients or differences were clipped to. */
  clip: number
  /** What the rounds so far cost, at the run's delta. */
  epsilonSpent: number
}

/** The answer of {@link diff2}. */
export interface Diff2Solution {
  /** The last released point. */
  x: Float64Array
  /** The mean of the points of the last fifth of the rounds, if asked for and reached. */
  average: Float64Array | null
  privacy: Privacy
  /** F: see {@link feedbackNumber}; a stable run has 1/4 or less. */
  feedback: number
  /** To go on from, once. */
  state: Diff2State
}

/** The arguments of a run. */
export type RunArguments<O> = [clients: readonly (Client | RemoteClient)[], start: VectorLike, options: O]

/** The rounds of {@link diff2}. */
export function* run(
  clients: readonly (Client | RemoteClient)[],
  start: VectorLike,
  given: Diff2Options,
): Generator<Diff2Report, Diff2Solution, boolean> {
  const parameters = readOptions(clients, start, given)
  const { rounds, restart: T, clipGradient, clipDifference, schedule, local, regularizer, size, tail } = parameters
  const points = firstPoints(parameters, given.resume)
  const { signal } = given as SolveOptions<Diff2Report>
  const ask = askClients(clients, parameters, signal)
  const penalty = new Float64Array(size)
  const answer = (ending = {}): Diff2Solution => solutionOf(parameters, points, ending)
  const lost = (kind: keyof Multipliers, releases = 1) => {
    // Clients that add noise themselves may have sent messages, which others may have seen.
    if (parameters.noiseAt !== 'server' || (kind === 'local' && parameters.noise.addOnGrid))
      points.failed[kind] += releases
    return answer(signal?.aborted ? { status: 'aborted' } : { message: noAnswer(points.round) })
  }

  while (points.round < rounds) {
    const { round, x, previous, estimate: v } = points
    const kind = round % T === 0 ? 'gradient' : 'difference'
    const clip = kind === 'gradient' ? clipGradient : clipDifference * distance(x, previous)

    if (!points.pending) {
      const m = yield* noisyMean(kind, clip, points, parameters, ask)
      if (!m) return lost(kind)
      for (let j = 0; j < size; j++) v[j] = kind === 'gradient' ? m[j] : v[j] + m[j]
    }

    let next: Float64Array | null = new Float64Array(size)
    if (local) {
      // v is known to a client from here on: if this one does not answer, the round goes on with the same.
      points.pending = true
      next = yield* localPoint(points, parameters, ask)
      if (!next) return lost('local', local.steps - 1)
      points.pending = false
    } else {
      regularizer?.(x, penalty)
      step(x, v, penalty, parameters.learningRate, next)
    }

    points.previous = x
    points.x = next
    points.round++
    if (points.round > tail) for (let j = 0; j < size; j++) points.sum[j] += next[j]
    given.checkpoint?.(stateOf(parameters, points))
    const stop = yield { round, kind, clip, epsilonSpent: schedule.spent(points.round, points.failed) }
    if (!allFinite(next)) return answer({ status: 'diverged', message: 'a point is not finite' })
    if (stop) break
  }
  return answer()
}

/**
 * Minimizes the mean loss of several owners' records with differential privacy (Murata & Suzuki, ICML 2023). With weights
 * w_p of the clients p,
 *
 *     r mod T = 0:  v = sum_p w_p mean clip(gradient at x_r, C1) + s1 Delta(C1) xi
 *     otherwise:    v = v + sum_p w_p mean clip(gradient at x_r - gradient at x_{r-1}, c) + s2 Delta(c) xi,
 *                   c = C2 |x_r - x_{r-1}|
 *     x_{r+1} = x_r - eta v,  or local steps on one client (option `local`)
 *
 * where clip(g, c) = g min(1, c / |g|), Delta(c) is the sensitivity of the mean and xi standard normal noise. Whatever it
 * tells, in answers, reports, states and errors, depends on records through values with noise only.
 *
 * @param clients made by `rowsClient` or `networkClient`; with `workers` their `count` and `size` suffice.
 * @param start x_0, of d numbers that depend on no records.
 * @throws TypeError or RangeError for wrong arguments.
 */
export const diff2: Solver<RunArguments<Diff2Options>, Diff2Report, Diff2Solution> = solver('diff2', run, {
  maxIterations: Number.MAX_SAFE_INTEGER,
  options: DIFF2_OPTIONS,
})

const noAnswer = (round: number) => `a client gave no answer in round ${round}; the state goes on from there`

function solutionOf(parameters: Parameters, points: Points, ending: object): Diff2Solution {
  const { rounds, restart, tail, schedule, learningRate, clipDifference, sensitivity, size, noise } = parameters
  const { round, pending, x, sum, failed } = points
  const multiplier = schedule.multipliers.difference
  const begun = round > 0 || pending
  return {
    x,
    average: parameters.average && round === rounds ? sum.map((v) => v / (rounds - tail)) : null,
    privacy: privacyOf(
      parameters,
      schedule.spent(round + Number(pending), failed),
      points.secure && (begun || noise.secure === true),
    ),
    feedback: feedbackNumber({ learningRate, clipDifference, sensitivity, multiplier, size, restart }),
    state: stateOf(parameters, points),
    ...ending,
  }
}

/** Returns |x - y|. */
function distance(x: Float64Array, y: Float64Array): number {
  let square = 0
  for (let j = 0; j < x.length; j++) square += (x[j] - y[j]) * (x[j] - y[j])
  return Math.sqrt(square)
}
