import { type Report, random, type Solver, solver, type VectorLike, vectorCopy } from '@opt/core'
import { direct } from '../inner/direct.ts'
import { NewtonSystem } from '../kkt-system.ts'
import { type ConstrainedProblem, firstPoint, Point } from '../problem.ts'

/** Answer of {@link newtonKkt}. */
export interface NewtonKktSolution {
  x: Float64Array
  multipliers: Float64Array
  f: number
  /** |(grad f + G'multipliers, c)| */
  kkt: number
}

/**
 * Newton's method on the KKT conditions with unit steps: no shift of the Hessian, no line search, hence no global
 * convergence. A baseline for {@link adaSketchNewton}. `error` is the KKT residual, `tolerance` 1e-4 by default.
 *
 * @param start n numbers; multipliers start at 0.
 * @returns status 'stalled' where the system is singular or the next point not finite.
 * @throws TypeError or RangeError when an argument is wrong, or a value of the problem at the start is not finite.
 */
export const newtonKkt: Solver<
  [problem: ConstrainedProblem, start: VectorLike, options: object],
  Report & { error: number; f: number },
  NewtonKktSolution
> = solver(
  'newtonKkt',
  function* (given, start, options) {
    const { problem, point: evaluated } = firstPoint(given, vectorCopy(start, 'start'))
    const { n, m } = problem
    let [point, next] = [evaluated, new Point(n, m)]
    const H = new Float64Array(n * n)
    const system = new NewtonSystem(n, m)
    const newton = direct()(n + m, random(0))
    const answer = () => point.summary()
    const { tolerance } = options as { tolerance: number }
    if (point.kkt <= tolerance)
      return { ...answer(), status: 'converged' as const, message: 'the start is a KKT point' }
    for (;;) {
      problem.hessian(point, H)
      system.assemble(point, H, 0)
      newton.load(system.K, system.R)
      newton.run(0, 1)
      for (let j = 0; j < n; j++) next.x[j] = point.x[j] + newton.z[j]
      for (let i = 0; i < m; i++) next.multipliers[i] = point.multipliers[i] + newton.z[n + i]
      if (next.x.every(Number.isFinite)) problem.evaluate(next)
      if (!(next.x.every(Number.isFinite) && next.finite && next.multipliers.every(Number.isFinite)))
        return {
          ...answer(),
          status: 'stalled' as const,
          message: 'the Newton system is singular, or the next point not finite',
        }
      const old = point
      point = next
      next = old
      if (yield { error: point.kkt, f: point.f }) return answer()
    }
  },
  { tolerance: 1e-4, maxIterations: 300, options: [] },
)
