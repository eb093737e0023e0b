import {
  type Matrix,
  type MatrixLike,
  number,
  options as optionsOf,
  type Report,
  type Solver,
  solver,
  type VectorLike,
} from '@opt/core'
import type { Potentials } from '@opt/sinkhorn-sns'
import ndarray from 'ndarray'
import { type Cost, checkCost } from './costs/cost.ts'
import { sqEuclidean } from './costs/radial.ts'
import { type EntropicPlan, entropicPlan, type PlanProblem } from './entropic-plan.ts'
import { EPSILON_OPTIONS, type EpsilonOptions, epsilonOf } from './epsilon.ts'
import { coincide, costMatrix, entropy, type Measure, measure, potentialsOf } from './measures.ts'

/** Options of {@link sinkhornDivergence}. */
export interface SinkhornDivergenceOptions extends EpsilonOptions {
  /** The ground cost, c(y, z) = c(z, y). Default {@link sqEuclidean}. */
  cost?: Cost | undefined
  /** Masses of y and z, of sum 1; uniform by default. */
  weightsY?: VectorLike | undefined
  weightsZ?: VectorLike | undefined
  /** Potentials to start from: those of an earlier answer. */
  initial?: { cross?: Potentials; selfY?: Potentials; selfZ?: Potentials } | undefined
  /** W_epsilon(z, z) of an earlier answer with the same z, masses and epsilon: one of three problems less. */
  selfZ?: number | undefined
}

/** Answer of {@link sinkhornDivergence}. */
export interface SinkhornDivergence {
  /** W(y, z) - W(y, y) / 2 - W(z, z) / 2, at least 0 up to the tolerance, 0 for equal measures. */
  divergence: number
  /** W_epsilon(y, z), W_epsilon(y, y) and W_epsilon(z, z), with the entropy -epsilon H(P). */
  cross: number
  selfY: number
  selfZ: number
  /** The derivative in the points y, n x d. Exactly 0 where y and z are the same measure. */
  gradient: Matrix
  /** Dual potentials of the problems, for `initial`. */
  potentials: { cross: Potentials; selfY: Potentials; selfZ?: Potentials }
  epsilon: number
}

/**
 * Computes the Sinkhorn divergence of two point clouds (Genevay, Peyré and Cuturi, AISTATS 2018) with its gradient in
 * the points of the first, for any symmetric cost. `relativeEpsilon` refers to the costs between y and z.
 *
 * @param y n x d points.
 * @param z m x d points.
 * @throws TypeError or RangeError naming the argument that is wrong, and for costs that are not finite.
 */
export const sinkhornDivergence: Solver<
  [y: MatrixLike, z: MatrixLike, options: SinkhornDivergenceOptions],
  Report,
  SinkhornDivergence
> = solver(
  'sinkhornDivergence',
  function* (givenY, givenZ, options) {
    const { cost = sqEuclidean(), weightsY, weightsZ, selfZ } = options
    checkCost(cost, 'cost')
    if (selfZ !== undefined) number(selfZ, 'selfZ')
    const y = measure(givenY, weightsY, cost, 'y', 'weightsY')
    const z = measure(givenZ, weightsZ, cost, 'z', 'weightsZ', { columns: y.d })
    // Rows are z and columns y: gradients of costs are in their second argument.
    const C = costMatrix(cost, z, y, 'y and z')
    const epsilon = epsilonOf(C.data, options)
    const initial = optionsOf(options.initial, 'initial', ['cross', 'selfY', 'selfZ'])
    const atCross = potentialsOf(initial.cross, y.count, z.count, 'initial.cross')
    const atY = potentialsOf(initial.selfY, y.count, y.count, 'initial.selfY')
    const atZ = potentialsOf(initial.selfZ, z.count, z.count, 'initial.selfZ')

    const { tolerance, maxIterations } = options as { tolerance: number; maxIterations: number }
    const settings = { epsilon, tolerance, maxIterations }
    const problems: PlanProblem[] = [
      { C, a: z.masses, b: y.masses, ...settings, initial: atCross && { f: atCross.g, g: atCross.f } },
      selfProblem(cost, y, settings, atY, 'y'),
    ]
    if (selfZ === undefined) problems.push(selfProblem(cost, z, settings, atZ, 'z'))
    const [cross, ofY, ofZ] = yield* together(problems)

    const equal = coincide(y, z)
    const [Hy, Hz] = [entropy(y.masses), entropy(z.masses)]
    const values = {
      cross: cross.value - epsilon * (Hy + Hz),
      selfY: ofY.value - 2 * epsilon * Hy,
      selfZ: selfZ ?? ofZ.value - 2 * epsilon * Hz,
    }
    const gradient = new Float64Array(y.points.length)
    if (!equal) {
      addGradient(cost, z, y, cross.plan(), 1, gradient)
      addGradient(cost, y, y, ofY.plan(), -1, gradient)
    }
    const own = ({ f, g }: Potentials & { f: Float64Array; g: Float64Array }) => {
      const mean = f.map((v, i) => (v + g[i]) / 2)
      return { f: mean, g: mean.slice() }
    }
    return {
      divergence: equal ? 0 : values.cross - (values.selfY + values.selfZ) / 2,
      ...values,
      gradient: ndarray(gradient, [y.count, y.d]),
      potentials: { cross: { f: cross.g, g: cross.f }, selfY: own(ofY), ...(ofZ && { selfZ: own(ofZ) }) },
      epsilon,
    }
  },
  {
    tolerance: 1e-6,
    maxIterations: 2000,
    options: [...EPSILON_OPTIONS, 'cost', 'weightsY', 'weightsZ', 'initial', 'selfZ'],
  },
)

const selfProblem = (
  cost: Cost,
  x: Measure,
  settings: Pick<PlanProblem, 'epsilon' | 'tolerance' | 'maxIterations'>,
  initial: PlanProblem['initial'],
  label: string,
): PlanProblem => ({
  C: costMatrix(cost, x, x, label),
  a: x.masses,
  b: x.masses,
  ...settings,
  initial,
  symmetric: true,
})

/** Solves problems side by side: each iteration is one of every problem, and its error is the largest. */
function* together(problems: PlanProblem[]): Generator<Report, EntropicPlan[], boolean> {
  const runs = problems.map(entropicPlan)
  const errors = runs.map(() => Infinity)
  const latest = runs.map((run) => run.next())
  let asked = false
  while (!latest.every(({ done }) => done)) {
    latest.forEach(({ value, done }, k) => {
      if (!done) errors[k] = value.error ?? Infinity
    })
    const error = errors.reduce((most, e) => (e > most || Number.isNaN(e) ? e : most))
    if (!asked) asked = yield { error }
    for (const [k, { done }] of latest.entries()) {
      // Converged problems wait for the others.
      if (!done) latest[k] = runs[k].next(asked || errors[k] <= problems[k].tolerance)
    }
  }
  return latest.map(({ value }) => value as EntropicPlan)
}

/** Adds sign sum_i P_ij d2c(x_i, y_j): half the derivative of a self-term has its factor 1/2 cancelled by symmetry. */
function addGradient(cost: Cost, x: Measure, y: Measure, plan: Matrix, sign: number, out: Float64Array): void {
  const P = { data: plan.data, rows: x.count, columns: y.count, stride: y.count }
  cost.weightedGradient(x.points, y.points, y.d, P, sign, out)
}
