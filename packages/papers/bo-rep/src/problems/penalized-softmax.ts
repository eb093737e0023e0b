import { type BilevelProblem, type LabelledExamples, type WeightedSoftmaxOptions, weightedSoftmax } from '@opt/bilevel'
import { matrix, number, options as optionsOf, sigmoid } from '@opt/core'

/** A regression whose penalties are tuned on validation data. */
export interface PenalizedSoftmax extends BilevelProblem {
  /** Lengths of x, one logit of a penalty for each feature, and of y, features x classes. */
  readonly dimensions: { readonly x: number; readonly y: number }
}

/** Options of {@link penalizedSoftmax}. */
export interface PenalizedSoftmaxOptions extends WeightedSoftmaxOptions {
  /** The largest penalty. Default 1. */
  limit?: number | undefined
}

/**
 * Makes the problem of choosing one penalty for each feature of a softmax regression on validation data (hyper-parameter
 * optimisation): g(x, y) = mean CE(y) + sum_j (l2 + limit sigmoid(x_j)) |y_j|^2 / 2 over training examples, where y_j are the
 * weights of feature j for all classes; F is the mean cross-entropy over validation examples. The
 * limit keeps the curvature of g bounded, so that one step size suits all x.
 *
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function penalizedSoftmax(
  training: LabelledExamples,
  validation: LabelledExamples,
  options: PenalizedSoftmaxOptions = {},
): PenalizedSoftmax {
  const {
    l2 = 1e-4,
    limit = 1,
    ...rest
  } = optionsOf(options, 'penalizedSoftmax: options', ['limit', 'classes', 'l2', 'temperature'])
  number(l2, 'penalizedSoftmax: l2', { nonnegative: true })
  number(limit, 'penalizedSoftmax: limit', { positive: true })
  const loss = weightedSoftmax(training, validation, { ...rest, l2 })
  const features = matrix(training.inputs, 'penalizedSoftmax: training.inputs').shape[1]
  const classes = loss.dimensions.y / features
  // Logits of weights 1.
  const ones = new Float64Array(loss.dimensions.x).fill(Infinity)
  const unused = new Float64Array(loss.dimensions.x)
  return {
    dimensions: { x: features, y: loss.dimensions.y },
    upper: {
      value: (_x, y, batch) => loss.upper.value(ones, y, batch),
      gradient(_x, y, gx, gy, batch) {
        gx.fill(0)
        loss.upper.gradient(ones, y, unused, gy, batch)
      },
    },
    lower: {
      value(x, y, batch) {
        let penalty = 0
        for (let j = 0; j < features; j++) penalty += ((limit * sigmoid(x[j])) / 2) * product(y, y, j, classes)
        return loss.lower.value(ones, y, batch) + penalty
      },
      gradient(x, y, gx, gy, batch) {
        loss.lower.gradient(ones, y, unused, gy, batch)
        for (let j = 0; j < features; j++) {
          const penalty = limit * sigmoid(x[j])
          gx[j] = ((penalty * sigmoid(-x[j])) / 2) * product(y, y, j, classes)
          for (let o = j * classes; o < (j + 1) * classes; o++) gy[o] += penalty * y[o]
        }
      },
      hvp(x, y, v, outX, outY, batch) {
        loss.lower.hvp!(ones, y, v, unused, outY, batch)
        for (let j = 0; j < features; j++) {
          const penalty = limit * sigmoid(x[j])
          outX[j] = penalty * sigmoid(-x[j]) * product(y, v, j, classes)
          for (let o = j * classes; o < (j + 1) * classes; o++) outY[o] += penalty * v[o]
        }
      },
    },
  }
}

/** y_j'v_j */
function product(y: Float64Array, v: Float64Array, j: number, classes: number): number {
  let sum = 0
  for (let o = j * classes; o < (j + 1) * classes; o++) sum += y[o] * v[o]
  return sum
}
