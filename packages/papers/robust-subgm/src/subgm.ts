import {
  type MatrixLike,
  matrix,
  number,
  oneOf,
  type Random,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vector,
} from '@opt/core'
import { checkFactor, openUnit } from './checks.ts'
import { descend, type SubgmReport } from './descent/descend.ts'
import { Iterate } from './descent/iterate.ts'
import { describe, type Recovery } from './descent/recovery.ts'
import { defaultEta, once, randomFactor, scaleOf, sizeOf, spectralFactor, spectrumOf } from './descent/start.ts'
import { checkState, type SubgmState, stateOf } from './descent/state.ts'
import { quantile, type StepRule } from './descent/step-rules.ts'
import { checkMeasurements, type Loss, type Measurements } from './measurements/measurements.ts'

/** Options of {@link subgm} and {@link gradientDescent}. */
export interface SubgmOptions {
  /** r', the columns of the factor, between 1 and d: at least the rank of X. Default d. */
  rank?: number | undefined
  /** Scale of the start, positive: the error ends at about alpha^(1 to 2). Default 1e-5. */
  alpha?: number | undefined
  /**
   * The start: 'spectral', alpha (sqrt(s_0) / kappa) B with the B of {@link spectralInitialization} and a floor of 0.1;
   * 'random', alpha sqrt(s_0 / kappa) N(0, 1)/sqrt(r'); or U_0 itself, d x r'. s_0 is the scale of y and kappa that of
   * the measurements, 1 for standard normal ones. Default 'spectral'.
   */
  initial?: 'spectral' | 'random' | MatrixLike | undefined
  /** The random numbers of a random start. */
  random?: Random | undefined
  /** The step sizes. Default {@link quantile}(). */
  stepSize?: StepRule | undefined
  /** Goes on from the state of an answer, with the same measurements and rule, to the same bits. */
  resume?: SubgmState | undefined
}

/** The names of {@link SubgmOptions}. */
const SUBGM_OPTIONS = ['rank', 'alpha', 'initial', 'random', 'stepSize', 'resume'] as const

/** Answer of {@link subgm} and {@link gradientDescent}. */
export interface SubgmSolution extends Recovery {
  state: SubgmState
}

type Arguments = [measurements: Measurements, y: VectorLike, options: SubgmOptions]

const STALLED = 'the residuals no longer fall: alpha, the step sizes, or noise in y set the floor'
const DIVERGED = 'the step sizes are too large; the answer has the last finite factor'

/** Least eigenvalue of a column of the default start: a column of 0 would never grow. */
export const FLOOR = 0.1

/**
 * The sub-gradient method for robust matrix recovery (Ma and Fattahi 2023):
 *
 *     U_{t+1} = U_t - eta_t D_t,   D_t = (2/m) sum_k sign(<A_k, U_t U_t'> - y_k) (A_k + A_k')/2 U_t
 *
 * from a small start, which descends on f(U) = (1/m) sum_k |<A_k, U U'> - y_k| with any number of columns. `tolerance` is
 * compared with s_t / s_0, the scale of the residuals over that of y. Default: 1e-6, at most 1500 iterations.
 *
 * It stalls, the usual end of an over-parameterized factor, when the largest s_t of 50 iterations is not 1 % below that of
 * the 50 before and no eigenvalue of U_t'U_t has grown by 30 %: the floor is set by alpha, by the step sizes, or by the noise in y.
 *
 * @param y m numbers, some of them grossly wrong; all finite.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const subgm: Solver<Arguments, SubgmReport, SubgmSolution> = solver(
  'subgm',
  (measurements, y, options) => minimize(measurements, y, options, 'l1'),
  { maxIterations: 1500, options: SUBGM_OPTIONS },
)

/**
 * Gradient descent on (1/2m) sum_k (<A_k, U U'> - y_k)^2, the baseline that outliers mislead: the gradient is D_t with the
 * residuals in place of their signs. Options, reports and answer are those of {@link subgm}.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const gradientDescent: Solver<Arguments, SubgmReport, SubgmSolution> = solver(
  'gradientDescent',
  (measurements, y, options) => minimize(measurements, y, options, 'l2'),
  { maxIterations: 1500, options: SUBGM_OPTIONS },
)

function* minimize(
  measurements: Measurements,
  given: VectorLike,
  options: SubgmOptions,
  loss: Loss,
): Generator<SubgmReport, SubgmSolution & { message?: string }, boolean> {
  checkMeasurements(measurements)
  const y = vector(given, 'y', { length: measurements.count })
  const { stepSize = quantile(), resume } = options
  if (typeof stepSize !== 'function') refuse('stepSize', 'a step rule', show(stepSize), 'type')
  const q = openUnit(stepSize.q ?? 0.5, 'stepSize.q')
  const initialScale = scaleOf(y, q)
  const state =
    resume !== undefined
      ? checkState(resume, measurements.size)
      : firstState(measurements, y, initialScale, sizeOf(measurements).norm, options)
  const iterate = new Iterate(measurements, y, Float64Array.from(state.factor), loss, q)
  const eta = once(() => defaultEta(spectrumOf(measurements, y), initialScale))
  const resumed = resume !== undefined
  const ending = yield* descend(iterate, { rule: stepSize, initialScale, eta, state, resumed })
  state.factor = Array.from(iterate.factor)
  const answer = { ...describe(iterate, measurements, y), state }
  if (ending === 'asked') return answer
  return { ...answer, message: ending === 'diverged' ? DIVERGED : STALLED }
}

/** The state of a descent at its start. */
export function firstState(
  measurements: Measurements,
  y: Float64Array,
  initialScale: number,
  norm: number,
  { rank, alpha = 1e-5, initial = 'spectral', random }: Omit<SubgmOptions, 'resume' | 'stepSize'>,
): SubgmState {
  const { size: d } = measurements
  number(alpha, 'alpha', { positive: true })
  if (rank !== undefined) number(rank, 'rank', { integer: true, min: 1, max: d })
  let factor: Float64Array
  if (typeof initial === 'string') {
    oneOf(initial, 'initial', ['spectral', 'random'])
    const root = alpha * Math.sqrt(initialScale)
    if (initial === 'random') factor = randomFactor(d, rank ?? d, root / Math.sqrt(norm), random)
    else factor = spectralFactor(spectrumOf(measurements, y), rank ?? d, root / norm, FLOOR)
  } else {
    const U = matrix(initial, 'initial', { rows: d, columns: rank })
    if (U.shape[1] > d) refuse('initial', `of ${d} columns at most`, `${U.shape[1]}`)
    factor = checkFactor(U.data, 'initial')
  }
  return stateOf(factor, factor.length / d)
}
