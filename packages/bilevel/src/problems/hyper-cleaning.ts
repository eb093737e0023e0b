import { dot, type MatrixView, refuse, sigmoid, type VectorLike, vector } from '@opt/core'
import type { BilevelProblem, LowerLevel, UpperLevel } from '../problem.ts'
import type { Examples, Indices } from './examples.ts'
import type { LinearScores } from './linear-scores.ts'
import { Weights } from './weights.ts'

/** Hyper-cleaning: the weights of training examples, such that the weighted fit is best on clean validation data. */
export interface CleaningProblem extends BilevelProblem<Indices> {
  /** Lengths of x, one logit of a weight for each training example, and of y, features x outputs. */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** Returns the weights sigmoid(x) of the training examples, 0 to 1. */
  weights(x: VectorLike): Float64Array
}

/** What a hyper-cleaning problem consists of. */
export interface CleaningParts {
  training: Examples
  validation: Examples
  /** mu in the term mu ||y||^2 / 2. */
  l2: number
  /** Divides the scores. */
  temperature: number
}

/**
 * g(x, y) = mean_i sigmoid(x_i) loss_i(y) + l2 ||y||^2 / 2 over training examples, f(y) = mean loss over validation
 * examples. On a batch the means are those of the batch, and entries of x outside it get derivatives of 0.
 */
export function hyperCleaning(parts: CleaningParts): CleaningProblem {
  const { training } = parts
  const dimensions = { x: training.count, y: training.features * training.outputs }
  return {
    dimensions,
    weights: (x) => vector(x, 'weights: x', { length: dimensions.x }).map(sigmoid),
    upper: validationLoss(parts, dimensions.x),
    lower: weightedLoss(parts, dimensions),
  }
}

function fitting(x: Float64Array, length: number, label: string): Float64Array {
  if (x.length !== length) refuse(label, `of length ${length}`, `length ${x.length}`)
  return x
}

function validationLoss({ training, validation, temperature }: CleaningParts, count: number): UpperLevel<Indices> {
  const dimension = training.features * training.outputs
  const at = (y: Float64Array, batch: Indices | undefined) =>
    validation.at(fitting(y, dimension, 'upper: y'), temperature, batch)
  return {
    value(_x, y, batch) {
      const { losses, rows } = at(y, batch)
      let sum = 0
      for (let k = 0; k < rows; k++) sum += losses[k]
      return sum / rows
    },
    gradient(_x, y, gx, gy, batch) {
      fitting(gx, count, 'upper: gx').fill(0)
      fitting(gy, dimension, 'upper: gy')
      const scores = at(y, batch)
      scores.pull(scores.Q, gy)
      const factor = 1 / (scores.rows * temperature)
      for (let j = 0; j < dimension; j++) gy[j] *= factor
    },
  }
}

function weightedLoss(
  { training, l2, temperature }: CleaningParts,
  dimensions: { x: number; y: number },
): LowerLevel<Indices> {
  const known = new Weights(dimensions.x)
  const at = (x: Float64Array, y: Float64Array, batch: Indices | undefined) => {
    fitting(x, dimensions.x, 'lower: x')
    const scores = training.at(fitting(y, dimensions.y, 'lower: y'), temperature, batch)
    return { scores, rows: scores.rows, outputs: scores.outputs, ...known.at(x, batch) }
  }
  /** Writes X'M / (rows temperature) + l2 y. */
  const pulled = (scores: LinearScores, M: MatrixView, y: Float64Array, out: Float64Array) => {
    scores.pull(M, out)
    const factor = 1 / (scores.rows * temperature)
    for (let j = 0; j < dimensions.y; j++) out[j] = factor * out[j] + l2 * y[j]
  }
  let curvatures = new Float64Array(0)
  return {
    value(x, y, batch) {
      const { scores, rows, weights } = at(x, y, batch)
      let sum = 0
      for (let k = 0; k < rows; k++) sum += weights[k] * scores.losses[k]
      return sum / rows + (l2 / 2) * dot(y, y)
    },
    gradient(x, y, gx, gy, batch) {
      fitting(gx, dimensions.x, 'lower: gx').fill(0)
      fitting(gy, dimensions.y, 'lower: gy')
      const { scores, rows, outputs, weights, slopes } = at(x, y, batch)
      const { losses, Q, R } = scores
      for (let k = 0; k < rows; k++) {
        gx[batch ? batch[k] : k] += (slopes[k] * losses[k]) / rows
        for (let o = k * outputs; o < (k + 1) * outputs; o++) R.data[o] = weights[k] * Q.data[o]
      }
      pulled(scores, R, y, gy)
    },
    hvp(x, y, v, outX, outY, batch) {
      fitting(outX, dimensions.x, 'lower: outX').fill(0)
      fitting(outY, dimensions.y, 'lower: outY')
      const { scores, rows, outputs, weights, slopes } = at(x, y, batch)
      scores.push(fitting(v, dimensions.y, 'lower: v'), temperature)
      const { Q, R } = scores
      for (let k = 0; k < rows; k++) {
        let slope = 0
        for (let o = k * outputs; o < (k + 1) * outputs; o++) slope += Q.data[o] * R.data[o]
        outX[batch ? batch[k] : k] += (slopes[k] * slope) / rows
      }
      training.curve(scores)
      for (let k = 0; k < rows; k++) for (let o = k * outputs; o < (k + 1) * outputs; o++) R.data[o] *= weights[k]
      pulled(scores, R, v, outY)
    },
    ...(training.outputs === 1 && {
      hessian(x: Float64Array, y: Float64Array, H: Float64Array, batch?: Indices) {
        const n = dimensions.y
        fitting(H, n * n, 'lower: H')
        const { scores, rows, weights } = at(x, y, batch)
        if (curvatures.length < rows) curvatures = new Float64Array(rows)
        const factor = 1 / (rows * temperature * temperature)
        for (let k = 0; k < rows; k++) curvatures[k] = factor * weights[k] * scores.P.data[k]
        scores.gram(curvatures, H)
        for (let j = 0; j < n; j++) H[j * n + j] += l2
      },
    }),
  }
}
