import { number, options as optionsOf } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { gram } from './inner/pseudo-inverse.ts'
import { flatRows, type Rows } from './rows.ts'
import { type ArmijoOptions, checkArmijo } from './rules/armijo-eta.ts'

/**
 * Returns beta = lambda_max(X'X) / (n eta), the smoothness of the surrogate of a linear model f = X theta: every step of
 * `gradientSteps({ stepSize: 1 / beta })` lowers it.
 *
 * @param inputs X, n examples x features: a matrix, or flat with `features` numbers a row.
 * @param options `eta` is the step size in target space.
 * @throws TypeError or RangeError for inputs that are not finite, or whose squares are not, and eta that is not positive.
 */
export function linearSmoothness(inputs: Rows, options: { eta: number; features: number }): number {
  const { eta, features } = optionsOf(options, 'linearSmoothness: options', ['eta', 'features'])
  number(eta, 'linearSmoothness: eta', { positive: true })
  number(features, 'linearSmoothness: features', { integer: true, min: 1 })
  const data = flatRows(inputs, 'linearSmoothness: inputs', { columns: features })
  const rows = data.length / features
  const A = gram({ data, rows, columns: features, stride: features }, 'linearSmoothness: inputs')
  const { values } = symmetricEigen(ndarray(A, [features, features]), { vectors: false })
  return number(Math.max(0, values[features - 1]) / rows / eta, 'linearSmoothness: beta')
}

/** Options of {@link smallestArmijoStep}. */
export interface SmallestStepOptions extends ArmijoOptions {
  /** The smoothness of what is searched along its negative gradient, > 0. */
  smoothness: number
  /** The first trial, > 0. */
  initial: number
}

/**
 * Returns min(initial, shrink 2 (1 - c) / smoothness), below which Armijo's search accepts no step: `armijoSteps` on a
 * surrogate of smoothness beta from its `initial`, `armijoEta` on a loss of smoothness L from its `eta`.
 *
 * @throws TypeError or RangeError for numbers out of range.
 */
export function smallestArmijoStep(options: SmallestStepOptions): number {
  const { smoothness, initial, ...search } = optionsOf(options, 'smallestArmijoStep: options', [
    'smoothness',
    'initial',
    'c',
    'shrink',
    'expand',
  ])
  const { c, shrink } = checkArmijo(search, 'smallestArmijoStep')
  number(smoothness, 'smallestArmijoStep: smoothness', { positive: true })
  number(initial, 'smallestArmijoStep: initial', { positive: true })
  return Math.min(initial, (shrink * 2 * (1 - c)) / smoothness)
}

/** Options of {@link stationarityBound}. */
export interface StationarityOptions {
  /** h(theta_0) - h*, the loss at the start less a lower bound of it. */
  gap: number
  /** beta, the smoothness of the surrogates, > 0. */
  smoothness: number
  /** T, the number of expensive gradients. */
  iterations: number
  /** For `armijoSteps` with these options; default: `gradientSteps` with step size 1/beta. */
  armijo?: (ArmijoOptions & { initial?: number | undefined }) | undefined
}

/**
 * Returns the bound of min_{t < T} |grad h(theta_t)|^2 for full batches, eta <= 1/L and any number of inner steps:
 * 2 beta gap / T with inner steps of 1/beta, gap / (c s T) with Armijo's, s their smallest step.
 *
 * @throws TypeError or RangeError for numbers out of range.
 */
export function stationarityBound(options: StationarityOptions): number {
  const { gap, smoothness, iterations, armijo } = optionsOf(options, 'stationarityBound: options', [
    'gap',
    'smoothness',
    'iterations',
    'armijo',
  ])
  number(gap, 'stationarityBound: gap', { nonnegative: true })
  number(smoothness, 'stationarityBound: smoothness', { positive: true })
  number(iterations, 'stationarityBound: iterations', { integer: true, min: 1 })
  const name = 'stationarityBound: bound'
  if (armijo === undefined) return number((2 * smoothness * gap) / iterations, name)
  const { initial = 10, ...search } = optionsOf(armijo, 'stationarityBound: armijo')
  number(initial, 'stationarityBound: armijo.initial', { positive: true })
  const { c, shrink } = checkArmijo(search, 'stationarityBound')
  return number(gap / (c * smallestArmijoStep({ smoothness, initial, c, shrink }) * iterations), name)
}

/** Options of {@link projectionBound}. */
export interface ProjectionOptions {
  /** L, the smoothness of the loss in target space, > 0. */
  smoothness: number
  /** mean_i |z_0i - (X v)_i|^2, the squared distance of the first outputs from those of a comparator v. */
  distance: number
  /** T, the number of expensive gradients. */
  iterations: number
}

/**
 * Returns L distance / (2 T), the bound of h(theta_T) - h(v) for a linear model, a convex loss, full batches, eta = 1/L
 * and `exactSolve`: then a step is projected gradient descent in target space, and no conditioning of X enters.
 *
 * @throws TypeError or RangeError for numbers out of range.
 */
export function projectionBound(options: ProjectionOptions): number {
  const { smoothness, distance, iterations } = optionsOf(options, 'projectionBound: options', [
    'smoothness',
    'distance',
    'iterations',
  ])
  number(smoothness, 'projectionBound: smoothness', { positive: true })
  number(distance, 'projectionBound: distance', { nonnegative: true })
  number(iterations, 'projectionBound: iterations', { integer: true, min: 1 })
  return number((smoothness * distance) / (2 * iterations), 'projectionBound: bound')
}
