import { boolean, callback, number, oneOf, type Random, type RandomState, refuse, type VectorLike } from '@opt/core'
import { direct } from './inner/direct.ts'
import type { InnerSolver } from './inner/inner-solver.ts'

/** Options of {@link adaSketchNewton}; defaults are those of the authors' code. */
export interface AdaSketchNewtonOptions {
  /** Multipliers at the start: m numbers, or those that make |grad f + G'l| least. Default 0. */
  multipliers0?: VectorLike | 'leastSquares' | undefined
  /** Solves the Newton systems. Default `direct()`. */
  inner?: InnerSolver | undefined
  /**
   * When an inner solve is accurate enough: 'paper', |K|_F Psi |r| <= theta_k delta |R|, or 'residual',
   * |r| <= theta_k kappa |R|, which needs far fewer steps. Default 'paper'.
   */
  accuracy?: 'paper' | 'residual' | undefined
  /** kappa of 'residual', between 0 and 1. Default 0.1. */
  kappa?: number | undefined
  /** theta_k, a number or a function of k = 0, 1, ... and |R|; theta_k -> 0 makes convergence superlinear. Default 1. */
  theta?: number | ((k: number, kkt: number) => number) | undefined
  /**
   * Steps of one inner solve, after which z is used as it is. A signal or a time budget is looked at between outer
   * iterations: lower it where they must be seen soon. Default 1e5.
   */
  innerLimit?: number | undefined
  /** First penalty of |c|^2 / 2. Default 1. */
  eta1?: number | undefined
  /** First penalty of |grad_x L|^2 / 2. Default 0.1. */
  eta2?: number | undefined
  /** First accuracy delta of 'paper'. Default 0.1. */
  delta?: number | undefined
  /** xi_B: what a Hessian with too small an eigenvalue is shifted by, beside |H|_F. Default 0.1. */
  xiB?: number | undefined
  /** The Hessian is shifted where the least eigenvalue of Z'H Z is below this. Default 1e-6. */
  shiftThreshold?: number | undefined
  /** beta of the Armijo condition, below 1/2. Default 0.1. */
  beta?: number | undefined
  /** nu, above 1, by powers of which the penalties change. Default 1.5. */
  nu?: number | undefined
  /** The run ends where the least eigenvalue of G G' is below this. Default 0.01. */
  singularTolerance?: number | undefined
  /** An integer, or a generator to draw from whose state can be saved. Default 0. */
  seed?: number | Random | undefined
  /** Whether to compare the derivatives with differences at the start, and throw where they differ. Default false. */
  checkDerivatives?: boolean | undefined
}

/** The names of {@link AdaSketchNewtonOptions}. */
export const ADA_SKETCH_NEWTON_OPTIONS = [
  'multipliers0',
  'inner',
  'accuracy',
  'kappa',
  'theta',
  'innerLimit',
  'eta1',
  'eta2',
  'delta',
  'xiB',
  'shiftThreshold',
  'beta',
  'nu',
  'singularTolerance',
  'seed',
  'checkDerivatives',
] as const

/** The state of a run after an iteration, as plain JSON; a start from which a run goes on to the same bits. */
export interface AdaSketchNewtonState {
  x: number[]
  multipliers: number[]
  eta1: number
  eta2: number
  delta: number
  kappa: number
  /** Iterations so far. */
  k: number
  random: RandomState
}

/** Options with defaults filled in. */
export interface Settings {
  inner: InnerSolver
  accuracy: 'paper' | 'residual'
  thetaAt(k: number, kkt: number): number
  kappa: number
  innerLimit: number
  eta1: number
  eta2: number
  delta: number
  xiB: number
  shiftThreshold: number
  beta: number
  nu: number
  singularTolerance: number
  checks: boolean
}

/** Checks the options. */
export function settings(given: AdaSketchNewtonOptions): Settings {
  const { theta = 1, inner = direct() } = given
  if (typeof theta !== 'function') number(theta, 'theta', { nonnegative: true })
  return {
    inner: callback(inner, 'inner'),
    accuracy: oneOf(given.accuracy ?? 'paper', 'accuracy', ['paper', 'residual']),
    thetaAt:
      typeof theta === 'function'
        ? (k: number, kkt: number) => number(theta(k, kkt), `theta(${k}, ...)`, { nonnegative: true })
        : () => theta,
    kappa: below(1, given.kappa ?? 0.1, 'kappa'),
    innerLimit: number(given.innerLimit ?? 1e5, 'innerLimit', { integer: true, min: 1 }),
    eta1: number(given.eta1 ?? 1, 'eta1', { nonnegative: true }),
    eta2: number(given.eta2 ?? 0.1, 'eta2', { positive: true }),
    delta: number(given.delta ?? 0.1, 'delta', { positive: true }),
    xiB: number(given.xiB ?? 0.1, 'xiB', { positive: true }),
    shiftThreshold: number(given.shiftThreshold ?? 1e-6, 'shiftThreshold'),
    beta: below(0.5, given.beta ?? 0.1, 'beta'),
    nu: above1(given.nu ?? 1.5, 'nu'),
    singularTolerance: number(given.singularTolerance ?? 1e-2, 'singularTolerance', { nonnegative: true }),
    checks: boolean(given.checkDerivatives ?? false, 'checkDerivatives'),
  }
}

function below(bound: number, value: unknown, label: string): number {
  const checked = number(value, label, { positive: true })
  if (checked >= bound) refuse(label, `a positive number below ${bound}`, String(checked))
  return checked
}

function above1(value: unknown, label: string): number {
  const checked = number(value, label)
  if (!(checked > 1)) refuse(label, 'a number above 1', String(checked))
  return checked
}
