import { allocate, log, type Matrix, type Report, refuse } from '@opt/core'
import { GibbsPlan, gibbsViews, transportKernels } from '@opt/core/transport'
import { type Potentials, sinkhornNewton } from '@opt/sinkhorn-sns'
import ndarray from 'ndarray'

/** A transport problem: the cost, n x m, masses of sum 1, and when to stop. */
export interface PlanProblem {
  C: Matrix
  a: Float64Array
  b: Float64Array
  epsilon: number
  tolerance: number
  maxIterations: number
  initial?: { f: Float64Array; g: Float64Array } | undefined
  /** Whether C is symmetric and a = b. */
  symmetric?: boolean
}

/** A solved problem: the plan a_i b_j exp((f_i + g_j - C_ij) / epsilon), its KL value, and the L1 error of its marginals. */
export interface EntropicPlan {
  f: Float64Array
  g: Float64Array
  value: number
  error: number
  plan(): Matrix
}

export type PlanSteps = Generator<Report, EntropicPlan, boolean>

/** Over how many iterations Sinkhorn's rate of convergence is measured, and the total that costs more than Newton's. */
const MEASURED = 50
const LONG = 500

/** Solves by scalings at the given epsilon; sparse Newton steps take over where these would take long. */
export function* entropicPlan(problem: PlanProblem): PlanSteps {
  const { C, a, b, tolerance, maxIterations, initial } = problem
  const [n, m] = C.shape as [number, number]
  if (!suitsScaling(problem)) return yield* newton(problem, initial, maxIterations)
  const { kernels, ...views } = allocate([transportKernels], (space) => gibbsViews(n, m, space))
  for (let i = 0; i < n; i++) views.C.data.set(C.data.subarray(i * m, (i + 1) * m), i * views.C.stride)
  const plan = new GibbsPlan(views, kernels, a, b)
  start(plan, problem)

  let error = plan.error()
  const errors: number[] = []
  for (let k = 1; ; k++) {
    // A start may be the answer.
    if (k > 1 || error > tolerance) {
      error = problem.symmetric ? plan.symmetric() : plan.sinkhorn()
      if (plan.strained || Number.isNaN(error)) break
      if (error <= tolerance) {
        plan.absorb()
        error = plan.error()
      }
    }
    errors.push(error)
    if ((yield { error }) || k >= maxIterations) return solution(plan)
    if (k % MEASURED === 0 && k + remaining(errors, tolerance) > LONG) break
  }
  if (!plan.strained) plan.absorb()
  return yield* newton(problem, plan.potentials(), maxIterations - errors.length)
}

function start(plan: GibbsPlan, { initial, epsilon, symmetric }: PlanProblem): void {
  const { F, G } = plan.views
  plan.setPotentials(initial ?? { f: new Float64Array(plan.rows), g: new Float64Array(plan.columns) }, epsilon)
  if (!initial) {
    plan.softRows()
    if (symmetric) G.set(F)
    else plan.softColumns()
  }
  plan.evaluate()
}

/** Iterations that the error will take to reach the tolerance at its present rate. */
function remaining(errors: number[], tolerance: number): number {
  const error = errors[errors.length - 1]
  const rate = log(error / errors[errors.length - MEASURED]) / (MEASURED - 1)
  return rate < 0 ? log(tolerance / error) / rate : Infinity
}

/** Whether all masses are positive and all exponents moderate. */
function suitsScaling({ C, a, b, epsilon, initial }: PlanProblem): boolean {
  const most = [C.data, initial?.f, initial?.g].reduce(
    (high, numbers) => Math.max(high, numbers ? largest(numbers) : 0),
    0,
  )
  return most < 1e4 * epsilon && epsilon > 1e-100 && a.every(isSolid) && b.every(isSolid)
}

function largest(numbers: Float64Array): number {
  let most = 0
  for (let k = 0; k < numbers.length; k++) most = Math.max(most, Math.abs(numbers[k]))
  return most
}

const isSolid = (mass: number): boolean => mass > 1e-12

function solution(plan: GibbsPlan): EntropicPlan {
  plan.absorb()
  const { P, a, b, c } = plan.views
  const { rows: n, columns: m, epsilon } = plan
  const { f, g } = plan.potentials()
  const [ofRows, ofColumns] = [inner(a, f), inner(b, g)]
  const tilt = (ofColumns - ofRows) / 2
  const total = c.reduce((sum, v) => sum + v, 0)
  return {
    f: f.map((v) => v + tilt),
    g: g.map((v) => v - tilt),
    value: ofRows + ofColumns - epsilon * (total - 1),
    error: plan.error(),
    plan() {
      const out = new Float64Array(n * m)
      for (let i = 0; i < n; i++) out.set(P.data.subarray(i * P.stride, i * P.stride + m), i * m)
      return ndarray(out, [n, m])
    },
  }
}

function inner(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}

/** Sparse Newton iterations, of another package with a driver of its own. */
function* newton(problem: PlanProblem, initial: Potentials | undefined, maxIterations: number): PlanSteps {
  const { C, a, b, epsilon, tolerance } = problem
  const most = largest(C.data)
  if (!(most < 1e300 * epsilon)) refuse('epsilon', `of a size with the costs, up to ${most}`, String(epsilon))
  let asked = false
  const stopWhen = () => asked
  const run = sinkhornNewton.steps(C, a, b, {
    epsilon,
    initial,
    tolerance,
    maxIterations: Math.max(1, maxIterations),
    stopWhen,
  })
  let next = run.next()
  for (; !next.done; next = run.next()) if (!asked) asked = yield { error: next.value.error }
  return next.value
}
