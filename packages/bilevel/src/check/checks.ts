import { dot, number, refuse, show } from '@opt/core'
import { hypergradient } from '../hypergradient.ts'
import { peak } from '../lower/newton-cg.ts'
import { solveLower } from '../lower/solve-lower.ts'
import { type BilevelProblem, checkedValue, type LowerLevel } from '../problem.ts'
import type { Check } from './check-problem.ts'
import { type CheckedPoint, compare, judged, sameAs } from './compare.ts'

/** Both gradients of a level. */
export function levelChecks(point: CheckedPoint, name: 'upper' | 'lower'): Check[] {
  const { problem, x, y } = point
  const level = problem[name]
  const batch = name === 'upper' ? point.upperBatch : point.lowerBatch
  const [gx, gy] = [new Float64Array(x.length), new Float64Array(y.length)]
  level.gradient(x, y, gx, gy, batch)
  const value = () => checkedValue(level.value(x, y, batch), `checkProblem: ${name}.value`)
  return [compare(point, `${name}.gradient: gx`, gx, x, value), compare(point, `${name}.gradient: gy`, gy, y, value)]
}

/** The transposed Jacobians times random multipliers, against differences of the weighted sum of the values. */
export function constraintChecks(point: CheckedPoint): Check[] {
  const { constraints } = point.problem
  if (constraints === undefined || constraints.count === 0) return []
  const { x, y, rng } = point
  if (typeof constraints?.value !== 'function' || typeof constraints.transposed !== 'function')
    refuse('checkProblem: constraints', 'an object with count, value and transposed', show(constraints), 'type')
  const count = number(constraints.count, 'checkProblem: constraints.count', { integer: true, min: 1, max: 2147483647 })
  const multipliers = Float64Array.from({ length: count }, () => rng.normal())
  const [gx, gy, values] = [x.length, y.length, count].map((n) => new Float64Array(n))
  constraints.transposed(x, y, multipliers, gx, gy)
  const weighted = () => {
    constraints.value(x, y, values)
    return dot(multipliers, values)
  }
  return [
    compare(point, 'constraints.transposed: gx', gx, x, weighted),
    compare(point, 'constraints.transposed: gy', gy, y, weighted),
  ]
}

/** Both halves of hvp along a random v, against differences of v'(gradient in y); the Hessian against products. */
export function hessianChecks(point: CheckedPoint): Check[] {
  const { problem, x, y, lowerBatch, rng } = point
  const { lower } = problem
  if (!lower.hvp) return [notChecked('lower.hvp', 'there is none')]
  const v = Float64Array.from(y, () => rng.normal())
  const [outX, outY, gx, gy] = [x, y, x, y].map(({ length }) => new Float64Array(length))
  lower.hvp(x, y, v, outX, outY, lowerBatch)
  const slope = () => {
    lower.gradient(x, y, gx, gy, lowerBatch)
    return dot(v, gy)
  }
  const checks = [compare(point, 'lower.hvp: outX', outX, x, slope), compare(point, 'lower.hvp: outY', outY, y, slope)]
  if (!lower.hessian) return checks
  const H = new Float64Array(y.length * y.length)
  lower.hessian(x, y, H, lowerBatch)
  const product = Float64Array.from(y, (_, i) => dot(H.subarray(i * y.length, (i + 1) * y.length), v))
  return [...checks, sameAs(point, 'lower.hessian', product, outY)]
}

/** u'(Hv) = v'(Hu) for random u and v. */
export function symmetryCheck(point: CheckedPoint): Check[] {
  const { problem, x, y, lowerBatch, rng } = point
  const { lower } = problem
  if (!lower.hvp) return []
  const [u, v] = [0, 1].map(() => Float64Array.from(y, () => rng.normal()))
  const [outX, Hu, Hv] = [x, y, y].map(({ length }) => new Float64Array(length))
  lower.hvp(x, y, u, outX, Hu, lowerBatch)
  lower.hvp(x, y, v, outX, Hv, lowerBatch)
  const scale = u.reduce((sum, value, i) => sum + Math.abs(value * Hv[i]), 0)
  return [
    judged(point, 'lower.hvp: symmetry', [{ index: -1, given: dot(u, Hv), expected: dot(v, Hu), rounding: 0 }], scale),
  ]
}

/** The hypergradient, against differences of F at lower solutions; not where derivatives that it is made of fail. */
export function hypergradientCheck(point: CheckedPoint, earlier: Check[]): Check {
  const { problem, x, y, upperBatch, lowerBatch } = point
  const name = 'hypergradient'
  if (!problem.lower.hvp) return notChecked(name, 'the lower level has no hvp')
  if (problem.constraints && problem.constraints.count > 0) return notChecked(name, 'the lower level has constraints')
  if (earlier.some(({ passes }) => passes === false)) return notChecked(name, 'its parts fail')
  const options = { tolerance: 1e-12, history: false }
  const solve = (from: Float64Array) =>
    solveLower(problem.lower as LowerLevel<never>, x, from, { ...options, batch: lowerBatch })
  const start = solve(y)
  // Rounding may forbid the tolerance: 'stalled'.
  if (start.status === 'max-iterations' || start.status === 'diverged') return failed(name, start.message)
  const { gradient, adjoint, residual, message } = hypergradient(problem as BilevelProblem<never>, x, start.y, {
    ...options,
    upperBatch,
    lowerBatch,
  })
  if (!(residual < 1e-6)) return failed(name, message)
  let unsolved = peak(start.gradient)
  const phi = () => {
    const solution = solve(start.y)
    unsolved = Math.max(unsolved, peak(solution.gradient))
    return checkedValue(problem.upper.value(x, solution.y, upperBatch), 'checkProblem: upper.value')
  }
  const sum = adjoint.reduce((total, value) => total + Math.abs(value), 0)
  // Phi is known to about |z'(gradient in y)| only, so its differences take a larger step.
  const coarse = { ...point, entries: Math.min(point.entries, 5), step: 100 * point.step }
  return compare(coarse, name, gradient, x, phi, () => 2 * sum * unsolved)
}

const notChecked = (name: string, note: string): Check => ({ ...failed(name, note), passes: null })

const failed = (name: string, note: string): Check => ({
  name,
  passes: false,
  error: 0,
  index: -1,
  given: 0,
  expected: 0,
  note,
})
