import {
  boolean,
  callback,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  random,
  refuse,
  show,
  options as takeOptions,
  type VectorLike,
} from '@opt/core'
import ndarray from 'ndarray'
import { takeCount, takeFlags, takeRandom } from './arguments.ts'
import { convexRelu } from './convex-relu.ts'
import { enumeratePatterns } from './enumerate.ts'
import type { ConvexReluNetworkOptions, FitOptions } from './estimator-options.ts'
import { moments, prepareFeatures } from './features.ts'
import { LOSSES } from './losses.ts'
import { finiteValues, forward, type Network } from './network.ts'
import type { ConvexReluOptions, ConvexReluReport, ConvexReluSolution } from './options.ts'
import { type PatternsLike, samplePatterns } from './patterns.ts'
import { type Certificate, type DenseLayers, fold, fromSaved, type Saved, toSaved } from './saved.ts'
import { type Targets, takeTargets } from './targets.ts'
import { thickPatterns } from './thick-patterns.ts'

/** What is learned by {@link ConvexReluNetwork.fit}. */
interface Fitted {
  inputs: number
  shift: Float64Array
  scale: Float64Array
  /** Labels of the classes, ascending; null for regression and for several outputs. */
  classes: Float64Array | null
  /** One for each output or class (one for two classes), on features as trained on. */
  networks: Network[]
  certificates: Certificate[]
}

/**
 * A two-layer ReLU network trained to the global optimum of its convex program. Several classes are one against the rest;
 * several outputs are trained side by side on the same patterns.
 */
export class ConvexReluNetwork {
  readonly options: ConvexReluNetworkOptions
  #fitted: Fitted | null = null

  constructor(given: ConvexReluNetworkOptions = {}) {
    const options = takeOptions(given, 'ConvexReluNetwork: options')
    const { loss = 'squared', task, beta = 0.1, patterns = 50, epsilon = 0, tolerance, maxIterations } = options
    const { perturbed, standardize = true, intercept = true, random: chance, rho } = options
    oneOf(loss, 'ConvexReluNetwork: loss', LOSSES)
    if (task !== undefined) oneOf(task, 'ConvexReluNetwork: task', ['regression', 'classification'])
    if (task === 'regression' && loss !== 'squared')
      refuse('ConvexReluNetwork: loss', 'squared for regression', `'${loss}'`)
    number(beta, 'ConvexReluNetwork: beta', { nonnegative: true })
    number(epsilon, 'ConvexReluNetwork: epsilon', { nonnegative: true })
    if (typeof patterns === 'number') takeCount(patterns, 'ConvexReluNetwork: patterns')
    else if (typeof patterns === 'string') oneOf(patterns, 'ConvexReluNetwork: patterns', ['all'])
    if (tolerance !== undefined) number(tolerance, 'ConvexReluNetwork: tolerance', { nonnegative: true })
    if (maxIterations !== undefined)
      number(maxIterations, 'ConvexReluNetwork: maxIterations', { integer: true, min: 1 })
    const listed = Array.isArray(patterns) ? patterns.length > 0 : Object.hasOwn(Object(patterns), 'bits')
    if (typeof patterns !== 'number' && typeof patterns !== 'string' && !listed)
      refuse('ConvexReluNetwork: patterns', "a number, 'all' or patterns", show(patterns), 'type')
    if (perturbed !== undefined) takeFlags(perturbed, 'ConvexReluNetwork: perturbed')
    boolean(standardize, 'ConvexReluNetwork: standardize')
    boolean(intercept, 'ConvexReluNetwork: intercept')
    if (chance !== undefined) takeRandom(chance, 'ConvexReluNetwork: random')
    if (rho !== undefined) number(rho, 'ConvexReluNetwork: rho', { positive: true })
    this.options = { ...options }
  }

  get isClassifier(): boolean {
    const { task, loss = 'squared' } = this.options
    return (task ?? (loss === 'squared' ? 'regression' : 'classification')) === 'classification'
  }

  /**
   * @param X n x d.
   * @param y n values or labels; n x k for several outputs (-1 and 1 for classification).
   */
  fit(X: MatrixLike, y: VectorLike | MatrixLike, watch: FitOptions = {}): this {
    checkWatch(watch)
    const { prepared, targets, options, finish } = this.#prepare(X, y)
    return finish(
      targets.columns.map((column, k) => convexRelu(prepared, column, { ...options, ...watched(watch, k, targets) })),
    )
  }

  /** {@link fit} that gives way to the event loop: a page stays alive and a signal is seen. */
  async fitAsync(X: MatrixLike, y: VectorLike | MatrixLike, watch: FitOptions = {}): Promise<this> {
    checkWatch(watch)
    const { prepared, targets, options, finish } = this.#prepare(X, y)
    const answers: Answer[] = []
    for (const [k, column] of targets.columns.entries())
      answers.push(await convexRelu.async(prepared, column, { ...options, ...watched(watch, k, targets) }))
    return finish(answers)
  }

  #prepare(X: MatrixLike, y: VectorLike | MatrixLike) {
    const { standardize = true, intercept = true, patterns = 50, epsilon = 0, perturbed } = this.options
    const x = matrix(X, 'ConvexReluNetwork.fit: X')
    const [n, d] = x.shape as [number, number]
    const targets = takeTargets(y, n, this.isClassifier)
    const { shift, scale } = standardize
      ? moments(x)
      : { shift: new Float64Array(d), scale: new Float64Array(d).fill(1) }
    const prepared = prepareFeatures(x, shift, scale, intercept)
    const flags = Array.from({ length: d }, (_, j) => Boolean(perturbed ? perturbed[j] : true))
    if (perturbed && perturbed.length !== d)
      refuse('ConvexReluNetwork: perturbed', `of length ${d}`, `length ${perturbed.length}`)
    if (intercept) flags.push(false)
    const chance = this.options.random ?? random(0)
    let chosen: PatternsLike
    if (patterns === 'all') chosen = enumeratePatterns(prepared)
    else if (typeof patterns !== 'number') chosen = patterns
    else if (epsilon > 0) chosen = thickPatterns(prepared, { count: patterns, random: chance, perturbed: flags })
    else chosen = samplePatterns(prepared, { count: patterns, random: chance })

