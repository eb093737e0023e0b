import { calling, number, options as optionsOf, refuse, type VectorLike } from '@opt/core'
import { type ConstrainedProblem, Point, Problem, pointAt } from './problem.ts'

/** Options of {@link checkDerivatives}. */
export interface CheckDerivativesOptions {
  /** m numbers, at which the Hessian of the Lagrangian is checked. Default 1, 1/2, 1/3, ... */
  multipliers?: VectorLike | undefined
  /** Largest difference that passes, relative to the largest entry of the derivative or 1. Default 1e-5. */
  tolerance?: number | undefined
  /** Step of the central differences, times max(1, |x_j|). Default 1e-5. */
  step?: number | undefined
}

/** One derivative, compared with central differences. */
export interface DerivativeCheck {
  name: 'gradient' | 'jacobian' | 'hessianLagrangian'
  passes: boolean
  /** The largest difference, relative to the largest entry of the derivative or 1. */
  error: number
  /** The entry with the largest difference, for instance 'jacobian[1][0]'. */
  entry: string
  /** What the function gives there. */
  given: number
  /** What differences give there. */
  expected: number
}

/** Answer of {@link checkDerivatives}. */
export interface DerivativesCheck {
  passes: boolean
  checks: DerivativeCheck[]
  /** One line for each derivative. */
  summary: string
}

/**
 * Compares the gradient with differences of f, the Jacobian with those of the constraints, and the Hessian, if there is
 * one, with those of the gradient of the Lagrangian.
 *
 * @param x where; not changed. Where a function has a kink within the step, a right derivative may fail.
 * @throws TypeError or RangeError when an argument is wrong, or a value of the problem at x is not finite.
 */
export function checkDerivatives(
  given: ConstrainedProblem,
  x: VectorLike,
  options?: CheckDerivativesOptions,
): DerivativesCheck {
  return calling('checkDerivatives', () => {
    const {
      multipliers,
      tolerance = 1e-5,
      step = 1e-5,
    } = optionsOf(options, 'options', ['multipliers', 'tolerance', 'step'])
    number(tolerance, 'tolerance', { positive: true })
    number(step, 'step', { positive: true })
    const { point } = pointAt(given, x, multipliers)
    if (multipliers === undefined) point.multipliers.forEach((_, i, all) => (all[i] = 1 / (i + 1)))
    return compare(given, point, tolerance, step)
  })
}

/** @throws RangeError that names the first derivative that differs from differences. */
export function demandDerivatives(given: ConstrainedProblem, { x }: Point): void {
  const point = pointAt(given, x, undefined).point
  point.multipliers.forEach((_, i, all) => (all[i] = 1 / (i + 1)))
  const wrong = compare(given, point, 1e-5, 1e-5).checks.find(({ passes }) => !passes)
  if (wrong)
    refuse(`problem.${wrong.entry}`, `near ${short(wrong.expected)}, as differences give it`, String(wrong.given))
}

function compare(given: ConstrainedProblem, point: Point, tolerance: number, step: number): DerivativesCheck {
  const problem = new Problem(given, point.x)
  const { n, m } = problem
  point.combine()
  const gradient = new Comparison('gradient', point.g, (_, j) => `gradient[${j}]`)
  const jacobian = new Comparison('jacobian', point.G, (i, j) => `jacobian[${i}][${j}]`)
  const H = new Float64Array(n * n)
  problem.hessian(point, H)
  const hessian = new Comparison('hessianLagrangian', H, (i, j) => `hessianLagrangian[${i}][${j}]`)
  const [ahead, behind] = [new Point(n, m), new Point(n, m)]
  for (let j = 0; j < n; j++) {
    const h = step * Math.max(1, Math.abs(point.x[j]))
    for (const [at, sign] of [
      [ahead, 1],
      [behind, -1],
    ] as const) {
      at.x.set(point.x)
      at.multipliers.set(point.multipliers)
      at.x[j] += sign * h
      problem.evaluate(at)
    }
    const width = ahead.x[j] - behind.x[j]
    gradient.look(0, j, j, (ahead.f - behind.f) / width)
    for (let i = 0; i < m; i++) jacobian.look(i, j, i * n + j, (ahead.c[i] - behind.c[i]) / width)
    for (let i = 0; i < n; i++) hessian.look(i, j, i * n + j, (ahead.gL[i] - behind.gL[i]) / width)
  }
  const checks = [gradient, ...(m > 0 ? [jacobian] : []), ...(given.hessianLagrangian ? [hessian] : [])].map(
    (comparison) => comparison.judge(tolerance),
  )
  return { passes: checks.every(({ passes }) => passes), checks, summary: checks.map(line).join('\n') }
}

/** The largest difference between a derivative and what differences give. */
class Comparison {
  #error = -1
  #entry = ''
  #given = 0
  #expected = 0
  readonly #scale: number
  readonly #name: DerivativeCheck['name']
  readonly #values: Float64Array
  readonly #label: (i: number, j: number) => string

  constructor(name: DerivativeCheck['name'], values: Float64Array, label: (i: number, j: number) => string) {
    this.#name = name
    this.#values = values
    this.#label = label
    this.#scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  }

  look(i: number, j: number, at: number, expected: number): void {
    const given = this.#values[at]
    const error = Math.abs(given - expected) / this.#scale
    if (error <= this.#error) return
    this.#error = Number.isFinite(error) ? error : Infinity
    this.#entry = this.#label(i, j)
    this.#given = given
    this.#expected = expected
  }

  judge(tolerance: number): DerivativeCheck {
    return {
      name: this.#name,
      passes: this.#error <= tolerance,
      error: this.#error,
      entry: this.#entry,
      given: this.#given,
      expected: this.#expected,
    }
  }
}

function line({ name, passes, error, entry, given, expected }: DerivativeCheck): string {
  const size = `${name}: ${passes ? 'passes' : 'FAILS'}, relative error ${short(error)}`
  return passes ? size : `${size}; ${entry}: ${short(given)}, differences give ${short(expected)}`
}

const short = (x: number) => String(Number(x.toPrecision(3)))
