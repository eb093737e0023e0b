import {
  allocate,
  gemmScratch,
  matrixKernels,
  matrixView,
  number,
  options as optionsOf,
  refuse,
  transpose,
} from '@opt/core'
import { flatRows, type Rows } from '../rows.ts'
import type { Design, Model } from './model.ts'

/** The sizes of {@link linear}. */
export interface LinearSizes {
  /** The number of features of an example; append a constant 1 for a bias. */
  inputs: number
  /** C, the number of outputs. Default 1. */
  outputs?: number | undefined
}

/**
 * Makes the linear model f(theta) = X theta of rows X, with theta of inputs x outputs, row-major. `exactSolve`
 * minimises its surrogates in one step.
 *
 * @throws TypeError or RangeError for sizes that are not positive integers; its methods for inputs of other rows.
 */
export function linear(sizes: LinearSizes): Model<Rows> {
  const { inputs: d, outputs: C = 1 } = optionsOf(sizes, 'linear: sizes', ['inputs', 'outputs'])
  number(d, 'linear: inputs', { integer: true, min: 1 })
  number(C, 'linear: outputs', { integer: true, min: 1 })
  let space = workspace(0, d, C)

  /** Loads theta and returns the views of a product with rows of inputs. */
  const load = (parameters: Float64Array, inputs: Rows) => {
    if (parameters.length !== d * C) refuse('parameters', `of length ${d * C}`, `length ${parameters.length}`)
    const X = inputs === space.prepared ? space.X : prepare(inputs)
    space.theta.set(parameters)
    return { ...space, X }
  }
  const prepare = (inputs: Rows) => {
    const flat = flatRows(inputs, 'inputs', { columns: d })
    const rows = flat.length / d
    if (rows > space.capacity) space = workspace(rows, d, C)
    if (space.X.rows !== rows) space.view(rows)
    space.data.set(flat)
    space.prepared = space.data.subarray(0, flat.length)
    return space.X
  }

  return {
    outputs: C,
    prepare(inputs) {
      prepare(inputs)
      return space.prepared as Float64Array
    },
    forward(parameters, inputs, out) {
      const { kernels, X, Z, theta, Theta, work } = load(parameters, inputs)
      const z = Z.data
      if (C === 1) kernels.gemv(X, theta, z)
      else {
        z.fill(0, 0, X.rows * C)
        kernels.gemm(1, X, Theta, space.Z, work)
      }
      const result = z.subarray(0, X.rows * C)
      if (out === undefined) return result.slice()
      out.set(result)
      return out
    },
    vjp(parameters, inputs, cotangents, out) {
      const { kernels, X, Z, gradient, Gradient, work } = load(parameters, inputs)
      if (cotangents.length !== X.rows * C)
        refuse('cotangents', `of length ${X.rows * C}`, `length ${cotangents.length}`)
      Z.data.set(cotangents)
      gradient.fill(0)
      if (C === 1) kernels.gemvT(X, Z.data, gradient)
      else kernels.gemm(1, transpose(X), space.Z, Gradient, work)
      if (out === undefined) return gradient.slice()
      out.set(gradient)
      return out
    },
    design(inputs): Design {
      return inputs === space.prepared ? space.X : prepare(inputs)
    },
  }
}

/** Memory for at most `capacity` rows. */
function workspace(capacity: number, d: number, C: number) {
  const { kernels, data, z, theta, gradient, work } = allocate([matrixKernels], (views) => ({
    data: views.f64(capacity * d),
    z: views.f64(capacity * C),
    theta: views.f64(d * C),
    gradient: views.f64(d * C),
    work: views.f64(Math.max(gemmScratch(capacity, C, d), gemmScratch(d, C, capacity))),
  }))
  return {
    capacity,
    kernels,
    data,
    theta,
    gradient,
    work,
    Theta: matrixView(theta, d, C),
    Gradient: matrixView(gradient, d, C),
    X: matrixView(data, 0, d),
    Z: matrixView(z, 0, C),
    /** The inputs that X holds. */
    prepared: undefined as Float64Array | undefined,
    view(rows: number) {
      this.X = matrixView(data, rows, d)
      this.Z = matrixView(z, rows, C)
    },
  }
}
