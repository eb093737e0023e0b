import { callback, number, refuse, show } from '@opt/core'

/**
 * What a surrogate is minimised over: outputs f_i(theta), C numbers per example, with their derivative. `linear` and
 * `networkModel` make one; from another library two functions suffice.
 */
export interface Model<I> {
  /** C, the number of outputs of an example. */
  readonly outputs: number
  /**
   * Returns the outputs of the inputs, flat, examples x C. Once their number is known it gets an array to write to and
   * return; another one is copied. It must not change or keep `parameters`.
   */
  forward(parameters: Float64Array, inputs: I, out?: Float64Array): ArrayLike<number>
  /** Returns J'c, the gradient of sum_i <c_i, f_i> in the parameters, for constant c (examples x C, flat). */
  vjp(parameters: Float64Array, inputs: I, cotangents: Float64Array, out: Float64Array): ArrayLike<number>
  /** Returns inputs in the form that the other methods are to get: it is called once per surrogate, to check them. */
  prepare?(inputs: I): I
  /** The matrix X of a linear model f(theta) = X theta with theta of features x C, for `exactSolve`. */
  design?(inputs: I): Design
}

/** A matrix, row-major. */
export interface Design {
  readonly data: Float64Array
  /** The number of examples. */
  readonly rows: number
  /** The number of features. */
  readonly columns: number
  /** From one row to the next. */
  readonly stride: number
}

export function checkModel<I>(model: Model<I>, label: string): Model<I> {
  if (typeof model !== 'object' || model === null) refuse(label, 'a model', show(model), 'type')
  number(model.outputs, `${label}.outputs`, { integer: true, min: 1 })
  callback(model.forward, `${label}.forward`)
  callback(model.vjp, `${label}.vjp`)
  for (const optional of ['prepare', 'design'] as const)
    if (model[optional] !== undefined) callback(model[optional], `${label}.${optional}`)
  return model
}
