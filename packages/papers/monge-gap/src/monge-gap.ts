import { type Matrix, type MatrixLike, type Report, type Solver, solver, type VectorLike } from '@opt/core'
import type { Potentials } from '@opt/sinkhorn-sns'
import ndarray from 'ndarray'
import type { Cost } from './costs/cost.ts'
import { sqEuclidean } from './costs/radial.ts'
import { entropicPlan } from './entropic-plan.ts'
import { EPSILON_OPTIONS, type EpsilonOptions, epsilonOf } from './epsilon.ts'
import { costMatrix, entropy, type Measure, pairsOf, potentialsOf } from './measures.ts'

/** Options of {@link mongeGap}. */
export interface MongeGapOptions extends EpsilonOptions {
  /** The ground cost c. Default {@link sqEuclidean}. */
  cost?: Cost | undefined
  /** Masses of the points, of sum 1; uniform by default. */
  weights?: VectorLike | undefined
  /** Potentials to start from, such as those of an earlier answer. */
  initial?: Potentials | undefined
}

/** Answer of {@link mongeGap}; the weights are a. */
export interface MongeGap {
  /**
   * The entropic gap sum_j a_j c(x_j, y_j) - W_epsilon >= 0, with W_epsilon = min <P, C> - epsilon H(P). Of a perfect
   * map it is between epsilon H(a) and 2 epsilon H(a), not 0.
   */
  gap: number
  /** The gap with epsilon KL(P | a a') in place of -epsilon H(P): gap - 2 epsilon H(a), at most the exact gap. */
  gapKL: number
  /** sum_j a_j c(x_j, y_j), what the map pays. */
  displacement: number
  /** W_epsilon. */
  transport: number
  /** The derivative of the gap in y, n x d, by the envelope theorem; epsilon is held fixed. */
  gradient: Matrix
  /** Computes the plan between x and y, n x n. */
  plan(): Matrix
  /** Dual potentials: P_ij = a_i a_j exp((f_i + g_j - C_ij) / epsilon). */
  f: Float64Array
  g: Float64Array
  epsilon: number
  /** L1 error of both marginals of the plan. */
  error: number
}

/**
 * Computes the entropic Monge gap of a map T: how much more the displacements x_j -> y_j = T(x_j) cost than the best
 * transport between the same points (Uscidda and Cuturi, ICML 2023), with its gradient in y.
 *
 * @param x n x d points.
 * @param y their images, n x d.
 * @throws TypeError or RangeError naming the argument that is wrong, and for costs that are not finite.
 */
export const mongeGap: Solver<[x: MatrixLike, y: MatrixLike, options: MongeGapOptions], Report, MongeGap> = solver(
  'mongeGap',
  function* (givenX, givenY, options) {
    const { cost = sqEuclidean(), weights } = options
    const { x, y } = pairsOf(givenX, givenY, cost, weights)
    const a = x.masses
    const C = costMatrix(cost, x, y, 'x and y')
    const epsilon = epsilonOf(C.data, options)
    const initial = potentialsOf(options.initial, x.count, y.count, 'initial')

    const { tolerance, maxIterations } = options as { tolerance: number; maxIterations: number }
    const { f, g, value, plan, error } = yield* entropicPlan({ C, a, b: a, epsilon, tolerance, maxIterations, initial })

    const displacement = displacementOf(cost, x, y)
    const spread = 2 * epsilon * entropy(a)
    const gapKL = displacement - value
    return {
      gap: gapKL + spread,
      gapKL,
      displacement,
      transport: value - spread,
      gradient: gapGradient(cost, x, y, plan()),
      plan,
      f,
      g,
      epsilon,
      error,
    }
  },
  { tolerance: 1e-6, maxIterations: 2000, options: [...EPSILON_OPTIONS, 'cost', 'weights', 'initial'] },
)

/** d gap / d y_j = a_j d2c(x_j, y_j) - sum_i P_ij d2c(x_i, y_j). */
function gapGradient(cost: Cost, x: Measure, y: Measure, plan: Matrix): Matrix {
  const out = new Float64Array(y.points.length)
  cost.pairGradient(x.points, y.points, x.d, x.masses, out)
  const P = { data: plan.data, rows: x.count, columns: y.count, stride: y.count }
  cost.weightedGradient(x.points, y.points, x.d, P, -1, out)
  return ndarray(out, [y.count, y.d])
}

/** sum_j a_j c(x_j, y_j). */
function displacementOf(cost: Cost, x: Measure, y: Measure): number {
  const costs = new Float64Array(x.count)
  cost.pairs(x.points, y.points, x.d, costs)
  return costs.reduce((sum, c, j) => sum + x.masses[j] * c, 0)
}
