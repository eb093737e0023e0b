import {
  calling,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  type VectorLike,
  vector,
} from '@opt/core'
import ndarray from 'ndarray'
import { ACTIVATIONS, type ActivationName } from './activations.ts'
import { forward } from './forward.ts'
import { LOSS_NAMES, LOSSES, type LossName } from './losses.ts'

/** One network of all stages: F(x) = phi(x W + b) V + c; stage t has the units (t - 1) J to t J - 1. */
export interface GrownNetwork {
  loss: LossName
  activation: ActivationName
  /** J */
  neuronsPerStep: number
  /** d x U. */
  W: Matrix
  b: Float64Array
  /** U x K, multiplied by the steps. */
  V: Matrix
  c: Float64Array
  /** (T + 1) x K: row t is the bias of the network of the first t stages, the last one c. */
  cumulativeBias: Matrix
}

/** A network as plain numbers: what {@link GrownNetwork} is, or anything that has its numbers. */
export interface GrownNetworkLike {
  loss: LossName
  activation: ActivationName
  neuronsPerStep: number
  W: MatrixLike
  b: VectorLike
  V: MatrixLike
  c: VectorLike
  cumulativeBias: MatrixLike
}

/** Options of {@link decision} and its like. */
export interface UnitsOption {
  /** The units to use, from the first; rounded down to whole stages (default all). 0 leaves the initial constants. */
  units?: number | undefined
}

/** Checks a network. */
export function checkNetwork(given: GrownNetworkLike, label: string): GrownNetwork {
  const { loss, activation, neuronsPerStep, W, b, V, c, cumulativeBias } = optionsOf(given, label)
  oneOf(loss, `${label}.loss`, LOSS_NAMES)
  oneOf(activation, `${label}.activation`, ACTIVATIONS)
  const w = matrix(W, `${label}.W`)
  const U = w.shape[1]
  const J = number(neuronsPerStep, `${label}.neuronsPerStep`, { integer: true, min: 1, max: U })
  if (U % J > 0) refuse(`${label}.W`, `of a multiple of ${J} columns`, `${U}`)
  const v = matrix(V, `${label}.V`, { rows: U })
  const K = v.shape[1]
  if (loss === 'logistic' && K !== 1) refuse(`${label}.V`, `of 1 column for loss 'logistic'`, `${K} columns`)
  if (loss === 'softmax' && K < 2) refuse(`${label}.V`, `of 2 columns or more for loss 'softmax'`, '1 column')
  const biases = matrix(cumulativeBias, `${label}.cumulativeBias`, { rows: U / J + 1, columns: K })
  const last = vector(c, `${label}.c`, { length: K })
  last.forEach((value, k) => {
    const wanted = biases.get(U / J, k)
    if (value !== wanted) refuse(`${label}.c[${k}]`, `the last bias, ${wanted}`, String(value))
  })
  const bias = vector(b, `${label}.b`, { length: U })
  return { loss, activation, neuronsPerStep: J, W: w, b: bias, V: v, c: last, cumulativeBias: biases }
}

/** The number of stages that some units make. */
export function stagesOf({ neuronsPerStep, b }: GrownNetwork, given: UnitsOption | undefined, label: string): number {
  const { units = b.length } = optionsOf(given, `${label}options`, ['units'])
  number(units, `${label}units`, { integer: true, min: 0, max: b.length })
  return Math.floor(units / neuronsPerStep)
}

/** F of checked rows after T stages. */
export function decisionOf(network: GrownNetwork, X: Matrix, T: number, label: string): Matrix {
  const K = network.c.length
  const out = new Float64Array(X.shape[0] * K)
  forward(network, X, T, (t, from, F) => {
    if (t === T) out.set(F, from * K)
  })
  const wrong = out.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) refuse(`${label}[${Math.floor(wrong / K)}]`, 'small enough for a finite output', 'an overflow')
  return ndarray(out, [X.shape[0], K])
}

/**
 * Computes F, n x K, of a network or of its first units.
 *
 * @param X n x d.
 * @throws TypeError or RangeError when network, X or units are wrong, or an output overflows.
 */
export function decision(network: GrownNetworkLike, X: MatrixLike, options?: UnitsOption): Matrix {
  return calling('decision', () => {
    const net = checkNetwork(network, 'network')
    const T = stagesOf(net, options, '')
    return decisionOf(net, matrix(X, 'X', { columns: net.W.shape[0] }), T, 'X')
  })
}

/**
 * Computes the probabilities: of y = 1, n x 1, for the logistic loss, 1 / (1 + exp(-2 F)); of each class, n x K, for
 * the soft-max.
 *
 * @throws TypeError or RangeError as {@link decision}, and for a network of the squared loss.
 */
export function probabilities(network: GrownNetworkLike, X: MatrixLike, options?: UnitsOption): Matrix {
  return calling('probabilities', () => {
    const net = checkNetwork(network, 'network')
    const T = stagesOf(net, options, '')
    return probabilitiesOf(net, matrix(X, 'X', { columns: net.W.shape[0] }), T, 'network')
  })
}

/** Probabilities of checked rows after T stages. */
export function probabilitiesOf(network: GrownNetwork, X: Matrix, T: number, label: string): Matrix {
  const loss = LOSSES[network.loss]
  if (!loss.probabilities) refuse(label, `of loss 'logistic' or 'softmax'`, `'${network.loss}'`)
  const F = decisionOf(network, X, T, 'X')
  loss.probabilities(F.data, network.c.length)
  return F
}

/**
 * Computes F after 0, 1, ..., T stages, each n x K, at the cost of one pass: what the network of the first t J units
 * gives.
 *
 * @throws TypeError or RangeError as {@link decision}.
 */
export function staged(network: GrownNetworkLike, X: MatrixLike): Matrix[] {
  return calling('staged', () => {
    const net = checkNetwork(network, 'network')
    return stagedOf(net, matrix(X, 'X', { columns: net.W.shape[0] }))
  })
}

/** {@link staged} of checked rows. */
export function stagedOf(network: GrownNetwork, X: Matrix): Matrix[] {
  const K = network.c.length
  const n = X.shape[0]
  const T = network.b.length / network.neuronsPerStep
  const all = Array.from({ length: T + 1 }, () => ndarray(new Float64Array(n * K), [n, K]))
  forward(network, X, T, (t, from, F) => all[t].data.set(F, from * K))
  for (const { data } of all)
    if (!data.every(Number.isFinite)) refuse('X', 'small enough for finite outputs', 'an overflow')
  return all
}
