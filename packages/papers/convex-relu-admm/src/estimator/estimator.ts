import { type Matrix, type MatrixLike, matrix, refuse, type VectorLike } from '@opt/core'
import ndarray from 'ndarray'
import { convexRelu } from '../convex-relu.ts'
import { finiteValues, forward } from '../program/network.ts'
import { type ConvexReluNetworkOptions, checkEstimatorOptions, type FitOptions } from './estimator-options.ts'
import { prepareFeatures } from './features.ts'
import { type Answer, prepareFit } from './fit.ts'
import { type Certificate, type DenseLayers, type Fitted, fold, fromSaved, type Saved, toSaved } from './saved.ts'
import { checkTargets } from './targets.ts'

/**
 * A two-layer ReLU network trained to the global optimum of its convex program. Several classes are
 * trained one against the rest, several outputs side by side, on the same patterns.
 *
 * @throws TypeError or RangeError that names the invalid option.
 */
export class ConvexReluNetwork {
  readonly options: ConvexReluNetworkOptions
  #fitted: Fitted | null = null

  constructor(options: ConvexReluNetworkOptions = {}) {
    this.options = checkEstimatorOptions(options)
  }

  get isClassifier(): boolean {
    const { task, loss = 'squared' } = this.options
    return (task ?? (loss === 'squared' ? 'regression' : 'classification')) === 'classification'
  }

  /**
   * Trains the network, and returns it.
   *
   * @param X n x d.
   * @param y n values or labels; n x k for several outputs (-1 and 1 for classification).
   * @throws TypeError or RangeError that names the invalid argument.
   */
  fit(X: MatrixLike, y: VectorLike | MatrixLike, watch: FitOptions = {}): this {
    const { features, columns, options, model } = prepareFit(this.options, this.isClassifier, { X, y, watch })
    this.#fitted = model(columns.map((column, k) => convexRelu(features, column, options(k))))
    return this
  }

  /** Like {@link fit}, but yields to the event loop: a page stays responsive, and a signal is seen. */
  async fitAsync(X: MatrixLike, y: VectorLike | MatrixLike, watch: FitOptions = {}): Promise<this> {
    const { features, columns, options, model } = prepareFit(this.options, this.isClassifier, { X, y, watch })
    const answers: Answer[] = []
    for (const [k, column] of columns.entries()) answers.push(await convexRelu.async(features, column, options(k)))
    this.#fitted = model(answers)
    return this
  }

  #model(): Fitted {
    if (!this.#fitted) throw new Error('ConvexReluNetwork: fit it first')
    return this.#fitted
  }

  /**
   * Returns the networks' values at the rows of X.
   *
   * @param X n x d.
   * @returns n x k: one column for a single output or two classes (positive for the larger label),
   * otherwise a column for each output or class.
   * @throws RangeError when X has other features than those trained on, or a value overflows.
   */
  decision(X: MatrixLike): Matrix {
    const { inputs, shift, scale, networks } = this.#model()
    const x = matrix(X, 'ConvexReluNetwork: X', { columns: inputs })
    const n = x.shape[0]
    const features = prepareFeatures(x, shift, scale, this.options.intercept ?? true)
    const out = new Float64Array(n * networks.length)
    for (const [j, network] of networks.entries())
      for (const [k, f] of finiteValues(forward(network, features.data, n), 'ConvexReluNetwork: X').entries())
        out[k * networks.length + j] = f
    return ndarray(out, [n, networks.length])
  }

  /** Returns n values, or n labels of classes; for several outputs n x k of them, row by row. */
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

  /** Returns the accuracy of a classifier, or R^2 of a regression (over all outputs together). */
  score(X: MatrixLike, y: VectorLike | MatrixLike): number {
    const predicted = this.predict(X)
    const { values } = checkTargets(y, matrix(X, 'ConvexReluNetwork.score: X').shape[0], false)
    if (values.length !== predicted.length)
      refuse('ConvexReluNetwork.score: y', `of ${predicted.length} values`, `${values.length}`)
    if (this.isClassifier) return values.reduce((sum, v, i) => sum + (v === predicted[i] ? 1 : 0), 0) / values.length
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    let residual = 0
    let total = 0
    for (const [i, v] of values.entries()) {
      residual += (v - predicted[i]) * (v - predicted[i])
      total += (v - mean) * (v - mean)
    }
    if (!Number.isFinite(residual + total)) refuse('ConvexReluNetwork.score: y', 'of finite squares', 'more')
    return total === 0 ? (residual === 0 ? 1 : 0) : 1 - residual / total
  }

  /** For each output, how the fit ended and how far from optimal it provably is at most. */
  get certificate(): Certificate[] {
    return this.#model().certificates.map((certificate) => ({ ...certificate }))
  }

  /** Returns plain weights on the features as given, with the standardisation folded in, for any framework. */
  toNetwork(): DenseLayers {
    return fold(this.#model(), this.options.intercept ?? true)
  }

  /** Returns everything that {@link fromJSON} needs, for JSON.stringify. */
  toJSON(): Saved {
    return toSaved(this.#model(), this.options)
  }

  /**
   * Restores a network saved by {@link toJSON}.
   *
   * @throws TypeError or RangeError when `saved` is not what {@link toJSON} returned.
   */
  static fromJSON(saved: Saved): ConvexReluNetwork {
    const { options, fitted } = fromSaved(saved)
    const network = new ConvexReluNetwork(options)
    if (fitted.classes && !network.isClassifier)
      refuse('ConvexReluNetwork.fromJSON: saved.classes', 'null for a regression', `${fitted.classes.length} classes`)
    network.#fitted = fitted
    return network
  }
}
