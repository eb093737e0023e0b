import {
  allocate,
  exp,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  pow,
  refuse,
  show,
  softplus,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { powerIteration } from '@opt/curvature'
import { inner, largest } from '@opt/sets/parts'
import { type ConvexityMap, checkMap, euclidean } from '../geometry/maps.ts'
import { stepKernels } from '../kernels.ts'
import type { Subgradient } from '../runs/problem.ts'

/** The losses of {@link linearModel}, as functions of the prediction m and the target b. */
export type LinearLoss = 'squared' | 'absolute' | 'logistic' | 'hinge'

/** Options of {@link linearModel}. */
export interface LinearModelOptions {
  /** (m - b)^2 / 2, |m - b|, log(1 + exp(-b m)) or max(0, 1 - b m). */
  loss: LinearLoss
  /** Rows drawn with replacement for each subgradient. Default: all rows, without chance. */
  batchSize?: number | undefined
  /** The map in whose norms L, M and sigma are meant. Default euclidean(). */
  map?: ConvexityMap | undefined
}

/** A convex problem made of data, with the constants of the theory. */
export interface LinearModel {
  readonly dimension: number
  subgradient: Subgradient
  objective(x: Float64Array): number
  /** f is L-smooth up to M; see {@link Knowledge}. */
  readonly L: number
  readonly M: number
  /** E |xi|^2 <= sigma^2 for the noise of the minibatches; undefined for the squared loss, where none exists. */
  readonly sigma: number | undefined
  /** The sub-Gaussian sigma of that noise; undefined for the squared loss. */
  readonly subGaussian: number | undefined
}

/** A loss of predictions m and targets b. */
interface Loss {
  value(m: number, b: number): number
  /** Replaces the first n predictions by the derivatives of the loss. */
  slopes(n: number, m: Float64Array, b: Float64Array): void
  /** The largest second derivative; undefined for a loss with a kink, of slope at most 1. */
  curvature?: number
  labels: boolean
}

const LOSSES: Record<LinearLoss, Loss> = {
  squared: {
    value: (m, b) => ((m - b) * (m - b)) / 2,
    slopes(n, m, b) {
      for (let i = 0; i < n; i++) m[i] -= b[i]
    },
    curvature: 1,
    labels: false,
  },
  absolute: {
    value: (m, b) => Math.abs(m - b),
    slopes(n, m, b) {
      for (let i = 0; i < n; i++) m[i] = m[i] > b[i] ? 1 : m[i] < b[i] ? -1 : m[i] - b[i]
    },
    labels: false,
  },
  logistic: {
    value: (m, b) => softplus(-b * m),
    slopes(n, m, b) {
      for (let i = 0; i < n; i++) {
        const e = exp(-Math.abs(m[i]))
        m[i] = (-b[i] * (b[i] * m[i] > 0 ? e : 1)) / (1 + e)
      }
    },
    curvature: 0.25,
    labels: true,
  },
  hinge: {
    value: (m, b) => Math.max(1 - b * m, 0),
    slopes(n, m, b) {
      for (let i = 0; i < n; i++) m[i] = b[i] * m[i] < 1 ? -b[i] : 0 * m[i]
    },
    labels: true,
  },
}

/**
 * Returns f(x) = the mean over the rows a_i of loss(<a_i, x>, b_i), with its subgradients and its constants L, M and
 * sigma: a {@link Problem} for {@link csmd}, or knowledge for {@link plan}.
 *
 * @param A n x d, one example a row; copied.
 * @param b n targets; labels -1 and 1 for the losses 'logistic' and 'hinge'.
 * @throws RangeError or TypeError when an argument is wrong.
 */
export function linearModel(A: MatrixLike, b: VectorLike, options: LinearModelOptions): LinearModel {
  const {
    batchSize,
    map = euclidean(),
    loss: name,
  } = optionsOf(options, 'linearModel: options', ['loss', 'batchSize', 'map'])
  const loss = LOSSES[oneOf(name, 'linearModel: loss', Object.keys(LOSSES) as LinearLoss[])]
  checkMap(map, 'linearModel: map')
  const rows = matrix(A, 'linearModel: A')
  const [n, d] = rows.shape
  const targets = vectorCopy(b, 'linearModel: b', { length: n })
  if (loss.labels)
    targets.forEach((label, i) => {
      if (label !== 1 && label !== -1) refuse(`linearModel: b[${i}]`, '-1 or 1', show(label))
    })
  if (batchSize !== undefined) number(batchSize, 'linearModel: batchSize', { integer: true, min: 1, max: 1e6 })

  const { data, point, slopes, gradient, kernels } = allocate([stepKernels], (views) => ({
    data: views.matrix(n, d),
    point: views.f64(d),
    slopes: views.f64(Math.max(n, batchSize ?? 0)),
    gradient: views.f64(d),
  }))
  for (let i = 0; i < n; i++) data.data.set(rows.data.subarray(i * d, (i + 1) * d), i * data.stride)
  const examples = Array.from({ length: n }, (_, i) => data.data.subarray(i * data.stride, i * data.stride + d))

  const batch = new Int32Array(batchSize ?? 0)
  const batchTargets = new Float64Array(batchSize ?? 0)
  const predict = (x: Float64Array) => {
    point.set(x)
    kernels.gemv(data, point, slopes)
  }
  return {
    dimension: d,
    ...constantsOf(rows, loss, map, batchSize),
    subgradient:
      batchSize === undefined
        ? (x, out) => {
            predict(x)
            loss.slopes(n, slopes, targets)
            gradient.fill(0)
            kernels.gemvT(data, slopes, gradient)
            kernels.scaled(d, 1 / n, gradient, gradient)
            out.set(gradient)
          }
        : (x, out, _, random) => {
            point.set(x)
            for (let k = 0; k < batchSize; k++) {
              batch[k] = Math.floor(random.uniform() * n)
              slopes[k] = kernels.dot(d, examples[batch[k]], point)
              batchTargets[k] = targets[batch[k]]
            }
            loss.slopes(batchSize, slopes, batchTargets)
            kernels.scaled(d, slopes[0] / batchSize, examples[batch[0]], gradient)
            for (let k = 1; k < batchSize; k++) kernels.axpy(d, slopes[k] / batchSize, examples[batch[k]], gradient)
            out.set(gradient)
          },
    objective(x) {
      predict(x)
      let sum = 0
      for (let i = 0; i < n; i++) sum += loss.value(slopes[i], targets[i])
      return sum / n
    },
  }
}

/** L, M and the two sigmas. */
function constantsOf(rows: Matrix, loss: Loss, map: ConvexityMap, batchSize: number | undefined) {
  const [n, d] = rows.shape
  const sizes = Float64Array.from({ length: n }, (_, i) => map.dualNormOf(rows.data.subarray(i * d, (i + 1) * d)))
  const most = largest(sizes)
  const L = loss.curvature === undefined ? 0 : loss.curvature * largestCurvature(rows, map)
  const M = loss.curvature === undefined ? 2 * sizes.reduce((sum, v) => sum + v / n, 0) : 0
  if (!(L + M + 2 * most < Infinity)) refuse('linearModel: A', 'such that L and M are finite', show(L + M + 2 * most))
  if (batchSize === undefined) return { L, M, sigma: 0, subGaussian: 0 }
  // The slopes of the squared loss, and with them the noise, have no bound.
  if (loss.curvature === 1) return { L, M, sigma: undefined, subGaussian: undefined }
  const unit = most > 0 ? most : 1
  const root = unit * Math.sqrt(sizes.reduce((sum, v) => sum + (v / unit) * (v / unit), 0) / n)
  const sigma = map.dualExponent === 2 ? root / Math.sqrt(batchSize) : 2 * root
  return { L, M, sigma, subGaussian: 2 * most }
}

/** The largest eigenvalue of A'A / n, from above, times the largest ||v||_2^2 / |v|^2 of the map's norm. */
function largestCurvature(rows: Matrix, { normExponent }: ConvexityMap): number {
  const [n, d] = rows.shape
  const unit = largest(rows.data)
  if (unit === 0) return 0
  const scaled = rows.data.map((v) => v / unit)
  const product = (v: Float64Array, out: Float64Array) => {
    out.fill(0)
    for (let i = 0; i < n; i++) {
      const a = scaled.subarray(i * d, (i + 1) * d)
      const slope = inner(a, v) / n
      for (let j = 0; j < d; j++) out[j] += slope * a[j]
    }
  }
  const { value, residual } = powerIteration({ rows: d, columns: d, apply: product }, { tolerance: 1e-6 })
  const factor = normExponent > 2 ? pow(d, 1 - 2 / normExponent) : 1
  return (Math.max(value, 0) + residual) * factor * unit * unit
}
