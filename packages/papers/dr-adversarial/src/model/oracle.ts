import { allFinite, refuse, show } from '@opt/core'

/**
 * What attacks and {@link robustReport} need of a classifier: a network of @opt/nn, or an object of these two. Inputs are
 * flat, examples x inputs; they must not be changed.
 */
export interface AdversarialModel {
  /** Returns the logits, examples x classes, flat. */
  logits(inputs: Float64Array): ArrayLike<number>
  /** Returns the gradient of each example's own cross-entropy in its inputs, examples x inputs, flat. */
  inputGradient(inputs: Float64Array, labels: Int32Array): ArrayLike<number>
}

/** What training and {@link hypergradient} need besides. */
export interface TrainableModel extends AdversarialModel {
  /** The parameters; the optimizer writes to them. */
  readonly parameters: Float64Array | Float32Array
  /** Returns sum_i weights_i times the gradient of example i's cross-entropy in the parameters, flat. */
  weightedGradient(inputs: Float64Array, labels: Int32Array, weights: Float64Array): ArrayLike<number>
}

/** What the attacks see at given points. */
export interface Sight {
  logits: Float64Array
  /** Gradients in the inputs. */
  gradient: Float64Array
}

/** One interface to networks and to models of users. Arrays that it returns are its own until the next call. */
export interface Oracle {
  /** The number of classes; 0 before a user's model has been called. */
  classes: number
  readonly parameters: Float64Array | Float32Array | null
  logits(x: Float64Array, rows: number): Float64Array
  /** Logits as training sees them: with the noise last drawn, or the batch's statistics. */
  trainingLogits(x: Float64Array, y: Int32Array): Float64Array
  /** Logits and the gradients of the cross-entropies in the inputs. */
  crossEntropy(x: Float64Array, y: Int32Array): Sight
  /** Logits and the gradients of the margins max_{j != y} z_j - z_y. */
  margin(x: Float64Array, y: Int32Array): Sight
  /** sum_i w_i grad l_i in the parameters. */
  weighted(x: Float64Array, y: Int32Array, w: Float64Array): Float64Array | Float32Array
  /** The derivative of {@link weighted} as example i moves along q_i; `exact` false: by central differences. */
  cross(x: Float64Array, y: Int32Array, w: Float64Array, q: Float64Array, exact: boolean): Float64Array | Float32Array
  /** The gradient of sum_i <c_i, z_i> in the parameters, where rows of c sum to 0. */
  pulledBack(x: Float64Array, c: Float64Array): Float64Array | Float32Array
  /** Hessians of the cross-entropies in the inputs, each times its row of v. */
  inputHessian(x: Float64Array, y: Int32Array, v: Float64Array): Float64Array | Float32Array
  /** Before a step of training, and after it. */
  prepare(rows: number): void
  finish(): void
  /** Runs `work` without what a network only has in training. */
  quietly<T>(work: () => T): T
}

/** The step of central differences, in the inputs. */
const DIFFERENCE = 1e-5

/** (f(x + h q) - f(x - h q)) / 2h. */
export function difference(x: Float64Array, q: Float64Array, f: (at: Float64Array) => ArrayLike<number>): Float64Array {
  const ahead = Float64Array.from(f(x.map((v, i) => v + DIFFERENCE * q[i])))
  const behind = f(x.map((v, i) => v - DIFFERENCE * q[i]))
  return ahead.map((v, i) => (v - behind[i]) / (2 * DIFFERENCE))
}

/** Refuses a gradient in the inputs that is not finite. */
export function checkGradient(name: string, gradient: Float64Array, columns: number): void {
  if (allFinite(gradient)) return
  const at = gradient.findIndex((g) => !Number.isFinite(g))
  refuse(
    'model',
    'one with a finite gradient',
    `${show(gradient[at])} in ${name}[${Math.floor(at / columns)}][${at % columns}]`,
  )
}