    const { loss = 'squared', beta = 0.1, tolerance = 1e-2, maxIterations = 10_000, rho } = this.options
    const options: ConvexReluOptions & { tolerance: number; maxIterations: number; history: boolean } = {
      ...{ patterns: chosen, loss, beta, epsilon, perturbed: flags, tolerance, maxIterations, history: false },
      ...{ stopping: 'gap' as const, ...(rho === undefined ? {} : { rho }) },
    }
    const finish = (answers: Answer[]): this => {
      const certificates = answers.map(({ status, objective, lowerBound, gap, violation, iterations, message }) => ({
        ...{ status, objective, lowerBound, gap, violation, iterations, message },
        complete: patterns === 'all',
      }))
      const networks = answers.map(({ network }) => network)
      this.#fitted = { inputs: d, shift, scale, classes: targets.classes, networks, certificates }
      return this
    }
    return { prepared, targets, options, finish }
  }

  #model(): Fitted {
    if (!this.#fitted) throw new Error('ConvexReluNetwork: fit it first')
    return this.#fitted
  }

  /**
   * The networks' values at the rows of X.
   *
   * @returns n x k: one column for a single output or two classes (positive for the larger label), else one an output or class.
   */
  decision(X: MatrixLike): Matrix {
    const { inputs, shift, scale, networks } = this.#model()
    const x = matrix(X, 'ConvexReluNetwork: X', { columns: inputs })
    const n = x.shape[0]
    const prepared = prepareFeatures(x, shift, scale, this.options.intercept ?? true)
    const out = new Float64Array(n * networks.length)
    for (const [j, network] of networks.entries())
      for (const [k, f] of finiteValues(forward(network, prepared.data, n), 'ConvexReluNetwork: X').entries())
        out[k * networks.length + j] = f
    return ndarray(out, [n, networks.length])
  }

  /** Values, or labels of the classes; for several outputs n x k of them, row by row. */
  predict(X: MatrixLike): Float64Array {
    const { classes } = this.#model()
    const { data, shape } = this.decision(X)
    const k = shape[1]
    if (!this.isClassifier) return data
    if (!classes) return data.map((f) => (f >= 0 ? 1 : -1))
    if (k === 1) return data.map((f) => classes[f >= 0 ? 1 : 0])
    return Float64Array.from({ length: shape[0] }, (_, i) => {
      let best = 0
      for (let j = 1; j < k; j++) if (data[i * k + j] > data[i * k + best]) best = j
      return classes[best]
    })
  }

  /** Accuracy of a classifier, R^2 of a regression (over all outputs together). */
  score(X: MatrixLike, y: VectorLike | MatrixLike): number {
    const predicted = this.predict(X)
    const { values } = takeTargets(y, matrix(X, 'ConvexReluNetwork.score: X').shape[0], false)
    if (values.length !== predicted.length)
      refuse('ConvexReluNetwork.score: y', `of ${predicted.length} values`, `${values.length}`)
    if (this.isClassifier) return values.reduce((sum, v, i) => sum + (v === predicted[i] ? 1 : 0), 0) / values.length
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    let [rest, all] = [0, 0]
    for (const [i, v] of values.entries()) {
      rest += (v - predicted[i]) * (v - predicted[i])
      all += (v - mean) * (v - mean)
    }
    if (!Number.isFinite(rest + all)) refuse('ConvexReluNetwork.score: y', 'of finite squares', 'more')
    return all === 0 ? (rest === 0 ? 1 : 0) : 1 - rest / all
  }

  /** How far from optimal the fit is, proven: one for each output. */
  get certificate(): Certificate[] {
    return this.#model().certificates.map((certificate) => ({ ...certificate }))
  }

  /** Plain weights on the features as given, standardisation folded in: for any framework. */
  toNetwork(): DenseLayers {
    const { inputs, shift, scale, networks } = this.#model()
    return fold(networks, shift, scale, inputs, this.options.intercept ?? true)
  }

  /** Everything {@link fromJSON} needs, for JSON.stringify. */
  toJSON(): Saved {
    return toSaved(this.#model(), this.options)
  }

  /** @throws TypeError or RangeError when it is not what {@link toJSON} returned. */
  static fromJSON(saved: Saved): ConvexReluNetwork {
    const { options, fitted } = fromSaved(saved)
    const network = new ConvexReluNetwork(options)
    if (fitted.classes && !network.isClassifier)
      refuse('ConvexReluNetwork.fromJSON: saved.classes', 'null for a regression', `${fitted.classes.length} classes`)
    network.#fitted = fitted
    return network
  }
}

type Answer = ReturnType<typeof convexRelu> & ConvexReluSolution

function checkWatch(given: FitOptions): void {
  const { onProgress, signal } = takeOptions(given, 'ConvexReluNetwork.fit: options')
  if (onProgress !== undefined) callback(onProgress, 'ConvexReluNetwork.fit: onProgress')
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    refuse('ConvexReluNetwork.fit: signal', 'an AbortSignal', show(signal), 'type')
}

function watched(watch: FitOptions, output: number, { columns }: Targets) {
  const { onProgress, signal } = watch
  return {
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (report: ConvexReluReport & { iteration: number }) =>
        onProgress({ ...report, output, outputs: columns.length }),
    }),
  }
}
