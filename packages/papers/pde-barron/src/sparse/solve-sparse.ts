import { number, options as optionsOf, type Random, randomFrom, refuse, type Solver, show, solver } from '@opt/core'
import {
  checkRule,
  checkState,
  type DescentReport,
  type DescentState,
  descend,
  relative,
  type StepRule,
} from '../descend.ts'
import { isNamed, type LagrangianLike, lagrangianOf } from '../lagrangian/lagrangian.ts'
import { checkSum, TrigSum, type TrigSumData } from '../sums/trig-sum.ts'
import { type Condition, conditioning } from '../theory/conditioning.ts'
import { solverConstants } from '../theory/solver-constants.ts'
import { leftOut } from './estimate.ts'
import { polynomialCoefficients, type SparseFigures, SparseSpace } from './space.ts'

/** What {@link solveSparse} solves: -div L_p + L_u = f on the unit box of any dimension. */
export interface SparseInput {
  /** `quadratic` or `quartic`. */
  lagrangian: LagrangianLike
  /** Sines on Dirichlet axes, cosines on Neumann axes. */
  f: TrigSum
  /** Pairs of terms with a smaller product of coefficients are left out of products. Default 1e-7 |f|_0. */
  threshold?: number | undefined
  /** Each step drops terms with a sum of (1 + a)|c| up to this. Default 1e-5 |f|_0. */
  budget?: number | undefined
}

/** Options of {@link solveSparse}. */
export interface SparseOptions {
  /** Default 'adaptive'. */
  step?: StepRule | undefined
  /** Known bounds on |u| and |grad u|, for 'theory'. */
  uMax?: number | undefined
  pMax?: number | undefined
  /** Random points of the estimate. Default 400. */
  samples?: number | undefined
  /** An integer, or a generator to draw the points from. Default 0. */
  seed?: number | Random | undefined
  /** The state of an earlier answer to the same problem, to go on from to the same bits. */
  initial?: SparseState | undefined
}

/** A saved descent. */
export interface SparseState extends DescentState {
  u: TrigSumData
}

/** The report of {@link solveSparse} after each step. */
export interface SparseReport extends DescentReport, SparseFigures {}

/** Answer of {@link solveSparse}. */
export interface SparseSolution {
  u: TrigSum
  /** A rigorous bound on |u - u*| in H1: (dual + dropped)/m. Pessimistic in many dimensions. */
  errorBound: number
  /** The same with an estimate of what products left out, from random points, instead of its bound. */
  errorEstimate: number
  /** The standard error of `errorEstimate`. */
  standardError: number
  /** errorEstimate / |u| in H1. */
  relativeEstimate: number
  energy: number
  /** |u|_1, the Barron norm. */
  barron: number
  m: number
  M: number
  state: SparseState
}

function stateOf(initial: SparseState): TrigSumData {
  const { u } = optionsOf(initial, 'initial')
  if (typeof u !== 'object') refuse('initial.u', 'the data of a TrigSum', show(u), 'type')
  return u
}

/**
 * Solves a nonlinear elliptic equation on the unit box in any dimension by preconditioned descent on sparse sums: for
 * right-hand sides of few frequencies. Products skip small pairs, steps drop small terms. Each axis of sines doubles the
 * work of a pair of terms, which is fine up to six; cosines of few axes cost little in ten dimensions and more.
 *
 * `error` in reports, which `tolerance` (default 1e-3) is compared with, is the bound from the residual that is kept divided
 * by |u|; the answer's bound and estimate also count what was left out.
 *
 * @throws TypeError or RangeError when the problem or an option is invalid, for a Lagrangian that is not polynomial, m = 0,
 *   or frequencies too large for so many dimensions.
 */
export const solveSparse: Solver<[problem: SparseInput, options: SparseOptions], SparseReport, SparseSolution> = solver(
  'solveSparse',
  function* (problem, options): Generator<SparseReport, SparseSolution, boolean> {
    const { f, lagrangian, ...levels } = optionsOf(problem, 'problem', ['lagrangian', 'f', 'threshold', 'budget'])
    checkSum(f, 'f')
    const size = f.norm(0)
    const { threshold = 1e-7 * size, budget = 1e-5 * size } = levels
    number(threshold, 'threshold', { nonnegative: true })
    number(budget, 'budget', { nonnegative: true })
    const { step = 'adaptive', samples = 400, seed = 0, initial } = options
    number(samples, 'samples', { integer: true, min: 2, max: 1_000_000 })
    const rng = randomFrom(seed, 'seed')
    const L = lagrangianOf(lagrangian, f.dimension)
    if (!isNamed(L)) refuse('lagrangian', "'quadratic' or 'quartic'", 'another', 'type')
    const coefficients = polynomialCoefficients(L)
    const boundary = f.parity.map((p): Condition => (p === 'sin' ? 'dirichlet' : 'neumann'))
    const bounds = conditioning(solverConstants(L, options, Float64Array.of(size)), { boundary })
    const rule = checkRule(step, bounds)
    const space = new SparseSpace(coefficients, f, threshold, budget)

    const start = initial === undefined ? TrigSum.zero(f.parity) : TrigSum.fromJSON(stateOf(initial))
    if (start.parity.join() !== f.parity.join()) refuse('initial.u', `of parity ${f.parity}`, `${start.parity}`)
    const { last, state, ...rest } = yield* descend(
      space,
      space.iterate(start),
      { rule, tolerance: (options as { tolerance: number }).tolerance, saved: initial && checkState(initial) },
      bounds,
    )

    const { m, M } = bounds
    const missing = leftOut(last, coefficients, samples, rng)
    const errorEstimate = (last.dual + missing.norm) / m
    return {
      u: last.u,
      errorBound: (last.dual + last.dropped) / m,
      errorEstimate,
      standardError: missing.standardError / m,
      relativeEstimate: relative(errorEstimate, space.norm(last)),
      energy: last.energy,
      barron: last.u.norm(1),
      m,
      M,
      state: { ...state, u: last.u.toJSON() },
      ...rest,
    }
  },
  { tolerance: 1e-3, options: ['step', 'uMax', 'pMax', 'samples', 'seed', 'initial'] },
)
