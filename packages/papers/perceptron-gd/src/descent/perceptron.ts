import { type Report, refuse, type Solver, show, solver } from '@opt/core'
import { checkDataset, type Dataset } from '../data/dataset.ts'
import type { DescentOptions } from './descent.ts'
import { type DescentSolution, INSEPARABLE } from './plane.ts'
import { Trajectory } from './trajectory.ts'

/** Options of {@link perceptron}. */
export type PerceptronOptions = Pick<DescentOptions, 'start' | 'resume'>

/** What {@link perceptron} reports after each pass. */
export interface PerceptronReport extends Report {
  /** Corrections in this pass. */
  error: number
  /** Corrections so far. */
  mistakes: number
}

/** Answer of {@link perceptron}. */
export interface PerceptronSolution extends DescentSolution {
  /** Corrections made by this call, at most (R/mu)^2 from theta = 0. */
  mistakes: number
}

/**
 * Runs the classical perceptron (Rosenblatt 1958): passes over the examples in order, and for each
 * with z_i'theta <= 0 theta += z_i. `iterations` is the number of passes; the run has converged
 * after a pass without a correction.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const perceptron: Solver<[data: Dataset, options: PerceptronOptions], PerceptronReport, PerceptronSolution> =
  /* @__PURE__ */ solver(
    'perceptron',
    function* (data, { start, resume }) {
      if (start !== undefined && resume !== undefined) refuse('start', 'left out beside resume', show(start))
      const trajectory = new Trajectory(data, {
        solver: 'perceptron',
        stepSize: Infinity,
        tie: 0.5,
        divisor: 'examples',
        start,
        resume,
        stopWhenSolved: true,
      })
      let mistakes = 0
      for (;;) {
        if (trajectory.inseparable) return { ...trajectory.answer(), mistakes, ...INSEPARABLE }
        const corrections = trajectory.correct()
        mistakes += corrections
        if (yield { error: corrections, mistakes }) return { ...trajectory.answer(), mistakes }
      }
    },
    {
      tolerance: 0,
      maxIterations: 1000,
      options: ['start', 'resume'],
      checkInputs: (data) => checkDataset(data, 'data'),
    },
  )
