import { number, options as optionsOf, type Random, randomFrom, type VectorLike, vectorCopy } from '@opt/core'
import { type BilevelProblem, checkLevels } from '../problem.ts'
import { constraintChecks, hessianChecks, hypergradientCheck, levelChecks, symmetryCheck } from './checks.ts'
import type { CheckedPoint } from './compare.ts'

/** Options of {@link checkProblem}. */
export interface CheckProblemOptions {
  /** Largest difference that passes, relative to the largest entry of the derivative. Default 1e-6. */
  tolerance?: number | undefined
  /** Step of the differences, times max(1, |entry|). Default 1e-5. */
  step?: number | undefined
  /** Entries of each derivative that are checked one by one, drawn if there are more. Default 30. */
  entries?: number | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  upperBatch?: unknown
  lowerBatch?: unknown
}

/** One derivative, compared with differences. */
export interface Check {
  /** For instance 'lower.gradient: gy'. */
  name: string
  /** null: not checked, `note` says why. */
  passes: boolean | null
  /** Largest difference, relative to the largest entry of the derivative. */
  error: number
  /** The entry with the largest difference; -1 for a random direction, which all entries enter. */
  index: number
  /** What the function gives there. */
  given: number
  /** What differences give there. */
  expected: number
  note: string
}

/** Answer of {@link checkProblem}. */
export interface ProblemCheck {
  /** Whether all that was checked passes. */
  passes: boolean
  checks: Check[]
  /** One line for each check. */
  summary: string
}

/**
 * Compares all derivatives of a problem with central differences: both gradients of both levels, the two halves of
 * `hvp` and its symmetry, `hessian`, the transposed Jacobians of the constraints, and the hypergradient with
 * differences of Phi, for which the lower level is solved again and again (from y; not with constraints).
 *
 * Each derivative is compared entry by entry, at most `entries` of them, and along one random direction. At points
 * where a function has a kink within the step a right derivative may fail.
 *
 * @param x upper variables; not changed.
 * @param y lower variables, any; not changed.
 * @throws TypeError or RangeError when an argument is wrong; what the problem's functions throw is passed on.
 */
export function checkProblem(
  problem: BilevelProblem<never>,
  x: VectorLike,
  y: VectorLike,
  options?: CheckProblemOptions,
): ProblemCheck {
  const name = 'checkProblem: '
  const given = optionsOf(options, `${name}options`, [
    'tolerance',
    'step',
    'entries',
    'seed',
    'upperBatch',
    'lowerBatch',
  ])
  checkLevels(problem as BilevelProblem<unknown>, name)
  const point: CheckedPoint = {
    problem: problem as BilevelProblem<unknown>,
    x: vectorCopy(x, `${name}x`),
    y: vectorCopy(y, `${name}y`),
    tolerance: number(given.tolerance ?? 1e-6, `${name}tolerance`, { positive: true }),
    step: number(given.step ?? 1e-5, `${name}step`, { positive: true }),
    entries: number(given.entries ?? 30, `${name}entries`, { integer: true, min: 1 }),
    rng: randomFrom(given.seed ?? 0, `${name}seed`),
    upperBatch: given.upperBatch,
    lowerBatch: given.lowerBatch,
  }
  const checks = [
    ...levelChecks(point, 'upper'),
    ...levelChecks(point, 'lower'),
    ...constraintChecks(point),
    ...hessianChecks(point),
    ...symmetryCheck(point),
  ]
  checks.push(hypergradientCheck(point, checks))
  return { passes: checks.every(({ passes }) => passes !== false), checks, summary: checks.map(line).join('\n') }
}

function line({ name, passes, error, index, given, expected, note }: Check): string {
  if (passes === null) return `${name}: not checked, ${note}`
  const size = `${name}: ${passes ? 'passes' : 'FAILS'}, relative error ${show(error)}`
  if (passes) return size
  if (note) return `${name}: FAILS, ${note}`
  const at = index < 0 ? 'along a random direction' : `entry ${index}`
  return `${size}; ${at}: ${show(given)}, differences give ${show(expected)}`
}

const show = (x: number) => String(Number(x.toPrecision(3)))
