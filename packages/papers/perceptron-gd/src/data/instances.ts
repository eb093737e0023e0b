import { type Matrix, number, options as optionsOf, type Random, randomFrom, refuse } from '@opt/core'
import ndarray from 'ndarray'

/** Two-class data with a known margin; goes into `dataset` with `intercept: false`. */
export interface Instance {
  /** n x d. */
  features: Matrix
  /** +1 and -1. */
  labels: Float64Array
}

/** Argument of {@link hardInstance}. */
export interface HardInstanceOptions {
  /** Number of examples, at least 2. */
  n: number
  /** From 1e-6 radius to below the radius; the margin is about h. */
  h: number
  /** Norm of most examples. Default 1. */
  radius?: number | undefined
}

/** Answer of {@link hardInstance}. */
export interface HardInstance extends Instance {
  /** The largest margin, R h / sqrt((R + h)^2 + h^2). */
  margin: number
  /**
   * Steps of the batch perceptron (tie 1/2) from 0, 2 + floor(((n - 1) R - 2h) / 4h), when that
   * ratio is not an integer: about n R / 4h.
   */
  batchSteps: number
}

/**
 * Makes the instance in two dimensions on which the number of steps of gradient descent grows with
 * n: n - 1 times (R, 0) with label +1, and one (h, -h) with label -1. The normalised descent needs
 * the same few steps for any n.
 *
 * @throws TypeError or RangeError when a number is out of range.
 */
export function hardInstance(given: HardInstanceOptions): HardInstance {
  const { n, h, radius = 1 } = optionsOf(given, 'hardInstance: options', ['n', 'h', 'radius'])
  number(n, 'hardInstance: n', { integer: true, min: 2, max: 1e8 })
  number(radius, 'hardInstance: radius', { min: 1e-150, max: 1e150 })
  number(h, 'hardInstance: h', { min: 1e-6 * radius, max: radius })
  if (h === radius) refuse('hardInstance: h', `below the radius ${radius}`, String(h))
  const features = new Float64Array(2 * n)
  for (let i = 0; i < n - 1; i++) features[2 * i] = radius
  features.set([h, -h], 2 * n - 2)
  const ratio = h / radius
  return {
    features: ndarray(features, [n, 2]),
    labels: new Float64Array(n).fill(1).fill(-1, n - 1),
    margin: h / Math.sqrt((1 + ratio) * (1 + ratio) + ratio * ratio),
    batchSteps: 2 + Math.floor(((n - 1) / ratio - 2) / 4),
  }
}

/** Argument of {@link separableInstance}. */
export interface SeparableInstanceOptions {
  /** Number of examples. */
  n: number
  /** Number of features, at least 2. */
  d: number
  /** In (0, 1]: the largest margin is at least this. */
  margin: number
}

/** Answer of {@link separableInstance}. */
export interface SeparableInstance extends Instance {
  /** A unit vector that reaches the margin asked for. */
  direction: Float64Array
}

/**
 * Draws separable examples of norm 1: y (c u + sqrt(1 - c^2) v), where u is a random direction, v a
 * random unit vector orthogonal to it, c = margin + 0.3 (1 - margin) U^2 with U uniform, and y a
 * random sign. Their largest margin is larger than the one asked for; `margin` computes it.
 *
 * @param rng a generator, or an integer seed.
 * @throws TypeError or RangeError when a number is out of range.
 */
export function separableInstance(rng: Random | number, given: SeparableInstanceOptions): SeparableInstance {
  const draw = randomFrom(rng, 'separableInstance: rng')
  const { n, d, margin } = optionsOf(given, 'separableInstance: options', ['n', 'd', 'margin'])
  number(n, 'separableInstance: n', { integer: true, min: 1, max: 1e8 })
  number(d, 'separableInstance: d', { integer: true, min: 2, max: 1e8 })
  number(margin, 'separableInstance: margin', { positive: true, max: 1 })
  const u = unitVector(draw, d)
  const features = new Float64Array(n * d)
  const labels = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const v = unitVector(draw, d, u)
    const U = draw.uniform()
    const c = margin + 0.3 * (1 - margin) * U * U
    labels[i] = draw.uniform() < 0.5 ? -1 : 1
    const across = Math.sqrt(1 - c * c)
    for (let j = 0; j < d; j++) features[i * d + j] = labels[i] * (across * v[j] + c * u[j])
  }
  return { features: ndarray(features, [n, d]), labels, direction: u }
}

/** A random unit vector, orthogonal to u if there is one. */
function unitVector(rng: Random, d: number, u?: Float64Array): Float64Array {
  const v = Float64Array.from({ length: d }, () => rng.normal())
  const inner = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, j) => sum + value * y[j], 0)
  // Twice, because rounding leaves a part of u the first time.
  for (let k = 0; u && k < 2; k++) {
    const along = inner(u, v)
    for (let j = 0; j < d; j++) v[j] -= along * u[j]
  }
  const length = Math.sqrt(inner(v, v))
  return v.map((value) => value / length)
}
