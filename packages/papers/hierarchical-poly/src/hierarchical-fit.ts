import {
  boolean,
  calling,
  type MatrixLike,
  matrix,
  number,
  type Random,
  type Report,
  randomFrom,
  type Solver,
  solver,
  type VectorLike,
} from '@opt/core'
import { checkProblem, LAMBDAS, LINK_LAMBDAS, unitSource } from './model/fit-checks.ts'
import { checkState, constantStep, type FitStep, type HierarchicalState, saveState } from './model/fit-state.ts'
import { type Link, LinkFitter, type LinkUnits } from './model/link.ts'
import { predictor } from './model/predictor.ts'
import { gaussNewton } from './model/refinement.ts'
import { type Score, scoreFit } from './model/score-fit.ts'
import { checkLambdas } from './ridge/ridge-loo.ts'

/** What {@link hierarchicalFit} learns from. */
export interface HierarchicalProblem {
  /** n x d, n >= 10; the theory is for rows of N(0, I). */
  X: MatrixLike
  /** n numbers, not all equal. */
  y: VectorLike
}

/** Options of {@link hierarchicalFit}. */
export interface HierarchicalOptions {
  /** Degrees of the score. Default [2]. */
  degrees?: readonly number[] | undefined
  /** How many refinements follow the two stages. Default 15. */
  refinements?: number | undefined
  /** The number of ReLU units of the link, or a function that gives those of each step from 0. Default 100, drawn. */
  linkUnits?: number | ((step: number) => LinkUnits) | undefined
  /** Penalties to choose from for the score. Default 10^-2, 10^-1.5, ..., 10^5. */
  lambdas?: VectorLike | undefined
  /** Penalties to choose from for the link. Default 10^-3, 10^-2, ..., 10^3. */
  linkLambdas?: VectorLike | undefined
  /** Subtract the features' means, which are 0 for Gaussian inputs. Default false. */
  center?: boolean | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** The state of an earlier answer on the same data and options, to go on from to the same bits. */
  initial?: HierarchicalState | undefined
}

/** A score and a curve. */
export interface HierarchicalModel {
  score: Score
  link: Link
}

/** Report of {@link hierarchicalFit} after each step. */
export interface HierarchicalReport extends Report {
  /** The link's mean squared leave-one-out error. */
  linkLoo: number
  /** The penalty of the score. */
  lambda: number
}

/** Answer of {@link hierarchicalFit}. */
export interface HierarchicalSolution extends HierarchicalModel {
  /** The step whose model this is: 0 for the two-stage fit, k for refinement k. */
  step: number
  /** False: stage 1 predicts no better than the mean of y. The score is then 0 and the link the mean. */
  signal: boolean
  /** 1 - leave-one-out error / variance of y for the score alone, before there is a curve. */
  scoreR2Loo: number
  /** The same for the link of each step; after refinements it is too high, for the score has seen all rows. */
  r2Loo: number[]
  /** n leave-one-out scores, which the curve was fitted to, in the units of `link.mean`. */
  looScores: Float64Array
  /** The penalty of the chosen score. */
  lambda: number
  state: HierarchicalState
  /** Returns g(p(x)) for the rows of X, m x d. Throws TypeError or RangeError for another X. */
  predict(X: MatrixLike): Float64Array
}

/**
 * Learns y = g(p(x)): first the score p, by ridge on Hermite features, then the curve g, by ridge on ReLU units of the
 * score; then both in turns (Gauss-Newton). The idea of two stages is the paper's; each is solved in closed form, and
 * the curve sees leave-one-out scores instead of a second half of the data. Refinement is ours.
 *
 * @throws TypeError or RangeError when an argument is invalid, there are fewer than 10 rows or all y are equal, there are
 *   more than 20,000 features and rows, or magnitudes are above 1e140.
 */
