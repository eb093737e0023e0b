import { type Solver, solver, type VectorLike } from '@opt/core'
import { demandDerivatives } from './check-derivatives.ts'
import { systemSolver } from './inner/inner-solver.ts'
import { NewtonSystem } from './kkt-system.ts'
import { MeritGradient, meritOf } from './merit.ts'
import {
  ADA_SKETCH_NEWTON_OPTIONS,
  type AdaSketchNewtonOptions,
  type AdaSketchNewtonState,
  settings,
} from './options.ts'
import { type ConstrainedProblem, firstPoint, Point, squares } from './problem.ts'
import type { AdaSketchNewtonReport, AdaSketchNewtonSolution } from './solution.ts'
import { firstMultipliers, generatorOf, startOf } from './start.ts'

/** Penalties beyond which a step is accepted as it is. */
const [MOST_ETA1, LEAST_ETA2] = [1e8, 1e-8]
const LEAST_ACCURACY = 1e-6
const HALVINGS = 60

/**
 * AdaSketch-Newton (Hong, Na, Mahoney and Kolar 2023): minimises f(x) subject to c(x) = 0 by inexact Newton
 * steps on the KKT conditions, made globally convergent by a line search on the exact augmented Lagrangian, whose
 * penalties adapt until an inexact step is a direction of descent.
 *
 * It finds points where |R| = 0, R = (grad_x L, c), which may be saddle points or maxima. `error` is |R|, `tolerance`
 * 1e-4 by default, `maxIterations` 10,000. A run that can go no further is 'stalled', and `reason` says why:
 * 'singular' (gradients of the constraints are nearly dependent), 'lineSearch' (no decrease along the step: rounding,
 * or a wrong derivative), 'nonFinite' (a Hessian or a constant of the system is no number).
 *
 * @param start n numbers, or the `state` of an answer, which goes on to the same bits as one long run.
 * @throws TypeError or RangeError when an argument is wrong, or a value of the problem at the start is not finite.
 */
export const adaSketchNewton: Solver<
  [problem: ConstrainedProblem, start: VectorLike | AdaSketchNewtonState, options: AdaSketchNewtonOptions],
  AdaSketchNewtonReport,
  AdaSketchNewtonSolution
> = solver(
  'adaSketchNewton',
  function* (given, start, options) {
    const { inner, accuracy, thetaAt, innerLimit, xiB, shiftThreshold, beta, nu, singularTolerance, checks } =
      settings(options)
    const { tolerance } = options as { tolerance: number }
    const first = startOf(start, options)
    let { eta1, eta2, delta, kappa, k } = first
    const { problem, point: evaluated } = firstPoint(given, first.x)
    const { n, m } = problem
    let [point, trial] = [evaluated, new Point(n, m)]
    firstMultipliers(point, first.multipliers, options.multipliers0)
    if (checks) demandDerivatives(given, point)

    const random = generatorOf(first, options.seed)
    const H = new Float64Array(n * n)
    const system = new NewtonSystem(n, m)
    const slopes = new MeritGradient(n, m)
    const newton = systemSolver(inner, n + m, random)
    const { z, r } = newton
    let innerSteps = 0

    const answer = () => ({
      ...point.summary(),
      violation: point.c.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      xiG: system.xiG,
      reason: null,
      innerSteps,
      evaluations: problem.evaluations,
      hessians: problem.hessians,
      state: {
        x: [...point.x],
        multipliers: [...point.multipliers],
        eta1,
        eta2,
        delta,
        kappa,
        k,
        random: random.state(),
      },
    })
    const stalled = (reason: 'singular' | 'lineSearch' | 'nonFinite', message: string) => ({
      ...answer(),
      status: 'stalled' as const,
      reason,
      message,
    })

    if (point.kkt <= tolerance)
      return { ...answer(), status: 'converged' as const, message: 'the start is a KKT point' }

    for (; ; k++) {
      const kkt = point.kkt
      problem.hessian(point, H)
      if (!H.every(Number.isFinite)) return stalled('nonFinite', NON_FINITE)
      system.load(point, H, xiB, shiftThreshold)
      const { K, R, shift, xiG, psi, upsilon } = system
      if (xiG < singularTolerance) return stalled('singular', singular(xiG, singularTolerance))

      // The inexact Newton direction z, and penalties that make it one of descent
      const theta = thetaAt(k, kkt)
      const deltaTrial = () => ((0.5 - beta) * eta2) / (1 + eta1 + eta2) / (upsilon * upsilon * psi) / psi
      delta = Math.max(LEAST_ACCURACY, Math.min(delta, deltaTrial()))
      slopes.load(point, H)
      newton.load(K, R)
      let directional: number
      let [penaltyUpdates, steps] = [0, 0]
      for (;;) {
        const target = accuracy === 'paper' ? (theta * delta * kkt) / (system.norm * psi) : theta * kappa * kkt
        steps += newton.run(target, innerLimit)
        directional = slopes.along(z, eta1, eta2)
        if (directional <= (-eta2 / 2) * kkt * kkt || eta1 > MOST_ETA1 || eta2 < LEAST_ETA2) break
        const nu4 = nu * nu * nu * nu
        eta1 *= nu * nu
        eta2 /= nu
        delta = Math.max(LEAST_ACCURACY, Math.min(delta / nu4, deltaTrial()))
        kappa = Math.max(LEAST_ACCURACY, kappa / nu4)
        penaltyUpdates++
      }
      innerSteps += steps
      if (!Number.isFinite(directional)) return stalled('nonFinite', NON_FINITE)

      // Armijo's line search on the merit, up to its rounding
      const previousMerit = meritOf(point, eta1, eta2)
      const slack = 1e-14 * Math.max(1, Math.abs(previousMerit))
      let alpha = 1
      let merit = NaN
      for (let halvings = 0; ; halvings++, alpha /= 2) {
        if (halvings > HALVINGS) return stalled('lineSearch', NO_DECREASE)
        for (let j = 0; j < n; j++) trial.x[j] = point.x[j] + alpha * z[j]
        for (let i = 0; i < m; i++) trial.multipliers[i] = point.multipliers[i] + alpha * z[n + i]
        problem.evaluate(trial)
        merit = meritOf(trial, eta1, eta2)
        if (merit <= previousMerit + alpha * beta * directional + slack && trial.finite) break
      }
      const innerResidual = Math.sqrt(squares(r)) / kkt
      const next = trial
      trial = point
      point = next

      const descent = directional <= (-eta2 / 2) * kkt * kkt
      const { x, multipliers, f } = point
      const iterate = { x: x.slice(), multipliers: multipliers.slice(), f, error: point.kkt }
      const step = { merit, previousMerit, directional, descent, alpha, shift, penaltyUpdates }
      if (yield { ...iterate, ...step, eta1, eta2, delta, kappa, innerSteps: steps, innerResidual }) {
        k++
        return answer()
      }
    }
  },
  { tolerance: 1e-4, maxIterations: 10_000, options: ADA_SKETCH_NEWTON_OPTIONS },
)

const NON_FINITE = 'a second derivative, or a constant of the Newton system, is not a finite number'
const NO_DECREASE =
  'no decrease of the merit along the Newton direction: the tolerance is below rounding, the inner solve too rough, or a derivative wrong (checkDerivatives tells)'
const singular = (xiG: number, bound: number) =>
  `the gradients of the constraints are nearly dependent, the least eigenvalue of G G' is ${Number(xiG.toPrecision(3))}, below singularTolerance = ${bound}`
