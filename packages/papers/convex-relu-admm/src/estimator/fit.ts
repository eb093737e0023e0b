import {
  type Matrix,
  type MatrixLike,
  matrix,
  type Outcome,
  type Progress,
  random,
  refuse,
  type SolveOptions,
  type VectorLike,
} from '@opt/core'
import { enumeratePatterns } from '../patterns/enumerate.ts'
import type { PatternsLike } from '../patterns/patterns.ts'
import { samplePatterns } from '../patterns/sample.ts'
import { thickPatterns } from '../patterns/thick-patterns.ts'
import type { ConvexReluOptions, ConvexReluReport, ConvexReluSolution } from '../program/options.ts'
import { type ConvexReluNetworkOptions, checkFitOptions, type FitOptions } from './estimator-options.ts'
import { moments, prepareFeatures } from './features.ts'
import type { Fitted } from './saved.ts'
import { checkTargets } from './targets.ts'

/** An answer of {@link convexRelu} for one output. */
export type Answer = ConvexReluSolution & Outcome<ConvexReluReport>

/** The programs of a fit. */
interface Fit {
  /** The features as trained on. */
  features: Matrix
  /** The targets of each output. */
  columns: Float64Array[]
  /** Returns the options of {@link convexRelu} for one output. */
  options(output: number): ConvexReluOptions & SolveOptions<ConvexReluReport>
  /** Returns the model that the answers make. */
  model(answers: Answer[]): Fitted
}

/** Checks the data of a fit, and prepares features, targets and patterns. */
export function prepareFit(
  estimator: ConvexReluNetworkOptions,
  isClassifier: boolean,
  { X, y, watch }: { X: MatrixLike; y: VectorLike | MatrixLike; watch: FitOptions },
): Fit {
  checkFitOptions(watch)
  const { standardize = true, intercept = true, loss, beta = 0.1, epsilon = 0, rho, perturbed } = estimator
  const x = matrix(X, 'ConvexReluNetwork.fit: X')
  const [n, d] = x.shape as [number, number]
  const { columns, classes } = checkTargets(y, n, isClassifier)
  const { shift, scale } = standardize ? moments(x) : { shift: new Float64Array(d), scale: new Float64Array(d).fill(1) }
  const features = prepareFeatures(x, shift, scale, intercept)
  if (perturbed && perturbed.length !== d)
    refuse('ConvexReluNetwork: perturbed', `of length ${d}`, `length ${perturbed.length}`)
  const flags = Array.from({ length: d }, (_, j) => Boolean(perturbed ? perturbed[j] : true))
  if (intercept) flags.push(false)
  const shared = {
    patterns: choosePatterns(estimator, features, flags),
    loss,
    beta,
    epsilon,
    perturbed: flags,
    rho,
    stopping: 'gap' as const,
    tolerance: estimator.tolerance ?? 1e-2,
    maxIterations: estimator.maxIterations ?? 10_000,
    history: false,
    signal: watch.signal,
  }
  return {
    features,
    columns,
    options: (output) => ({
      ...shared,
      onProgress:
        watch.onProgress &&
        ((report: Progress<ConvexReluReport>) => watch.onProgress?.({ ...report, output, outputs: columns.length })),
    }),
    model: (answers) => ({
      inputs: d,
      shift,
      scale,
      classes,
      networks: answers.map(({ network }) => network),
      certificates: answers.map(({ status, objective, lowerBound, gap, violation, iterations, message }) => {
        const complete = estimator.patterns === 'all'
        return { status, objective, lowerBound, gap, violation, iterations, message, complete }
      }),
    }),
  }
}

function choosePatterns(
  { patterns = 50, epsilon = 0, random: given }: ConvexReluNetworkOptions,
  features: Matrix,
  perturbed: boolean[],
): PatternsLike {
  if (patterns === 'all') return enumeratePatterns(features)
  if (typeof patterns !== 'number') return patterns
  const rule = { count: patterns, random: given ?? random(0) }
  return epsilon > 0 ? thickPatterns(features, { ...rule, perturbed }) : samplePatterns(features, rule)
}
