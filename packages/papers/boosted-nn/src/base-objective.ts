import {
  calling,
  type Matrix,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  type ValueAndGradient,
  type VectorLike,
  vector,
} from '@opt/core'
import { ACTIVATIONS, type ActivationName } from './activations.ts'
import { Stage, stageSize } from './stage/stage.ts'
import { flatWeights, type StageWeights, weightsOf } from './stage/weights.ts'
import { hasRows } from './targets.ts'

/** Options of {@link baseObjective}. */
export interface BaseObjectiveOptions {
  /** J, the number of hidden units (default 5). */
  units?: number | undefined
  /** Default 1e-4. */
  l2?: number | undefined
  /** Default 'sigmoid'. */
  activation?: ActivationName | undefined
}

/** The objective of a stage, for minimisers of functions of one array. */
export interface BaseObjective {
  /** The number of parameters. */
  size: number
  /** Returns the value at x and writes the gradient, as `lbfgs` of @opt/core takes it. Allocates nothing. */
  valueAndGradient: ValueAndGradient
  /** Writes weights into an array x. */
  flatten(weights: StageWeights): Float64Array
  /** Reads the weights, or the gradient in them, from an array x. */
  weights(x: ArrayLike<number>): { W: Matrix; b: Float64Array; V: Matrix; c: Float64Array }
}

/**
 * Returns the objective of one stage, weight decay included and biases free of it:
 *
 *     1/(2m) sum_ik (h(x_i)_k - R_ik)^2 + l2/(2m) (|W|^2 + |V|^2),   h(x) = phi(x W + b) V + c
 *
 * @param X m x d.
 * @param R m residuals, or m x K.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function baseObjective(X: MatrixLike, R: VectorLike | MatrixLike, given?: BaseObjectiveOptions): BaseObjective {
  return calling('baseObjective', () => {
    const { units = 5, l2 = 1e-4, activation = 'sigmoid' } = optionsOf(given, 'options', ['units', 'l2', 'activation'])
    number(units, 'units', { integer: true, min: 1, max: 100_000 })
    number(l2, 'l2', { nonnegative: true })
    oneOf(activation, 'activation', ACTIVATIONS)
    const inputs = matrix(X, 'X')
    const [m, d] = inputs.shape as [number, number]
    const residuals = hasRows(R) ? matrix(R, 'R', { rows: m }).data : vector(R as VectorLike, 'R', { length: m })
    const shape = { d, J: units, K: residuals.length / m, activation }
    const size = stageSize(shape)
    const stage = new Stage(shape, m, l2)
    stage.load(
      inputs.data,
      residuals,
      Int32Array.from({ length: m }, (_, i) => i),
    )
    const label = 'baseObjective.valueAndGradient: '
    return {
      size,
      valueAndGradient(x, gradient) {
        for (const [name, array] of Object.entries({ x, gradient }))
          if (array?.length !== size)
            refuse(label + name, `a Float64Array of length ${size}`, `length ${array?.length}`, 'type')
        return stage.evaluate(x, gradient)
      },
      flatten: (weights) => calling('baseObjective.flatten', () => flatWeights(weights, shape, 'weights')),
      weights: (x) => calling('baseObjective.weights', () => weightsOf(shape, vector(x, 'x', { length: size }))),
    }
  })
}
