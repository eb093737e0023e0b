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
import type { HierarchicalProblem } from './hierarchical-fit.ts'
import { RidgeDescent, weightedSums } from './layerwise/descent.ts'
import { evaluate, featuresOf, type LayerwiseNetwork, writeUnits } from './layerwise/network.ts'
import { checkFeatures, drawFeatures, writeFeatures } from './layerwise/random-features.ts'
import { checkLayerwiseState, type LayerwiseState } from './layerwise/state.ts'
import { checkProblem, checkUnits } from './model/fit-checks.ts'
import { drawUnits, type LinkUnits, moments } from './model/link.ts'

/** Options of {@link layerwise}. */
export interface LayerwiseOptions {
  /** The units of the first layer: their number, or directions (m x d) and offsets. Default 1000, drawn. */
  features?: number | { directions: MatrixLike; offsets: VectorLike } | undefined
  /** The units of the second layer: their number, or signs and offsets. Default 100, drawn. */
  linkUnits?: number | LinkUnits | undefined
  /** Steps of the first stage, at most. Default 2000. */
  featureSteps?: number | undefined
  /** Steps of the second stage. Default 1000. */
  linkSteps?: number | undefined
  /** Weight decay of the first stage. Default 1e-6. */
  featureDecay?: number | undefined
  /** Weight decay of the second stage. Default 1e-6. */
  linkDecay?: number | undefined
  /** Keep the first stage's step of least loss on the second half. Default true. */
  earlyStopping?: boolean | undefined
  /** An integer, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** The state of an earlier answer on the same data and options, to go on from to the same bits. */
  initial?: LayerwiseState | undefined
}

/** Report of {@link layerwise} after each step. */
export interface LayerwiseReport extends Report {
  stage: 1 | 2
  /** Half the mean squared residual on this stage's half of the rows, with weight decay. */
  loss: number
}

/** Answer of {@link layerwise}. */
export interface LayerwiseSolution extends LayerwiseNetwork {
  /** The step of the first stage whose weights were kept. */
  featureStep: number
  state: LayerwiseState
  /** Returns g and f at the rows of X, m x d: m numbers each. Throws TypeError or RangeError for another X. */
  evaluate(X: MatrixLike): { feature: Float64Array; output: Float64Array }
}

/**
 * Trains the paper's three-layer network layer by layer, by gradient descent: on the first half of the rows the weights
 * u of random features, on the second half the weights c of ReLU units of the feature that was learned. The steps are
 * 1 / (largest eigenvalue + decay). This form needs several times the data of {@link hierarchicalFit}: the
 * features carry other degrees too, and each stage sees half of the rows. Architecture after the paper, constants ours.
 *
 * @throws TypeError or RangeError when an argument is invalid, there are fewer than 10 rows, or all y are equal.
 */
export const layerwise: Solver<
  [problem: HierarchicalProblem, options: LayerwiseOptions],
  LayerwiseReport,
  LayerwiseSolution
> = solver(
  'layerwise',
  function* (problem, options): Generator<LayerwiseReport, LayerwiseSolution, boolean> {
    const { data, y, n, d } = checkProblem(problem)
    const { features: wanted = 1000, linkUnits = 100, featureSteps = 2000, linkSteps = 1000 } = options
    const { featureDecay = 1e-6, linkDecay = 1e-6, earlyStopping = true, seed = 0, initial } = options
    for (const [name, value] of Object.entries({ featureSteps, linkSteps }))
      number(value, name, { integer: true, min: 1 })
    for (const [name, value] of Object.entries({ featureDecay, linkDecay })) number(value, name, { positive: true })
    boolean(earlyStopping, 'earlyStopping')
    const rng = randomFrom(seed, 'seed')
    const count = { integer: true, min: 1, max: 100_000 }
    const features =
      typeof wanted === 'number'
        ? drawFeatures(number(wanted, 'features', count), d, rng)
        : checkFeatures(wanted, d, 'features')
    const units =
      typeof linkUnits === 'number'
        ? drawUnits(number(linkUnits, 'linkUnits', count), rng)
        : checkUnits(linkUnits, 'linkUnits')
    const width = features.offsets.length
    const state = initial && checkLayerwiseState(initial, { width, units: units.signs.length, stops: earlyStopping })
    let steps = state?.steps ?? 0

    // Stage 1 on the first half: u by gradient descent from 0.
    const half = Math.floor(n / 2)
    const first = new RidgeDescent(half, width, featureDecay)
    writeFeatures(features, data.subarray(0, half * d), first.features)
    first.target.set(y.subarray(0, half))
    first.prepare(state?.u)
    const others = featuresOf(features, data.subarray(half * d), n - half)
    const targets = y.subarray(half)
    const g = new Float64Array(n - half)
    let best =
      state?.best ?? (earlyStopping ? { u: new Array(width).fill(0), step: 0, loss: meanSquare(targets) } : null)
    let stop = false
    while (!stop && steps < featureSteps) {
      const loss = first.step()
      steps++
      if (best) {
        weightedSums(others, first.solution, g)
        const error = meanSquare(targets.map((value, i) => value - g[i]))
        if (error < best.loss) best = { u: Array.from(first.solution), step: steps, loss: error }
      }
      stop = yield { stage: 1, loss }
    }

    // Stage 2 on the second half: c by gradient descent from 0, on units of the feature, fits what it leaves.
    const u = Float64Array.from(best?.u ?? first.solution)
    weightedSums(others, u, g)
    const { deviation } = moments(g)
    const second = new RidgeDescent(n - half, units.signs.length, linkDecay)
    const answer = (): LayerwiseSolution => {
      const network: LayerwiseNetwork = {
        features,
        featureWeights: u,
        scale: deviation > 0 ? deviation : 1,
        units: { signs: Float64Array.from(units.signs), offsets: Float64Array.from(units.offsets) },
        linkWeights: second.solution.slice(),
      }
      return {
        ...network,
        featureStep: best?.step ?? Math.min(steps, featureSteps),
        state: { steps, u: Array.from(first.solution), best, c: Array.from(second.solution) },
        evaluate: (X) => calling('layerwise.evaluate', () => evaluate(network, matrix(X, 'X', { columns: d }).data)),
      }
    }
    const none = { message: 'the first stage learned nothing' }
    if (!(deviation > 0)) return { ...answer(), ...none }
    writeUnits(units, g, deviation, second.features)
    second.target.set(targets.map((value, i) => value - g[i]))
    second.prepare(state?.c)
    while (!stop && steps < featureSteps + linkSteps) {
      const loss = second.step()
      steps++
      stop = yield { stage: 2, loss }
    }
    return answer()
  },
  {
    maxIterations: 10_000_000,
    options: [
      'features',
      'linkUnits',
      'featureSteps',
      'linkSteps',
      'featureDecay',
      'linkDecay',
      'earlyStopping',
      'seed',
      'initial',
    ],
  },
)

function meanSquare(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i]
  return sum / values.length
}
