import { calling, type Matrix, type MatrixLike, matrix, number, options as optionsOf, pow } from '@opt/core'
import { openUnit } from '../checks.ts'

/** What a step rule is told. */
export interface StepState {
  /** t, from 0. */
  readonly iteration: number
  /** U_t, d x r row by row: a view, to be copied if it is kept. */
  readonly factor: Float64Array
  /** f(U_t). */
  readonly objective: number
  /** s_t: the q-quantile of the |r_k|, divided by that of |N(0, 1)|. */
  readonly scale: number
  /** The Frobenius norm of the subgradient. */
  readonly subgradientNorm: number
  /**
   * 1 / (4 lambda_1(C) sqrt(pi/2) s_0), with the spectral matrix C = (1/m) sum sign(y_k) A_k and s_0 the scale of y: a
   * quarter of the inverse of an estimate of X's largest eigenvalue. Computed when it is first read.
   */
  readonly eta: number
  /** s_0: the q-quantile of the |y_k|, divided by that of |N(0, 1)|. */
  readonly initialScale: number
}

/** Returns the step size eta_t. */
export interface StepRule {
  (state: StepState): number
  /** The q of the scale s_t that it and the answer use. Default 0.5. */
  readonly q?: number
}

/** sqrt(pi/2): times the mean |<A, X>| of normal measurements, the norm of X. */
const SQRT_HALF_PI = Math.sqrt(Math.PI / 2)

/** Options of {@link geometric}. */
export interface GeometricOptions {
  /** eta_0. Default: eta sqrt(pi/2) s_0 with the eta of {@link StepState}. */
  initial?: number | undefined
  /** rho, between 0 and 1. Default 0.985. */
  decay?: number | undefined
}

/**
 * Makes the step sizes eta_0 rho^t, the paper's for outliers and for noise.
 *
 * @throws TypeError or RangeError
 */
export function geometric(options?: GeometricOptions): StepRule {
  return calling('geometric', () => {
    const { initial, decay = 0.985 } = optionsOf(options, 'options', ['initial', 'decay'])
    if (initial !== undefined) number(initial, 'initial', { positive: true })
    openUnit(decay, 'decay')
    return ({ iteration, eta, initialScale }) => (initial ?? eta * SQRT_HALF_PI * initialScale) * pow(decay, iteration)
  })
}

/**
 * Makes the step sizes eta (pi/2) f(U_t), the paper's without noise: with outliers f does not go to 0, and the method
 * stalls.
 *
 * @param eta default: that of {@link StepState}.
 * @throws TypeError or RangeError
 */
export function lossProportional(eta?: number): StepRule {
  return calling('lossProportional', () => {
    if (eta !== undefined) number(eta, 'eta', { positive: true })
    return (state) => (eta ?? state.eta) * (Math.PI / 2) * state.objective
  })
}

/** Options of {@link quantile}. */
export interface QuantileOptions {
  /** Between 0 and 1: less than the part of the measurements that are right. Default 0.5. */
  q?: number | undefined
  /** Default: that of {@link StepState}. */
  eta?: number | undefined
}

/**
 * Makes the step sizes eta sqrt(pi/2) s_t, where s_t estimates the norm of U U' - X from a quantile of the residuals that
 * outliers do not reach: a linear rate without a decay to tune. Not in the paper.
 *
 * @throws TypeError or RangeError
 */
export function quantile(options?: QuantileOptions): StepRule {
  return calling('quantile', () => {
    const { q = 0.5, eta } = optionsOf(options, 'options', ['q', 'eta'])
    openUnit(q, 'q')
    if (eta !== undefined) number(eta, 'eta', { positive: true })
    return Object.assign((state: StepState) => (eta ?? state.eta) * SQRT_HALF_PI * state.scale, { q })
  })
}

/**
 * Makes every step size eta: the error stalls at a multiple of it.
 *
 * @throws TypeError or RangeError
 */
export function constant(eta: number): StepRule {
  calling('constant', () => number(eta, 'eta', { positive: true }))
  return () => eta
}

/** Options of {@link polyak}. */
export interface PolyakOptions {
  /** f*, the least value of the loss, which outliers make unknown. Default 0. */
  target?: number | undefined
}

/**
 * Makes Polyak's step sizes (f(U_t) - f*) / norm(D)^2; 0 where f is below f* or the subgradient is 0.
 *
 * @throws TypeError or RangeError
 */
export function polyak(options?: PolyakOptions): StepRule {
  return calling('polyak', () => {
    const { target = 0 } = optionsOf(options, 'options', ['target'])
    number(target, 'target')
    return ({ objective, subgradientNorm }) =>
      objective > target && subgradientNorm > 0 ? (objective - target) / subgradientNorm / subgradientNorm : 0
  })
}

/** Options of {@link oracle}. */
export interface OracleOptions {
  /** X*, d x d. */
  truth: MatrixLike
  /** Default: that of {@link StepState}. */
  eta?: number | undefined
}

/**
 * Makes the step sizes eta sqrt(pi/2) norm(U U' - X*), the ideal that the other rules estimate; for study, as it needs the
 * answer.
 *
 * @throws TypeError or RangeError
 */
export function oracle(options: OracleOptions): StepRule {
  return calling('oracle', () => {
    const { truth, eta } = optionsOf(options, 'options', ['truth', 'eta'])
    const X = matrix(truth, 'truth')
    if (eta !== undefined) number(eta, 'eta', { positive: true })
    return (state) => (eta ?? state.eta) * SQRT_HALF_PI * distance(state.factor, X)
  })
}

/** The Frobenius norm of U U' - X. */
function distance(U: Float64Array, { data, shape: [d] }: Matrix): number {
  const r = U.length / d
  let sum = 0
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let value = -data[i * d + j]
      for (let k = 0; k < r; k++) value += U[i * r + k] * U[j * r + k]
      sum += value * value
    }
  return Math.sqrt(sum)
}
