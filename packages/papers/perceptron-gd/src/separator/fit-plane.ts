import type { Outcome, Progress, Report } from '@opt/core'
import { Dataset } from '../data/dataset.ts'
import { logisticDescent, normalizedDescent } from '../descent/descent.ts'
import { perceptron } from '../descent/perceptron.ts'
import type { DescentReport, DescentSolution, Plane } from '../descent/plane.ts'
import { type MarginReport, type MarginSolution, margin } from '../margin/margin.ts'

/** How planes are found. */
export type Method = 'normalized' | 'logistic' | 'perceptron' | 'margin'

/** A fitted plane with what is proven about it. */
export interface FittedPlane extends Plane {
  /**
   * 'separated': all training examples are on their side. 'inseparable': proven that no plane does
   * that with a margin above 1e-9 R. 'undecided': neither was proven within `maxIterations`.
   */
  status: 'separated' | 'inseparable' | 'undecided'
  /** Training examples on the wrong side or on the plane. */
  misclassified: number
  /** How far the worst of them is from its side, max(0, -min z_i'theta / |theta|). */
  violation: number
  /** Steps of the method and of the proof. */
  iterations: number
  /** Proven: this plane has at least marginLower, and no plane more than marginUpper. */
  marginLower: number
  marginUpper: number
}

/** What is reported while a plane is fitted. */
export interface FitReport {
  /** Number of the plane, from 0. */
  plane: number
  iteration: number
  /**
   * Misclassified examples; for the perceptron corrections in the pass; for the largest margin the
   * relative distance of its bounds.
   */
  error: number | undefined
}

/** How to fit a plane. */
export interface FitPlaneOptions {
  method: Method
  /** In units of 1/R^2. */
  stepSize: number
  maxIterations: number
  signal?: AbortSignal | undefined
  onProgress?: ((report: Omit<FitReport, 'plane'>) => void) | undefined
}

/** A call of a solver, to be made at once or in slices. */
export interface Task {
  now(): unknown
  later(): Promise<unknown>
}

const task = <A extends unknown[]>(
  solve: { (...args: A): unknown; async(...args: A): Promise<unknown> },
  ...args: A
): Task => ({ now: () => solve(...args), later: () => solve.async(...args) })

/**
 * Fits a plane: the method first; if it does not separate, the largest margin decides whether any
 * plane does.
 */
export function* fitPlane(data: Dataset, options: FitPlaneOptions): Generator<Task, FittedPlane, unknown> {
  const { method, stepSize, maxIterations, signal, onProgress } = options
  const { unit, scaledRadius } = data
  // The direction of a plane does not depend on the unit of length.
  const scaled = new Dataset(data.rows, 1, scaledRadius, data.intercept)
  const limits = {
    maxIterations,
    signal,
    history: false,
    onProgress: onProgress && (({ iteration, error }: Progress<Report>) => onProgress({ iteration, error })),
  }
  const descent = { ...limits, stepSize: stepSize / (scaledRadius * scaledRadius) }
  const solve =
    method === 'perceptron'
      ? task(perceptron, scaled, limits)
      : task(method === 'logistic' ? logisticDescent : normalizedDescent, scaled, descent)

  let iterations = 0
  function* run<A extends { iterations: number }>(one: Task): Generator<Task, A, unknown> {
    const answer = (yield one) as A
    iterations += answer.iterations
    return answer
  }
  const separated = ({ theta, intercept, marginLower, marginUpper }: Separating): FittedPlane => ({
    theta,
    intercept,
    status: 'separated',
    misclassified: 0,
    violation: 0,
    iterations,
    marginLower: unit * marginLower,
    marginUpper: unit * marginUpper,
  })

  let found: Found | undefined
  if (method !== 'margin') found = yield* run<Found>(solve)
  if (found?.status === 'converged') return separated(found)
  let proof: Proof | undefined
  if (found?.status !== 'infeasible') {
    const stopWhen = method === 'margin' ? undefined : ({ marginLower }: MarginReport) => marginLower > 0
    proof = yield* run<Proof>(task(margin, scaled, { ...limits, stopWhen }))
    if (proof.marginLower > 0) return separated(proof)
  }
  found ??= yield* run<Found>(solve)
  if (found.status === 'converged') return separated(found)
  const { theta, intercept, misclassified, violation } = found.best
  return {
    theta,
    intercept,
    status: found.status === 'infeasible' || proof?.status === 'infeasible' ? 'inseparable' : 'undecided',
    misclassified,
    violation: unit * violation,
    iterations,
    marginLower: -unit * violation,
    marginUpper: unit * Math.min(found.marginUpper, proof?.marginUpper ?? Infinity),
  }
}

type Found = DescentSolution & Outcome<DescentReport>
type Proof = MarginSolution & Outcome<MarginReport>
type Separating = Plane & { marginLower: number; marginUpper: number }
