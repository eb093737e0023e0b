import { type Matrix, type MatrixLike, options as optionsOf, refuse, type Solver, solver, vectorCopy } from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import {
  checkRule,
  checkState,
  type DescentReport,
  type DescentState,
  descend,
  relative,
  type StepRule,
} from '../descend.ts'
import { type LagrangianLike, lagrangianOf } from '../lagrangian/lagrangian.ts'
import type { TrigSum } from '../sums/trig-sum.ts'
import { type Condition, checkBoundary, conditioning } from '../theory/conditioning.ts'
import { solverConstants } from '../theory/solver-constants.ts'
import { valuesAt } from './answer.ts'
import { checkGrid, denseSum, midpoints } from './basis.ts'
import { certificateModes, dualOnFineGrid, gridFor } from './certificate.ts'
import type { Flux } from './flux.ts'
import { type Forcing, forcing, type Lift } from './sample.ts'
import { type GridFigures, GridSpace } from './space.ts'

/** What {@link solveGrid} solves: -div L_p + L_u = f on the unit box. */
export interface GridInput {
  /** A name, one of `lagrangian`, or one's own, which is checked as by `customLagrangian`. */
  lagrangian: LagrangianLike
  /** A function of a point, a sum, or its values at the midpoints of the grid, first axis slowest. */
  f: Forcing
  /** For each axis what holds on its two faces. */
  boundary: readonly Condition[]
  /** Modes an axis. Default 64, 32, 12, 6 for d = 1, 2, 3, 4. */
  modes?: number | undefined
  /** Midpoints an axis, more than modes. Default 2 modes + 2, which is exact for cubic terms. */
  grid?: number | undefined
  /** Boundary data that are not 0: u is the lift plus a function with zero data. */
  lift?: Lift | undefined
  /** L_p . n on Neumann faces. Default 0. */
  flux?: Flux | undefined
}

/** Options of {@link solveGrid}. */
export interface GridOptions {
  /** Default 'adaptive'. */
  step?: StepRule | undefined
  /** Known bounds on |u| and |grad u|, for the constants of the Lagrangian. Default: none for m, the maximum principle for M. */
  uMax?: number | undefined
  pMax?: number | undefined
  /** Modes of the grid on which the final residual is measured; `modes` measures it in the modes only. Default 2 modes. */
  certificateModes?: number | undefined
  /** The state of an earlier answer to the same problem, to go on from to the same bits. */
  initial?: GridState | undefined
}

/** The report of {@link solveGrid} after each step. */
export interface GridReport extends DescentReport, GridFigures {}

/** A saved descent. */
export interface GridState extends DescentState {
  /** modes^d coefficients, first axis slowest. */
  coefficients: number[]
}

/** Answer of {@link solveGrid}. */
export interface GridSolution {
  /** The solution, without the lift. */
  u: TrigSum
  /**
   * A bound on |u - u*| in H1, from the residual on a finer grid: dual / m. Its part from quadrature is an estimate; with
   * `certificateModes` equal to `modes` it is `discreteBound`.
   */
  errorBound: number
  /** The same within the modes of the grid, which the descent makes small. */
  discreteBound: number
  /** errorBound / |u| in H1, without the lift. */
  relativeBound: number
  energy: number
  /** |u|_1, the Barron norm without the lift. */
  barron: number
  /** Convexity and smoothness in the P norm; M is infinite where it is unknown. */
  m: number
  M: number
  /** The picture: u with the lift at the midpoints `axis` of each axis, an ndarray of d dimensions. */
  picture: { axis: Float64Array; values: NdArray<Float64Array> }
  state: GridState
  /** Returns u with the lift at n points, the rows of an n x d matrix. */
  value(points: MatrixLike): Float64Array
  /** Returns the gradient of u with the lift at n points, n x d. */
  gradient(points: MatrixLike): Matrix
}

const MODES = [64, 32, 12, 6]

/**
 * Solves a nonlinear elliptic equation on the unit box in d = 1..4 dimensions, in sines (Dirichlet) and cosines (Neumann),
 * by preconditioned descent, and bounds the error. `error` in reports, which `tolerance` (default 1e-9) is compared with, is
 * the bound within the space divided by |u|; `errorBound` in the answer also counts modes the space does not have.
 *
 * The bound holds where m does, for all values between u and u*. It counts all modes, and the quadrature error by an
 * estimate: from the change between two grids, on the assumption that the error falls at least like the root of the
 * number of points an axis. It is therefore rigorous only up to that estimate, which may be too small for an f that jumps.
 *
 * @throws TypeError or RangeError when the problem or an option is invalid; where a condition cannot work, the message says
 *   which: grid <= modes, m = 0, 'theory' without a finite M.
 */
export const solveGrid: Solver<[problem: GridInput, options: GridOptions], GridReport, GridSolution> = solver(
  'solveGrid',
  function* (problem, options): Generator<GridReport, GridSolution, boolean> {
    const given = optionsOf(problem, 'problem', ['lagrangian', 'f', 'boundary', 'modes', 'grid', 'lift', 'flux'])
    const boundary = checkBoundary(given.boundary)
    const d = boundary.length
    if (d > 4) refuse('boundary', 'of at most 4 axes (solveSparse has no such limit)', `${d} axes`)
    const { modes = MODES[d - 1], lift, flux } = given
    const { grid = gridFor(modes) } = given
    checkGrid(modes, grid, d)
    const L = lagrangianOf(given.lagrangian, d)
    const f = forcing(given.f, boundary, modes, grid)
    const whole = { lagrangian: L, boundary, f, lift, flux }
    const space = new GridSpace(whole, modes, grid)
    const { step = 'adaptive', initial } = options
    const zeroData = lift === undefined && flux === undefined
    const known = solverConstants(L, options, zeroData ? space.f : undefined)
    const bounds = conditioning(known, { boundary })
    const rule = checkRule(step, bounds)
    const fine = certificateModes(options.certificateModes, modes, d)

    const coefficients =
      initial === undefined
        ? new Float64Array(space.basis.size)
        : vectorCopy(optionsOf(initial, 'initial').coefficients, 'initial.coefficients', { length: space.basis.size })
    const saved = initial && checkState(initial)
    const { last, state, ...rest } = yield* descend(
      space,
      space.iterate(coefficients),
      { rule, tolerance: (options as { tolerance: number }).tolerance, saved },
      bounds,
    )

    const fineDual = fine === modes ? last.dual : dualOnFineGrid(fine, whole, space, last)
    // What overflows is unknown: no bound.
    const errorBound = Number.isNaN(fineDual) ? Infinity : Math.max(fineDual, last.dual) / bounds.m
    const u = denseSum(space.basis, boundary, last.u)
    space.show(last.u)
    const { energy, barron } = space.figures(last)
    return {
      u,
      errorBound,
      discreteBound: last.dual / bounds.m,
      relativeBound: relative(errorBound, space.norm(last)),
      energy,
      barron,
      m: bounds.m,
      M: bounds.M,
      picture: {
        axis: midpoints(grid),
        values: ndarray(
          space.basis.at.u.slice(),
          boundary.map(() => grid),
        ),
      },
      state: { ...state, coefficients: [...last.u] },
      ...valuesAt('solveGrid', u, lift),
      ...rest,
    }
  },
  { tolerance: 1e-9, options: ['step', 'uMax', 'pMax', 'certificateModes', 'initial'] },
)
