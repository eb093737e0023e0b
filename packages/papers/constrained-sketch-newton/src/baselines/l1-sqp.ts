import {
  number,
  type Random,
  type Report,
  randomFrom,
  type Solver,
  solver,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { gmres } from '../inner/gmres.ts'
import { type InnerSolver, systemSolver } from '../inner/inner-solver.ts'
import { NewtonSystem } from '../kkt-system.ts'
import { type ConstrainedProblem, firstPoint, Point } from '../problem.ts'
import type { NewtonKktSolution } from './newton-kkt.ts'

/** Options of {@link l1Sqp}; defaults are those of the authors' code. */
export interface L1SqpOptions {
  /** Default `gmres({ restart: 2 })`. */
  inner?: InnerSolver | undefined
  /** First penalty of |c|_1. Default 1. */
  mu?: number | undefined
  /** First accuracy of inner solves, |r|_1 <= kappa |R|_1. Default 0.1. */
  kappa?: number | undefined
  /** sigma of the test of model reduction. Default 0.09. */
  sigma?: number | undefined
  /** Default 1.5 */
  nu?: number | undefined
  /** Default 0.1 */
  xiB?: number | undefined
  /** Default 1e-6 */
  shiftThreshold?: number | undefined
  /** Default 0.01 */
  singularTolerance?: number | undefined
  /** Steps of one inner solve. Default 1e5. */
  innerLimit?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
}

const ARMIJO = 1e-8
const HALVINGS = 60
const [MOST_MU, LEAST_KAPPA] = [1e8, 1e-12]

/**
 * Inexact sequential quadratic programming with the merit f + mu |c|_1 (Byrd, Curtis and Nocedal 2008), the adaptive
 * l1-penalty baseline of the paper, on the same Newton-KKT systems as {@link adaSketchNewton}.
 *
 * An inner solve ends at |r|_2 <= kappa |R|_1 / sqrt(N), which implies |r|_1 <= kappa |R|_1. The merit has kinks: near
 * the solution it may refuse unit steps (the Maratos effect). `error` is the KKT residual, `tolerance` 1e-4 by default.
 *
 * @param start n numbers; multipliers start at 0.
 * @throws TypeError or RangeError when an argument is wrong, or a value of the problem at the start is not finite.
 */
export const l1Sqp: Solver<
  [problem: ConstrainedProblem, start: VectorLike, options: L1SqpOptions],
  Report & { error: number; f: number; alpha: number; mu: number; kappa: number; innerSteps: number },
  NewtonKktSolution & { innerSteps: number }
> = solver(
  'l1Sqp',
  function* (given, start, options) {
    let mu = number(options.mu ?? 1, 'mu', { positive: true })
    let kappa = number(options.kappa ?? 0.1, 'kappa', { positive: true, max: 1 })
    const sigma = number(options.sigma ?? 0.09, 'sigma', { positive: true, max: 1 })
    const nu = number(options.nu ?? 1.5, 'nu', { min: 1 + 1e-6 })
    const xiB = number(options.xiB ?? 0.1, 'xiB', { positive: true })
    const shiftThreshold = number(options.shiftThreshold ?? 1e-6, 'shiftThreshold')
    const singularTolerance = number(options.singularTolerance ?? 1e-2, 'singularTolerance', { nonnegative: true })
    const innerLimit = number(options.innerLimit ?? 1e5, 'innerLimit', { integer: true, min: 1 })
    const { problem, point: evaluated } = firstPoint(given, vectorCopy(start, 'start'))
    const { n, m } = problem
    let [point, trial] = [evaluated, new Point(n, m)]
    const N = n + m
    const H = new Float64Array(n * n)
    const system = new NewtonSystem(n, m)
    const newton = systemSolver(options.inner ?? gmres(), N, randomFrom(options.seed ?? 0, 'seed'))
    const { z } = newton
    let innerSteps = 0
    const answer = () => ({ ...point.summary(), innerSteps })
    const stalled = (message: string) => ({ ...answer(), status: 'stalled' as const, message })
    const { tolerance } = options as { tolerance: number }
    if (point.kkt <= tolerance)
      return { ...answer(), status: 'converged' as const, message: 'the start is a KKT point' }

    for (;;) {
      problem.hessian(point, H)
      if (!H.every(Number.isFinite)) return stalled('a second derivative is not a finite number')
      system.load(point, H, xiB, shiftThreshold)
      if (system.xiG < singularTolerance) return stalled('the gradients of the constraints are nearly dependent')
      newton.load(system.K, system.R)
      let steps = 0
      let slope: number
      for (;;) {
        steps += newton.run((kappa * sumAbs(system.R)) / Math.sqrt(N), innerLimit)
        const reduction = modelReduction(point, system.K, z, N)
        const gain = reduction.violation - reduction.after
        slope = reduction.gradient - mu * gain
        const model = -reduction.gradient - Math.max(reduction.curvature / 2, 0) + mu * gain
        if (!(model < sigma * mu * Math.max(reduction.violation, reduction.after - reduction.violation))) break
        if (mu > MOST_MU || kappa < LEAST_KAPPA) break
        mu *= nu
        kappa /= nu * nu
      }
      innerSteps += steps
      const merit = point.f + mu * sumAbs(point.c)
      const slack = 1e-14 * Math.max(1, Math.abs(merit))
      let alpha = 1
      for (let halvings = 0; ; halvings++, alpha /= 2) {
        if (halvings > HALVINGS) return stalled('no decrease of f + mu |c|_1 along the step')
        for (let j = 0; j < n; j++) trial.x[j] = point.x[j] + alpha * z[j]
        for (let i = 0; i < m; i++) trial.multipliers[i] = point.multipliers[i] + alpha * z[n + i]
        problem.evaluate(trial)
        if (trial.f + mu * sumAbs(trial.c) <= merit + ARMIJO * alpha * slope + slack && trial.finite) break
      }
      const next = trial
      trial = point
      point = next
      if (yield { error: point.kkt, f: point.f, alpha, mu, kappa, innerSteps: steps }) return answer()
    }
  },
  {
    tolerance: 1e-4,
    maxIterations: 10_000,
    options: [
      'inner',
      'mu',
      'kappa',
      'sigma',
      'nu',
      'xiB',
      'shiftThreshold',
      'singularTolerance',
      'innerLimit',
      'seed',
    ],
  },
)

function sumAbs(v: Float64Array): number {
  let sum = 0
  for (let i = 0; i < v.length; i++) sum += Math.abs(v[i])
  return sum
}

/** g'dx, dx'B dx, |c|_1 and |G dx + c|_1. */
function modelReduction({ g, c, G }: Point, K: Float64Array, z: Float64Array, N: number) {
  const n = g.length
  let [gradient, curvature, after] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    gradient += g[i] * z[i]
    for (let j = 0; j < n; j++) curvature += K[i * N + j] * z[i] * z[j]
  }
  for (let i = 0; i < c.length; i++) {
    let value = c[i]
    for (let j = 0; j < n; j++) value += G[i * n + j] * z[j]
    after += Math.abs(value)
  }
  return { gradient, curvature, violation: sumAbs(c), after }
}
