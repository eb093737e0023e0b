import { number, type Report, type Solver, solver, type VectorLike, vectorCopy } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { factorise, substitute } from '../linear/lu.ts'
import { type ConstrainedProblem, firstPoint, Point, squares } from '../problem.ts'
import type { NewtonKktSolution } from './newton-kkt.ts'

/** Options of {@link augmentedLagrangian}; defaults are those of the authors' code. */
export interface AugmentedLagrangianOptions {
  /** First penalty of |c|^2 / 2. Default 1. */
  mu?: number | undefined
  /** Factor of the penalty after each inner minimisation. Default 1.5. */
  growth?: number | undefined
  /** First tolerance of the inner minimisation, a tenth after each. Default 0.1. */
  innerTolerance?: number | undefined
  /** Newton steps of one inner minimisation. Default 100. */
  innerLimit?: number | undefined
}

const ARMIJO = 0.1
const HALVINGS = 60

/**
 * The method of multipliers, a baseline of the paper: Newton's method on L + mu/2 |c|^2, whose Hessian is shifted to have
 * eigenvalues of at least 1 where it is not positive definite, then l += mu c and mu *= 1.5.
 *
 * An iteration is an inner minimisation; `steps` are its Newton steps. `error` is the KKT residual, `tolerance` 1e-4 by
 * default.
 *
 * @param start n numbers; multipliers start at 0.
 * @throws TypeError or RangeError when an argument is wrong, or a value of the problem at the start is not finite.
 */
export const augmentedLagrangian: Solver<
  [problem: ConstrainedProblem, start: VectorLike, options: AugmentedLagrangianOptions],
  Report & { error: number; f: number; mu: number; steps: number },
  NewtonKktSolution & { steps: number }
> = solver(
  'augmentedLagrangian',
  function* (given, start, options) {
    let mu = number(options.mu ?? 1, 'mu', { positive: true })
    const growth = number(options.growth ?? 1.5, 'growth', { min: 1 })
    let innerTolerance = number(options.innerTolerance ?? 0.1, 'innerTolerance', { positive: true })
    const innerLimit = number(options.innerLimit ?? 100, 'innerLimit', { integer: true, min: 1 })
    const { problem, point: evaluated } = firstPoint(given, vectorCopy(start, 'start'))
    const { n, m } = problem
    let [point, trial] = [evaluated, new Point(n, m)]
    const multipliers = new Float64Array(m)
    const H = new Float64Array(n * n)
    const [order, step] = [new Int32Array(n), new Float64Array(n)]
    let total = 0
    const answer = () => ({ ...point.summary(), steps: total })
    const stalled = (message: string) => ({ ...answer(), status: 'stalled' as const, message })
    const { tolerance } = options as { tolerance: number }
    if (point.kkt <= tolerance)
      return { ...answer(), status: 'converged' as const, message: 'the start is a KKT point' }

    /** Sets l + mu c as the multipliers of a point: gL is then the gradient of the augmented Lagrangian. */
    const combine = (at: Point) => {
      for (let i = 0; i < m; i++) at.multipliers[i] = multipliers[i] + mu * at.c[i]
      at.combine()
    }
    const augmented = ({ f, c }: Point) => {
      let value = f + (mu / 2) * squares(c)
      for (let i = 0; i < m; i++) value += multipliers[i] * c[i]
      return value
    }

    for (;;) {
      let steps = 0
      combine(point)
      while (Math.sqrt(squares(point.gL)) > innerTolerance && steps < innerLimit) {
        problem.hessian(point, H)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            for (let k = 0; k < n; k++) H[j * n + k] += mu * point.G[i * n + j] * point.G[i * n + k]
        if (!H.every(Number.isFinite)) return stalled('a second derivative is not a finite number')
        const least = symmetricEigen(ndarray(H, [n, n]), { vectors: false }).values[0]
        if (least <= 1e-8) for (let j = 0; j < n; j++) H[j * n + j] += 1 - least
        if (!factorise(H, n, order)) return stalled('the Newton system is singular')
        substitute(H, n, order, point.gL, step)
        let slope = 0
        for (let j = 0; j < n; j++) slope -= point.gL[j] * step[j]
        const value = augmented(point)
        const slack = 1e-14 * Math.max(1, Math.abs(value))
        let alpha = 1
        for (let halvings = 0; ; halvings++, alpha /= 2) {
          if (halvings > HALVINGS) return stalled('no decrease of the augmented Lagrangian along the step')
          for (let j = 0; j < n; j++) trial.x[j] = point.x[j] - alpha * step[j]
          problem.evaluate(trial)
          if (augmented(trial) <= value + ARMIJO * alpha * slope + slack && trial.finite) break
        }
        combine(trial)
        const next = trial
        trial = point
        point = next
        steps++
      }
      total += steps
      multipliers.set(point.multipliers)
      const used = mu
      mu *= growth
      innerTolerance *= 0.1
      if (yield { error: point.kkt, f: point.f, mu: used, steps }) return answer()
    }
  },
  { tolerance: 1e-4, maxIterations: 100, options: ['mu', 'growth', 'innerTolerance', 'innerLimit'] },
)
