import {
  boolean,
  callback,
  number,
  Random,
  type RandomState,
  type Report,
  random as randomOf,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { checkMap, euclidean } from './geometry/maps.ts'
import { type Geometry, MirrorStep } from './geometry/mirror-step.ts'
import { termValue } from './geometry/terms.ts'
import { Averages } from './runs/averages.ts'
import { Oracle, objectiveAt, type Problem } from './runs/problem.ts'
import { startAt } from './runs/start.ts'
import { loadArrays, loadStep, type SavedArrays, saveArrays } from './runs/state.ts'
import { workspace } from './runs/workspace.ts'
import { type Certificate, CertificateOf } from './theory/certificate.ts'
import { checkStepSizes } from './theory/coefficients.ts'

/** Options of {@link csmd}. */
export interface CsmdOptions extends Problem, Geometry {
  /** x^1, a point where the term is finite; on the simplex, for entropy(), one without zeros. */
  x0: VectorLike
  /** eta_1 .. eta_T, from {@link stepSizes} or your own. */
  stepSizes: VectorLike
  /** Draws the noise and is handed to the subgradient. Default random(0). */
  random?: Random | undefined
  /** Reports every so many steps. Default T / 100, rounded up. */
  every?: number | undefined
  /** Whether the answer has the averages of the points. Default false. */
  average?: boolean | undefined
  /** Lets entropy() start with zeros, which stay zeros. Default false. */
  allowZeros?: boolean | undefined
  /** A point u, such as the minimiser: the answer then has a certificate for F(x^{T+1}) - F(u). */
  reference?: VectorLike | undefined
  /** For the certificate, as in {@link bound}. Default 0. */
  L?: number | undefined
  M?: number | undefined
  muF?: number | undefined
  muH?: number | undefined
  /** Continues a run that ended early, to the same bits; everything else as in that run. */
  state?: CsmdState | undefined
}

/** A report of {@link csmd}. */
export interface CsmdReport extends Report {
  /** t, the number of steps taken. */
  step: number
  /** eta_t. */
  stepSize: number
  /** F(x^{t+1}) = f + h, where `objective` is given. */
  objective?: number
}

/** A run that can be continued: plain JSON. */
export interface CsmdState {
  step: number
  arrays: SavedArrays
  random: RandomState
}

/** Answer of {@link csmd}. */
export interface CsmdSolution {
  /** The last point, x^{T+1} when all steps were taken; the last finite one when the run diverged. */
  x: Float64Array
  /** The steps taken. */
  steps: number
  /** The mean of x^1 .. x^T. */
  average?: Float64Array
  /** The mean of the last half of them. */
  halfAverage?: Float64Array
  /** Bounds F(x^{T+1}) - F(reference) on this path; when all steps were taken. */
  certificate?: Certificate
  /** z^T, the auxiliary point of the certificate. */
  z?: Float64Array
  /** To continue from here; unless the run diverged. */
  state?: CsmdState
}

/**
 * Composite stochastic mirror descent, which returns its last point:
 *
 *     x^{t+1} = argmin_x h(x) + <ghat^t, x> + D(x, x^t) / eta_t,   t = 1 .. T
 *
 * It runs with any positive step sizes; {@link bound} knows which have a guarantee. An iteration of the solver is a
 * report, after `every` steps; the answer's `steps` are those of the method.
 *
 * @throws RangeError or TypeError when an argument is wrong, the step of the map and the term has no closed
 * form, or a subgradient is no vector of the dimension. One that is not finite ends the run as 'diverged'.
 */
export const csmd: Solver<[options: CsmdOptions], CsmdReport, CsmdSolution> = solver(
  'csmd',
  function* (options: CsmdOptions): Generator<CsmdReport, CsmdSolution, boolean> {
    const { map = euclidean(), term, objective, average = false, allowZeros = false } = options
    checkMap(map, 'map')
    if (objective !== undefined) callback(objective, 'objective')
    boolean(average, 'average')
    const eta = checkStepSizes(options.stepSizes, 'csmd')
    const T = eta.length
    const every = number(options.every ?? Math.ceil(T / 100), 'every', { integer: true, min: 1 })
    const start = startAt(options.x0, map, term, boolean(allowZeros, 'allowZeros'), 'x0')
    const space = workspace(start.length, 1)
    const [x] = space.points
    x.set(start)
    const oracle = new Oracle(options, space)
    const mirror = new MirrorStep(space, map, term, 'csmd')
    const averages = average ? new Averages(x.length, T) : undefined
    const certificate = certificateOf(options, eta, x)

    const sums = new Float64Array(2)
    const memory = { x, ...averages?.arrays, ...(certificate && { z: certificate.z, sums }) }
    const { done, random } = resume(options, memory, T)
    if (termValue(term, map, x) === Infinity) refuse('state', 'of a point where the term is finite', 'another')
    if (certificate) [certificate.sums.noise, certificate.sums.luck] = sums

    let steps = done
    /** The answer when the points x^1 .. x^seen have been added to the averages. */
    const answer = (seen: number) => {
      const all = certificate && steps === T ? { certificate: certificate.answer() } : {}
      return { x: x.slice(), steps, ...averages?.answer(seen), ...all, ...(certificate && { z: certificate.z }) }
    }
    /** Takes the steps from..to; returns the first that is not finite. In a function, engines compile it sooner. */
    const walk = (from: number, to: number): number | undefined => {
      for (let t = from; t <= to; t++) {
        oracle.ask(x, t, random)
        certificate?.see(t, x, space.xi)
        averages?.add(t, x)
        if (!mirror.advance(x, eta[t - 1])) return t
        steps = t
      }
      return undefined
    }
    while (steps < T) {
      const lost = walk(steps + 1, Math.min(every * (Math.floor(steps / every) + 1), T))
      if (lost !== undefined) return { ...answer(lost), ...diverged(lost) }
      const F = objective && { objective: objectiveAt(objective, x) + termValue(term, map, x) }
      if (yield { step: steps, stepSize: eta[steps - 1], ...F }) break
    }
    if (certificate) sums.set([certificate.sums.noise, certificate.sums.luck])
    return {
      ...answer(steps),
      state: { step: steps, arrays: saveArrays(memory), random: random.state() },
      ...ended(steps, T),
    }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER },
)

/** What the driver reads. */
const ended = (t: number, T: number) => ({ ...(t === T && { status: 'completed' }), message: `${t} of ${T} steps` })
const diverged = (t: number) => ({ status: 'diverged', message: `step ${t} is not finite` })

/** Continues from a saved state, or starts. */
function resume({ state, random }: CsmdOptions, memory: Record<string, Float64Array>, T: number) {
  if (random !== undefined && !(random instanceof Random))
    refuse('random', 'a Random of @opt/core', show(random), 'type')
  if (state === undefined) return { done: 0, random: random ?? randomOf(0) }
  if (typeof state !== 'object' || state === null) refuse('state', 'what csmd returned', `${state}`, 'type')
  const done = loadStep(state.step, T, 'state')
  const restored = new Random(state.random)
  loadArrays(state.arrays, memory, 'state.arrays')
  return { done, random: restored }
}

function certificateOf(options: CsmdOptions, eta: Float64Array, x: Float64Array): CertificateOf | undefined {
  const { map = euclidean(), noise, reference, L = 0, M = 0, muF = 0, muH = 0 } = options
  for (const [key, value] of Object.entries({ L, M, muF, muH })) number(value, key, { nonnegative: true })
  if (reference === undefined) return undefined
  if (noise === undefined) refuse('noise', 'given for a certificate, which has to see it', 'undefined')
  const u = vector(reference, 'reference', { length: x.length })
  return new CertificateOf(eta, x, u, map, { L, M, muF, muH })
}