export const hierarchicalFit: Solver<
  [problem: HierarchicalProblem, options: HierarchicalOptions],
  HierarchicalReport,
  HierarchicalSolution
> = solver(
  'hierarchicalFit',
  function* (problem, options): Generator<HierarchicalReport, HierarchicalSolution, boolean> {
    const { data, y, n, d, mean, variance } = checkProblem(problem)
    const { degrees = [2], refinements = 15, linkUnits = 100, center = false, seed = 0, initial } = options
    number(refinements, 'refinements', { integer: true, min: 0, max: 1_000_000 })
    boolean(center, 'center')
    const units = unitSource(linkUnits, randomFrom(seed, 'seed'))
    const lambdas = checkLambdas(options.lambdas ?? LAMBDAS, 'lambdas')
    const links = new LinkFitter(n, checkLambdas(options.linkLambdas ?? LINK_LAMBDAS, 'linkLambdas'))
    const { ridge, score } = scoreFit(data, d, degrees, center, lambdas)
    const r2Loo: number[] = []

    /** Fits the curve to leave-one-out scores z of the ridge's present solution. */
    const step = (number: number, lambdaIndex: number, z: Float64Array): FitStep | undefined => {
      const curve = links.fit(z, y, units.next(number))
      if (curve) r2Loo.push(1 - curve.loo / variance)
      return curve && { number, lambdaIndex, solution: ridge.solution.slice(), looScores: z, ...curve }
    }
    const report = ({ loo, lambdaIndex }: FitStep) => ({ linkLoo: loo, lambda: lambdas[lambdaIndex] })

    let now: FitStep
    let best: FitStep
    let scoreR2Loo: number
    let stop = false
    if (initial === undefined) {
      // Stage 1: the score, a ridge regression of y on the features.
      const centred = y.map((value) => value - mean)
      const index = ridge.solve(centred, null)
      scoreR2Loo = index < 0 ? 0 : 1 - ridge.errors[index] / variance
      // Stage 2: the curve, a ridge regression of y on ReLU units of the leave-one-out score.
      const z = centred.map((value, i) => value - ridge.residuals[i])
      const first = scoreR2Loo > 0 ? step(0, index, z) : undefined
      best = now = first ?? constantStep(n, ridge.solution.length, mean, variance)
      if (first) stop = yield report(first)
    } else {
      const saved = checkState(initial, { n, size: ridge.solution.length, lambdas: lambdas.length })
      ;({ now, best, scoreR2Loo } = saved)
      r2Loo.push(...saved.r2Loo)
      units.restore(saved.units)
    }
    const signal = r2Loo.length > 0
    let flat = false
    while (signal && !stop && !flat && now.number < refinements) {
      // Refinement: a Gauss-Newton step of the score through the curve, and a new curve.
      const refined = gaussNewton(ridge, now, y)
      const next: FitStep | undefined = refined && step(now.number + 1, refined.lambdaIndex, refined.looScores)
      flat = next === undefined
      if (!next) break
      now = next
      if (now.loo < best.loo) best = now
      stop = yield report(now)
    }

    const model = { score: score(best.solution), link: best.link }
    const message = !signal
      ? 'no score predicts y better than its mean'
      : flat
        ? 'the curve is flat at all rows'
        : undefined
    return {
      ...model,
      looScores: best.looScores.slice(),
      step: best.number,
      signal,
      scoreR2Loo,
      r2Loo,
      lambda: lambdas[best.lambdaIndex],
      state: saveState({ now, best, scoreR2Loo, r2Loo, units: units.state() }),
      predict: (rows) =>
        calling('hierarchicalFit.predict', () => predictor(model)(matrix(rows, 'X', { columns: d }).data)),
      ...(message === undefined ? {} : { message }),
    }
  },
  {
    maxIterations: 1_000_001,
    options: ['degrees', 'refinements', 'linkUnits', 'lambdas', 'linkLambdas', 'center', 'seed', 'initial'],
  },
)
